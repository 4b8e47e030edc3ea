"""Importing people from the HR system: what a file does to people, and what it never does."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from lms.core.models import AuditEntry
from lms.people.models import Employment, ExternalIdentity, JobRole, OrgUnit, ReportingLine, User
from lms.people.services import ImportResult
from tests.people.exports import (
    BRUNO,
    LINUS,
    TODAY,
    TOMORROW,
    export_of,
    people_numbered,
    person,
    run,
    warnings,
)

pytestmark = pytest.mark.django_db


def counts(result: ImportResult) -> tuple[int, int, int, int, int]:
    counted = result.counts()
    return (
        counted["created"],
        counted["updated"],
        counted["unchanged"],
        counted["left"],
        counted["rejected"],
    )


def everything() -> dict[str, list[Any]]:
    models = [User, Employment, ExternalIdentity, JobRole, OrgUnit, ReportingLine, AuditEntry, EmailAddress]
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in models}


def jobs(number: str) -> list[tuple[Any, ...]]:
    return list(
        person(number)
        .employments.order_by("effective_from", "pk")
        .values_list("job_title", "location", "effective_from", "effective_to")
    )


def test_a_new_person_has_all_that_the_file_says_of_them() -> None:
    result = run({}, LINUS)

    ada, linus = person("00042"), person("00007")
    assert result.is_applied
    assert counts(result) == (2, 0, 0, 0, 0)
    assert (ada.email, ada.full_name, ada.preferred_name) == (
        "ada.okafor@larkfield.example",
        "Ada Okafor",
        "Ada",
    )
    assert (ada.time_zone, ada.locale, ada.status, ada.is_active) == (
        "Europe/Lisbon",
        "pt-PT",
        "active",
        True,
    )
    assert ada.manager == linus
    assert ada.job_role is not None
    assert (ada.job_role.code, ada.job_role.name) == ("customer-service", "Customer service")
    assert ada.org_unit is not None
    assert [unit.name for unit in [*ada.org_unit.get_ancestors(), ada.org_unit]] == [
        "Larkfield Appliances",
        "Customer Service",
        "Porto",
    ]
    job = ada.employments.get()
    assert (job.number, job.job_title, job.location, job.employment_type) == (
        "00042",
        "Agent",
        "Porto",
        "full_time",
    )
    assert (job.manager, job.org_unit, job.job_role) == (linus, ada.org_unit, ada.job_role)
    assert (job.hired_on, job.effective_from, job.effective_to) == (date(2021, 3, 1), date(2021, 3, 1), None)
    assert list(ReportingLine.objects.values_list("manager", "report", "depth")) == [(linus.pk, ada.pk, 1)]


def test_a_new_person_has_no_password_and_their_own_public_id() -> None:
    run({}, LINUS)

    assert not person("00042").has_usable_password()
    assert person("00042").public_id != person("00007").public_id


def test_importing_the_same_file_again_changes_nothing() -> None:
    run({}, LINUS, BRUNO)
    before = everything()

    result = run({}, LINUS, BRUNO, today=TOMORROW)

    after = everything()
    assert counts(result) == (0, 0, 3, 0, 0)
    assert len(after.pop("AuditEntry")) == len(before.pop("AuditEntry")) + 1
    assert after == before


def test_a_dry_run_says_the_same_as_the_import_and_changes_nothing() -> None:
    run({}, LINUS)
    before = everything()
    rows = [{"location": "Berlin"}, {**LINUS, "status": "left"}, BRUNO, {"employee_number": "1", "email": ""}]

    preview = run(*rows, dry_run=True)

    assert everything() == before
    assert not preview.is_applied
    assert counts(preview) == (1, 1, 0, 1, 1)
    assert run(*rows).plan == preview.plan


def test_an_import_leaves_an_audit_entry_with_its_counts() -> None:
    run({}, LINUS)
    run({}, {**LINUS, "status": "left"}, {**BRUNO, "email": "none"})

    entry = AuditEntry.objects.latest("pk")
    assert (entry.actor, entry.action, entry.object_type) == (
        "command:test",
        "people.import",
        "people.hr_export",
    )
    assert entry.after == {
        "source": "hr",
        "created": 0,
        "updated": 0,
        "unchanged": 1,
        "left": 1,
        "rejected": 1,
        "warnings": 1,
        "numbers_left": ["00007"],
    }


def test_a_changed_row_changes_the_person_and_names_what_changed() -> None:
    run({}, LINUS)

    result = run({"full_name": "Ada Okafor-Reyes", "email": "ada.reyes@larkfield.example"}, LINUS)

    assert counts(result) == (0, 1, 1, 0, 0)
    assert result.plan.updated[0].changed == ("email", "full_name")
    assert person("00042").full_name == "Ada Okafor-Reyes"
    assert len(jobs("00042")) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"org_unit": "Larkfield Appliances > Sales"},
        {"job_role_code": "sales"},
        {"manager_number": "00043"},
        {"location": "Berlin"},
        {"job_title": "Senior agent"},
        {"employment_type": "part_time"},
    ],
)
def test_a_new_place_in_the_company_closes_one_employment_and_opens_the_next(change: dict[str, str]) -> None:
    run({}, LINUS, BRUNO)

    run(change, LINUS, BRUNO)

    old, new = person("00042").employments.order_by("effective_from")
    assert (old.effective_from, old.effective_to) == (date(2021, 3, 1), date(2026, 11, 19))
    assert (new.effective_from, new.effective_to) == (TODAY, None)
    assert (new.org_unit, new.job_role, new.manager) == (
        person("00042").org_unit,
        person("00042").job_role,
        person("00042").manager,
    )
    assert (old.org_unit, old.job_role, old.manager, old.location, old.job_title, old.employment_type) != (
        (new.org_unit, new.job_role, new.manager, new.location, new.job_title, new.employment_type)
    )


def test_a_second_change_on_the_same_day_corrects_the_first() -> None:
    run({}, LINUS)
    run({"location": "Berlin"}, LINUS)

    run({"location": "Singapore"}, LINUS)

    assert jobs("00042") == [
        ("Agent", "Porto", date(2021, 3, 1), date(2026, 11, 19)),
        ("Agent", "Singapore", TODAY, None),
    ]


def test_a_corrected_day_of_hire_is_no_new_employment() -> None:
    run({}, LINUS)

    run({"hired_on": "2021-04-01"}, LINUS)

    assert list(person("00042").employments.values_list("hired_on", "effective_from", "effective_to")) == [
        (date(2021, 4, 1), date(2021, 3, 1), None)
    ]


def test_what_people_set_for_themselves_stays_until_they_move() -> None:
    run({}, LINUS)
    User.objects.filter(pk=person("00042").pk).update(
        preferred_name="Addie", time_zone="Atlantic/Azores", locale="en"
    )

    assert counts(run({}, LINUS)) == (0, 0, 2, 0, 0)
    run({"location": "Berlin", "time_zone": "Europe/Berlin"}, LINUS)

    ada = person("00042")
    assert (ada.preferred_name, ada.locale, ada.time_zone) == ("Addie", "en", "Europe/Berlin")


def test_someone_who_left_is_signed_out_and_keeps_their_history(client_of: Callable[[User], Client]) -> None:
    run({}, LINUS)
    browser = client_of(person("00042"))

    result = run({"status": "left"}, LINUS)

    ada = person("00042")
    assert counts(result) == (0, 0, 1, 1, 0)
    assert (ada.status, ada.is_active) == ("left", False)
    assert jobs("00042") == [("Agent", "Porto", date(2021, 3, 1), TODAY)]
    assert browser.get("/accounts/sessions/").status_code == 302
    assert counts(run({"status": "left"}, LINUS)) == (0, 0, 2, 0, 0)


def test_someone_who_comes_back_has_a_new_employment_beside_the_old_one() -> None:
    run({}, LINUS)
    run({"status": "left"}, LINUS)

    result = run({"job_title": "Team lead"}, LINUS, today=TOMORROW)

    assert counts(result) == (0, 1, 1, 0, 0)
    assert person("00042").is_active
    assert jobs("00042") == [
        ("Agent", "Porto", date(2021, 3, 1), TODAY),
        ("Team lead", "Porto", TOMORROW, None),
    ]


def test_someone_who_left_long_ago_is_kept_with_a_closed_employment() -> None:
    result = run({"status": "left", "manager_number": ""})

    assert counts(result) == (1, 0, 0, 0, 0)
    assert not person("00042").is_active
    assert jobs("00042") == [("Agent", "Porto", date(2021, 3, 1), TODAY)]


def test_someone_who_starts_later_has_an_employment_from_that_day_and_no_sign_in_yet() -> None:
    run({"status": "prehire", "hired_on": "2026-12-01", "manager_number": ""})
    run({"status": "prehire", "hired_on": "2026-12-01", "manager_number": "", "location": "Berlin"})

    assert not person("00042").is_active
    assert jobs("00042") == [("Agent", "Berlin", date(2026, 12, 1), None)]


def number_elsewhere(person: User) -> None:
    ExternalIdentity.objects.create(person=person, source="hr-asia", kind="hris_id", value="77")


def test_an_address_of_someone_else_refuses_the_row_and_no_other(mei: User) -> None:
    number_elsewhere(mei)

    result = run({"email": "MEI@larkfield.example"}, LINUS)

    assert [str(issue) for issue in result.plan.errors] == [
        "line 2, email: mei@larkfield.example belongs to Mei Tanaka. Give one of the two another address. "
        "The row was not imported."
    ]
    assert counts(result) == (1, 0, 0, 0, 1)
    assert not ExternalIdentity.objects.filter(value="00042").exists()
    mei.refresh_from_db()
    assert mei.full_name == "Mei Tanaka"


def test_an_address_of_someone_who_left_says_so() -> None:
    run({"manager_number": ""})
    run({"manager_number": "", "status": "left"})

    result = run({**BRUNO, "email": "ada.okafor@larkfield.example", "manager_number": ""})

    assert result.plan.errors[0].message.startswith(
        "ada.okafor@larkfield.example belongs to Ada Okafor, who has left."
    )


def test_people_may_swap_addresses_in_one_file() -> None:
    run({"manager_number": ""}, {**BRUNO, "manager_number": ""})
    ada, bruno = person("00042"), person("00043")

    result = run(
        {"manager_number": "", "email": "bruno@larkfield.example"},
        {**BRUNO, "manager_number": "", "email": "ada.okafor@larkfield.example"},
    )

    assert counts(result) == (0, 2, 0, 0, 0)
    assert (person("00042"), person("00043")) == (ada, bruno)
    assert (person("00042").email, person("00043").email) == (
        "bruno@larkfield.example",
        "ada.okafor@larkfield.example",
    )


def test_a_refused_row_keeps_the_address_that_another_row_hoped_for(mei: User) -> None:
    number_elsewhere(mei)
    run({"manager_number": ""}, {**BRUNO, "manager_number": ""})

    result = run(
        {"manager_number": "", "email": "bruno@larkfield.example"},
        {**BRUNO, "manager_number": "", "email": mei.email},
    )

    assert counts(result) == (0, 0, 0, 0, 2)
    assert person("00042").email == "ada.okafor@larkfield.example"


def test_an_address_that_passes_to_a_new_hire_does_not_let_them_in_as_the_old_owner() -> None:
    run({"manager_number": ""})
    ada = person("00042")
    EmailAddress.objects.create(user=ada, email=ada.email, verified=True, primary=True)

    run(
        {"manager_number": "", "email": "ada.new@larkfield.example"},
        {**BRUNO, "manager_number": "", "email": ada.email},
    )

    assert person("00043").email == ada.email
    assert not EmailAddress.objects.exists()


def test_numbers_of_two_systems_do_not_meet() -> None:
    run({"manager_number": ""})

    run({**BRUNO, "employee_number": "00042", "manager_number": ""}, source="hr-asia")

    assert User.objects.filter(external_identities__value="00042").count() == 2


def test_leading_zeros_make_different_people() -> None:
    run(
        {"employee_number": "042", "manager_number": ""},
        {**BRUNO, "employee_number": "42", "manager_number": "042"},
    )

    assert person("42").manager == person("042")


def test_an_unknown_manager_is_left_out_with_a_warning() -> None:
    result = run({})

    assert person("00042").manager is None
    assert warnings(result) == [
        "line 2, manager_number: No manager has the number 00007: nobody has it. Ada Okafor was imported "
        "without a manager; name one in the HR system."
    ]


def test_a_manager_whose_row_is_refused_is_named_as_such() -> None:
    result = run({}, {**LINUS, "email": ""})

    assert warnings(result) == [
        "line 2, manager_number: No manager has the number 00007: the row of that number was refused. "
        "Ada Okafor was imported without a manager; name one in the HR system."
    ]


def test_nobody_manages_themselves() -> None:
    result = run({"manager_number": "00042"})

    assert person("00042").manager is None
    assert warnings(result) == [
        "line 2, manager_number: Ada Okafor is named as their own manager. Ada Okafor was imported without a "
        "manager; name one in the HR system."
    ]


def test_a_circle_of_managers_is_opened_at_its_first_row_and_told() -> None:
    rows = [BRUNO, {**LINUS, "manager_number": "00042"}, {"manager_number": "00007"}]

    result = run(*rows)

    assert [person(number).manager for number in ("00007", "00042")] == [None, person("00007")]
    assert person("00043").manager == person("00007")
    assert warnings(result) == [
        "line 3, manager_number: Linus Berg → Ada Okafor → Linus Berg report to each other in a circle. "
        "Linus Berg was imported without a manager; name one in the HR system."
    ]
    assert counts(run(*rows)) == (0, 0, 3, 0, 0)


def test_a_circle_closed_by_people_who_are_not_in_the_file_is_found() -> None:
    run({}, LINUS)

    result = run({**LINUS, "manager_number": "00042"})

    assert person("00007").manager is None
    assert [issue.line for issue in result.plan.warnings] == [2]
    assert ReportingLine.objects.count() == 1


def test_a_manager_who_left_is_kept_with_a_warning() -> None:
    result = run({}, {**LINUS, "status": "left"})

    assert person("00042").manager == person("00007")
    assert warnings(result) == [
        "line 2, manager_number: Linus Berg, the manager of Ada Okafor, has left. Name another manager."
    ]


def test_people_missing_from_the_file_stay_unless_told_otherwise() -> None:
    run(*people_numbered(12))

    assert counts(run(*people_numbered(10))) == (0, 0, 10, 0, 0)
    assert User.objects.filter(status="active").count() == 12

    assert counts(run(*people_numbered(10), deactivate_missing=True)) == (0, 0, 10, 2, 0)
    assert list(User.objects.filter(status="left").order_by("pk").values_list("full_name", "is_active")) == [
        ("Person 10", False),
        ("Person 11", False),
    ]
    assert not Employment.objects.filter(person__status="left", effective_to=None).exists()


def test_people_of_other_systems_are_not_missing(mei: User) -> None:
    run(BRUNO, source="hr-asia")
    run({"manager_number": ""})

    result = run({"manager_number": ""}, deactivate_missing=True)

    assert counts(result) == (0, 0, 1, 0, 0)
    mei.refresh_from_db()
    assert mei.status == "active"


def test_a_refused_row_is_not_missing() -> None:
    run(*people_numbered(3))
    refused = [{**row, "hired_on": "soon"} for row in people_numbered(2)]

    result = run(*refused, people_numbered(3)[2], deactivate_missing=True)

    assert counts(result) == (0, 0, 1, 0, 2)


def test_nobody_is_missing_while_a_refused_row_names_nobody() -> None:
    run(*people_numbered(3))
    nameless = {**people_numbered(3)[1], "employee_number": ""}

    result = run(people_numbered(3)[0], nameless, deactivate_missing=True)

    assert counts(result) == (0, 0, 1, 0, 1)
    assert "Nobody was deactivated as missing" in warnings(result)[0]


@pytest.mark.parametrize(("here", "leaving"), [(60, 11), (300, 16)])
def test_more_than_ten_and_five_percent_do_not_leave_at_once(here: int, leaving: int) -> None:
    run(*people_numbered(here))
    before = everything()
    file = people_numbered(here)[:-leaving]

    blocked = run(*file, deactivate_missing=True)

    assert not blocked.is_applied
    assert blocked.plan.blocked == (
        f"{leaving} of {here} people would leave at once, and {leaving - 1} is the most without being told "
        "so. Nothing was changed. Check that the file is whole; if they did leave, import it again with mass "
        "deactivation allowed."
    )
    assert everything() == before

    allowed = run(*file, deactivate_missing=True, allow_mass_deactivation=True)
    assert counts(allowed) == (0, 0, here - leaving, leaving, 0)


def test_ten_may_leave_at_once_however_few_they_were() -> None:
    run(*people_numbered(12))

    assert counts(run(*people_numbered(2), deactivate_missing=True)) == (0, 0, 2, 10, 0)


def test_rows_that_say_left_count_as_leaving_too() -> None:
    run(*people_numbered(12))

    assert not run(*people_numbered(12, status="left")).is_applied
    assert User.objects.filter(status="active").count() == 12


@pytest.mark.parametrize("existing", [False, True])
def test_queries_grow_by_batches_and_not_by_rows(existing: bool) -> None:
    def queries(count: int) -> int:
        User.objects.all().delete()
        OrgUnit.objects.all().delete()
        if existing:
            run(*people_numbered(count))
        with CaptureQueriesContext(connection) as captured:
            run(*people_numbered(count, location="Berlin", org_unit="Larkfield", full_name="Renamed"))
        return len(captured)

    few, many = queries(10), queries(200)

    assert few <= 40
    # SQLite takes 999 values in one statement, so that 200 people are written in several.
    assert many - few <= (60 if connection.vendor == "sqlite" else 0)


def test_the_command_prints_what_happened(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "people.csv"
    file.write_bytes(export_of({}, LINUS))

    call_command("import_people", file, "--dry-run")
    call_command("import_people", file)
    call_command("import_people", file, verbosity=0)

    assert capsys.readouterr().out == (
        "new: 00042 Ada Okafor\n"
        "new: 00007 Linus Berg\n"
        "Nothing changed: 2 created, 0 updated, 0 unchanged, 0 left, 0 rejected, 0 warnings.\n"
        "Imported: 2 created, 0 updated, 0 unchanged, 0 left, 0 rejected, 0 warnings.\n"
    )


def test_the_command_imports_the_good_rows_and_fails_for_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "people.csv"
    file.write_bytes(export_of({"email": ""}, LINUS))

    with pytest.raises(CommandError, match=r"^1 rows rejected, the others were imported\. ") as failed:
        call_command("import_people", file)

    assert failed.value.returncode == 1
    assert User.objects.get().full_name == "Linus Berg"
    assert "rejected: line 2, email: It is empty" in capsys.readouterr().out


def test_the_command_says_what_is_wrong_with_a_file(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"^Cannot read .*people\.csv: No such file or directory\.$"):
        call_command("import_people", tmp_path / "people.csv")

    (tmp_path / "people.csv").write_bytes(b"")
    with pytest.raises(CommandError, match=r"^The column employee_number is missing\. "):
        call_command("import_people", tmp_path / "people.csv")


def test_the_command_does_not_let_too_many_leave(tmp_path: Path) -> None:
    run(*people_numbered(12))
    file = tmp_path / "people.csv"
    file.write_bytes(export_of(*people_numbered(1)))

    with pytest.raises(CommandError, match=r"^11 of 12 people would leave at once"):
        call_command("import_people", file, "--deactivate-missing")
    assert User.objects.filter(status="left").count() == 0

    call_command("import_people", file, "--deactivate-missing", "--allow-mass-deactivation")
    assert User.objects.filter(status="left").count() == 11


@time_machine.travel("2026-11-20 23:30Z", tick=False)
@pytest.mark.parametrize(
    ("zone", "day"),
    [("UTC", date(2026, 11, 20)), ("Asia/Singapore", date(2026, 11, 21))],
    ids=["UTC", "Singapore"],
)
def test_the_command_dates_changes_by_the_day_it_is_in_the_company(
    tmp_path: Path, settings: Settings, zone: str, day: date
) -> None:
    settings.PRAXIS_TIME_ZONE = zone
    file = tmp_path / "people.csv"
    file.write_bytes(export_of({"manager_number": "", "hired_on": ""}))

    call_command("import_people", file, verbosity=0)

    assert person("00042").employments.get().effective_from == day
