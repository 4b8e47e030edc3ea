"""HR exports made for tests and imported: rows are Ada's unless said otherwise."""

import csv
import io
from datetime import date
from typing import Any

from lms.people.hr_export import COLUMNS
from lms.people.models import User
from lms.people.services import ImportResult, import_people

TODAY = date(2026, 11, 20)
TOMORROW = date(2026, 11, 21)
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
LINUS = {
    "employee_number": "00007",
    "email": "linus@larkfield.example",
    "full_name": "Linus Berg",
    "preferred_name": "",
    "manager_number": "",
}
BRUNO = {
    "employee_number": "00043",
    "email": "bruno@larkfield.example",
    "full_name": "Bruno Salgado",
    "preferred_name": "",
}


def export_of(*rows: dict[str, str], delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, delimiter=delimiter)
    writer.writeheader()
    writer.writerows({**ADA, **row} for row in rows)
    return text.getvalue().encode(encoding)


def people_numbered(count: int, **values: str) -> list[dict[str, str]]:
    return [
        {
            "employee_number": f"{index:05}",
            "email": f"person{index}@larkfield.example",
            "full_name": f"Person {index}",
            "manager_number": f"{index // 8:05}" if index else "",
            **values,
        }
        for index in range(count)
    ]


def run(*rows: dict[str, str], today: date = TODAY, **flags: Any) -> ImportResult:
    return import_people(content=export_of(*rows), actor="command:test", today=today, **flags)


def person(number: str) -> User:
    found: User = User.objects.get(external_identities__value=number, external_identities__source="hr")
    return found


def warnings(result: ImportResult) -> list[str]:
    return [str(issue) for issue in result.plan.warnings]
