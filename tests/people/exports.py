"""HR exports made for tests: rows are Ada's unless said otherwise."""

import csv
import io

from lms.people.hr_export import COLUMNS

ADA = {
    "employee_number": "00042",
    "email": "Ada.Okafor@Larkfield.example",
    "full_name": "Ada Okafor",
    "preferred_name": "Ada",
    "job_role_code": "customer-service",
    "job_role": "Customer service",
    "job_title": "Agent",
    "org_unit": "Larkfield Appliances > Customer Service > Porto",
    "manager_number": "00007",
    "location": "Porto",
    "time_zone": "Europe/Lisbon",
    "locale": "pt_PT",
    "employment_type": "full_time",
    "hired_on": "2021-03-01",
    "status": "active",
}


def export_of(*rows: dict[str, str], delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, delimiter=delimiter)
    writer.writeheader()
    writer.writerows({**ADA, **row} for row in rows)
    return text.getvalue().encode(encoding)
