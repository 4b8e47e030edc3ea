"""What an import leaves in the audit trail about each person."""

from hashlib import sha256
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lms.core.models import AuditEntry
from lms.core.services import seal_audit_trail, verify_audit_trail
from lms.people.models import User
from tests.people.exports import BRUNO, LINUS, export_of, people_numbered, person, run

pytestmark = pytest.mark.django_db


def public_id(number: str) -> str:
    return str(person(number).public_id)


def entries() -> list[tuple[Any, ...]]:
    about_people = AuditEntry.objects.filter(action="people.import_person").order_by("pk")
    return list(about_people.values_list("object_id", "before", "after"))


@pytest.mark.parametrize(
    ("change", "before", "after"),
    [
        (
            {"email": "ada@larkfield.example"},
            {"email": "ada.okafor@larkfield.example"},
            {"email": "ada@larkfield.example"},
        ),
        ({"status": "on_leave"}, {"status": "active"}, {"status": "on_leave"}),
        ({"status": "left"}, {"status": "active"}, {"status": "left"}),
        ({"job_role_code": "sales"}, {"role": "customer-service"}, {"role": "sales"}),
        (
            {"org_unit": "Larkfield Appliances > Sales", "status": "suspended"},
            {"unit": "larkfield-appliances.customer-service.porto", "status": "active"},
            {"unit": "larkfield-appliances.sales", "status": "suspended"},
        ),
    ],
    ids=["address", "status", "leaving", "role", "unit and status"],
)
def test_each_person_who_changes_has_an_entry_of_just_these_facts(
    change: dict[str, str], before: dict[str, str], after: dict[str, str]
) -> None:
    run({}, LINUS)

    run({**change, "full_name": "Ada Okafor-Reyes"}, LINUS)

    assert entries() == [(public_id("00042"), before, after)]


def test_managers_are_named_by_their_public_id_newcomers_too() -> None:
    run({}, LINUS)

    run({"manager_number": "00043"}, BRUNO, LINUS)
    run({"manager_number": ""}, BRUNO, LINUS)

    linus, ada, bruno = public_id("00007"), public_id("00042"), public_id("00043")
    assert entries() == [
        (ada, {"manager": linus}, {"manager": bruno}),
        (ada, {"manager": bruno}, {"manager": None}),
    ]


def test_someone_missing_from_the_file_has_an_entry_too() -> None:
    run({}, LINUS)

    run(LINUS, deactivate_missing=True)

    assert entries() == [(public_id("00042"), {"status": "active"}, {"status": "left"})]


def test_an_entry_says_who_imported_which_file_and_when() -> None:
    run({}, LINUS)
    run({"status": "on_leave"}, LINUS)

    entry = AuditEntry.objects.get(action="people.import_person")
    of_the_import = AuditEntry.objects.filter(action="people.import").latest("pk")
    digest = sha256(export_of({"status": "on_leave"}, LINUS)).hexdigest()
    assert (entry.actor, entry.object_type, entry.reason) == (
        "command:test",
        "people.user",
        f"HR export {digest}",
    )
    assert (entry.at, digest) == (of_the_import.at, of_the_import.object_id)


@pytest.mark.parametrize(
    "change",
    [{"full_name": "Ada Reyes"}, {"job_title": "Team lead"}, {"location": "Berlin"}, {"hired_on": ""}, {}],
    ids=["name", "title", "location", "day of hire", "nothing"],
)
def test_other_facts_and_new_people_have_no_entry_of_their_own(change: dict[str, str]) -> None:
    run({}, LINUS)
    run(change, LINUS)

    assert entries() == []


def test_an_account_that_is_adopted_has_its_number_in_the_entry(mei: User) -> None:
    run({"email": mei.email, "manager_number": "", "org_unit": "", "job_role_code": ""})

    assert entries() == [(str(mei.public_id), {"employee_number": None}, {"employee_number": "00042"})]


def test_a_dry_run_and_a_blocked_import_leave_no_entries() -> None:
    run(*people_numbered(12))
    gone = people_numbered(12, status="left")

    run(*gone, dry_run=True, allow_mass_deactivation=True)
    run(*gone)

    assert entries() == []


def test_entries_are_written_in_batches_and_can_be_sealed() -> None:
    run(*people_numbered(60))

    with CaptureQueriesContext(connection) as captured:
        run(*people_numbered(60, status="on_leave"))

    writing = [query for query in captured if query["sql"].startswith('INSERT INTO "core_auditentry"')]
    assert len(writing) == 2  # one of the people, one of the import
    assert len(entries()) == 60
    assert seal_audit_trail() == 62
    assert (verify_audit_trail().checked, verify_audit_trail().fault) == (62, "")
