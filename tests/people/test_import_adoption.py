"""People who were in Praxis before the HR system first named them, such as the first administrator."""

from typing import Any

import pytest
from django.core.management import call_command

from lms.people.models import ExternalIdentity, User
from lms.people.services import set_person_status
from tests.people.exports import BRUNO, run, warnings

ROW = {"manager_number": "", "email": "root@larkfield.example", "full_name": "Roberta Root"}


@pytest.fixture
def root(db: None) -> User:
    """Root set Praxis up, before anyone was imported."""
    call_command("createsuperuser", "--noinput", email="root@larkfield.example", full_name="Root")
    return User.objects.get()


def identities() -> list[tuple[Any, ...]]:
    return list(ExternalIdentity.objects.order_by("pk").values_list("person", "source", "kind", "value"))


def test_the_first_administrator_gets_the_number_of_the_row_with_their_address(root: User) -> None:
    result = run({**ROW, "email": "Root@Larkfield.example"})

    assert result.counts() == {
        "created": 0,
        "updated": 1,
        "unchanged": 0,
        "left": 0,
        "rejected": 0,
        "warnings": 1,
    }
    assert warnings(result) == [
        "line 2, email: root@larkfield.example belongs to Root, who had no employee number in Praxis. 00042 is "
        "theirs from this import on. If it is somebody else's, give one of the two another address first."
    ]
    assert identities() == [(root.pk, "hr", "hris_id", "00042")]
    root.refresh_from_db()
    assert (root.full_name, root.is_superuser, root.employments.get().number) == (
        "Roberta Root",
        True,
        "00042",
    )


def test_the_next_import_knows_them_by_their_number_and_warns_no_more(root: User) -> None:
    run(ROW)

    result = run({**ROW, "email": "roberta@larkfield.example"})

    assert warnings(result) == []
    assert User.objects.get().email == "roberta@larkfield.example"


def test_a_dry_run_names_them_and_links_nobody(root: User) -> None:
    preview = run(ROW, dry_run=True)

    assert identities() == []
    assert run(ROW).plan == preview.plan


def test_whoever_reported_to_them_still_does(root: User) -> None:
    run(BRUNO)
    User.objects.filter(full_name="Bruno Salgado").update(manager=root)

    result = run(ROW)

    assert result.plan.errors == ()
    assert User.objects.get(full_name="Bruno Salgado").manager == root
    assert run({**BRUNO, "manager_number": "00042"}, ROW).counts()["updated"] == 1
    assert User.objects.get(full_name="Bruno Salgado").manager == root


def test_someone_with_a_number_of_another_system_is_not_adopted(root: User) -> None:
    ExternalIdentity.objects.create(person=root, source="hr-asia", kind="hris_id", value="1")

    result = run(ROW)

    assert result.counts()["rejected"] == 1
    assert identities() == [(root.pk, "hr-asia", "hris_id", "1")]
    root.refresh_from_db()
    assert root.full_name == "Root"


def test_someone_with_another_number_of_the_same_system_is_not_adopted(root: User) -> None:
    run(ROW)

    result = run({**ROW, "employee_number": "00099"})

    assert result.counts()["rejected"] == 1
    assert identities() == [(root.pk, "hr", "hris_id", "00042")]


def test_a_person_known_by_number_does_not_take_over_another_account(root: User) -> None:
    run({"manager_number": ""})

    result = run(ROW)

    assert result.counts()["rejected"] == 1
    assert User.objects.get(external_identities__value="00042").full_name == "Ada Okafor"


def test_an_account_of_someone_who_left_is_not_handed_to_a_newcomer(root: User) -> None:
    set_person_status(person=root, status=User.Status.LEFT, actor="user:mei")

    result = run(ROW)

    assert result.counts()["rejected"] == 1
    assert identities() == []


def test_a_suspended_account_is_adopted_and_stays_suspended(root: User) -> None:
    set_person_status(person=root, status=User.Status.SUSPENDED, actor="user:mei")

    run(ROW)

    root.refresh_from_db()
    assert (root.status, root.is_active, root.suspended_by) == ("suspended", False, "local")
    assert identities() == [(root.pk, "hr", "hris_id", "00042")]


def test_they_are_not_missing_from_the_file_that_gives_them_a_number(root: User) -> None:
    result = run(ROW, deactivate_missing=True)

    assert result.counts()["left"] == 0
    root.refresh_from_db()
    assert root.is_active
