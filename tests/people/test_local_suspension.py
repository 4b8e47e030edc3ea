"""Suspending is a decision of security: the HR system neither lifts it nor forgets it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lms.core.models import AuditEntry
from lms.people.models import User
from lms.people.services import set_person_status
from tests.people.exports import run, warnings

ALONE = {"manager_number": ""}

pytestmark = pytest.mark.django_db


def ada() -> User:
    return User.objects.get(full_name="Ada Okafor")


def suspend() -> None:
    set_person_status(
        person=ada(), status=User.Status.SUSPENDED, actor="user:mei", reason="Laptop was stolen"
    )


def standing() -> tuple[str, bool, str]:
    return ada().status, ada().is_active, ada().suspended_by


@pytest.mark.parametrize("status", ["", "active", "on_leave", "prehire", "suspended"])
def test_hr_does_not_lift_a_local_suspension(status: str) -> None:
    run(ALONE)
    suspend()

    result = run({**ALONE, "status": status, "job_title": "Team lead"})

    assert result.counts()["updated"] == 1
    assert standing() == ("suspended", False, "local")


def test_a_suspension_that_some_other_code_wrote_counts_as_local() -> None:
    run(ALONE)
    User.objects.update(status="suspended", is_active=False)

    run({**ALONE, "job_title": "Team lead"})

    assert standing() == ("suspended", False, "local")


def test_the_import_says_whose_suspension_it_kept() -> None:
    run(ALONE)
    suspend()

    assert warnings(run(ALONE)) == [
        "line 2, status: Ada Okafor stays suspended: an administrator of Praxis decided so. Lift it there."
    ]
    assert warnings(run({**ALONE, "status": ""})) == []


def test_whoever_is_suspended_may_leave_and_comes_back_suspended() -> None:
    run(ALONE)
    suspend()

    result = run({**ALONE, "status": "left"})
    assert result.counts()["left"] == 1
    assert standing() == ("left", False, "local")

    run(ALONE)
    assert standing() == ("suspended", False, "local")


def test_deactivating_a_suspended_person_by_hand_does_not_lift_it_either() -> None:
    run(ALONE)
    suspend()
    set_person_status(person=ada(), status=User.Status.LEFT, actor="user:mei")

    run(ALONE)

    assert standing() == ("suspended", False, "local")


def test_a_suspension_lifted_here_leaves_the_status_to_hr_again() -> None:
    run(ALONE)
    suspend()
    set_person_status(person=ada(), status=User.Status.ACTIVE, actor="user:mei")
    assert standing() == ("active", True, "")

    run({**ALONE, "status": "on_leave"})

    assert standing() == ("on_leave", True, "")


def test_hr_lifts_its_own_suspension() -> None:
    run({**ALONE, "status": "suspended"})
    assert standing() == ("suspended", False, "hr")

    run(ALONE)

    assert standing() == ("active", True, "")


def test_a_suspension_by_hr_that_is_confirmed_here_is_local() -> None:
    run({**ALONE, "status": "suspended"})

    suspend()
    run(ALONE)

    assert standing() == ("suspended", False, "local")
    entry = AuditEntry.objects.get(action="people.set_status")
    assert (entry.before, entry.after, entry.reason) == (
        {"suspended_by": "hr"},
        {"suspended_by": "local"},
        "Laptop was stolen",
    )


@pytest.mark.parametrize("status", ["prehire", "active", "on_leave", "suspended", "left"])
def test_an_empty_status_leaves_the_status_as_it_is(status: str) -> None:
    run(ALONE)
    run({**ALONE, "status": status})

    result = run({**ALONE, "status": ""})

    assert result.counts()["unchanged"] == 1
    assert ada().status == status


def test_an_empty_status_makes_a_new_person_active() -> None:
    run({**ALONE, "status": ""})

    assert standing() == ("active", True, "")


@pytest.mark.postgresql
def test_suspending_waits_for_an_import_under_way() -> None:
    run(ALONE)

    with CaptureQueriesContext(connection) as captured:
        suspend()

    statements = [query["sql"] for query in captured]
    [waits] = [index for index, sql in enumerate(statements) if "pg_advisory_xact_lock" in sql]
    [reads] = [index for index, sql in enumerate(statements) if "FOR UPDATE" in sql]
    assert waits < reads
