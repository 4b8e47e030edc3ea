"""An import of any size sends statements of limited size; SQLite takes 32,766 values in one of them."""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.db import connection

from lms.people import batches, import_writer, services
from lms.people.batches import BATCH, in_batches
from lms.people.models import ReportingLine, User
from tests.people.exports import people_numbered, run


def most_values(act: Callable[[], Any]) -> dict[str, int]:
    """Return how many values each kind of statement carries at most, by its first words."""
    most: dict[str, int] = {}

    def measure(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if params:
            most[sql[:60]] = max(most.get(sql[:60], 0), len(params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(measure):
        act()
    return most


@pytest.mark.parametrize("count", [0, 1, BATCH, BATCH + 1])
def test_batches_hold_every_item_once_in_order(count: int) -> None:
    found = list(in_batches(range(count)))

    assert [item for batch in found for item in batch] == list(range(count))
    assert [len(batch) for batch in found] == [BATCH] * (count // BATCH) + [1] * (count % BATCH)


def test_no_statement_grows_with_the_number_of_people(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (batches, import_writer, services):
        monkeypatch.setattr(module, "BATCH", 40)

    def largest(count: int) -> list[dict[str, int]]:
        User.objects.all().delete()
        rows = people_numbered(count)
        run(*rows)
        people = list(User.objects.all())
        UserSession.objects.bulk_create(
            UserSession(user=person, ip="127.0.0.1", user_agent="test", session_key=str(person.pk))
            for person in people
        )
        EmailAddress.objects.bulk_create(EmailAddress(user=person, email=person.email) for person in people)
        each_has_the_address_of_the_next = [
            {**row, "email": rows[(index + 1) % count]["email"], "manager_number": ""}
            for index, row in enumerate(rows)
        ]
        moving = most_values(lambda: run(*each_has_the_address_of_the_next))
        assert (EmailAddress.objects.count(), ReportingLine.objects.count()) == (0, 0)
        gone = [{**row, "status": "left"} for row in each_has_the_address_of_the_next]
        leaving = most_values(lambda: run(*gone, allow_mass_deactivation=True))
        assert UserSession.objects.count() == 0
        return [moving, leaving]

    assert largest(161) == largest(80)
