"""A ledger with consumers of the test's own."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from lms.core.models import AuditEntry
from lms.core.services import write_audit_entry
from lms.people.models import User
from lms.records import registry
from lms.records.models import LearningRecord
from lms.records.services import new_record, record_all
from tests.connections import RunAside, other_connections

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _no_other_consumers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_consumers", {})


@pytest.fixture
def write(ada: User) -> Callable[..., list[LearningRecord]]:
    """Return a function that writes one record about Ada for each title."""

    def write(*titles: str, verb: str = "completed", **given: Any) -> list[LearningRecord]:
        fields: dict[str, Any] = {"object_type": "lesson", "object_id": uuid4(), "at": NOON} | given
        return record_all(
            records=[new_record(actor=ada, verb=verb, object_title=title, **fields) for title in titles]
        )

    return write


@pytest.fixture
def listen() -> Callable[..., list[str]]:
    """Return a function that registers a consumer and returns the list of titles that it will have seen."""

    def listen(name: str = "tests.listener", *, verbs: tuple[str, ...] = ("completed",)) -> list[str]:
        seen: list[str] = []
        registry.consumer(name, verbs=verbs)(lambda record: seen.append(record.object_title))
        return seen

    return listen


@pytest.fixture
def note() -> registry.Consumer:
    """Return a consumer whose effect is a row in the database: one audit entry for each record."""

    @registry.consumer("tests.note", verbs=["completed"])
    def note(record: LearningRecord) -> None:
        write_audit_entry(
            actor="tests", action="tests.note", object_type="record", object_id=record.object_title
        )

    return registry.get_consumer("tests.note")


@pytest.fixture
def notes() -> Callable[[], list[str]]:
    """Return a function that lists the titles of the records that `note` has had an effect for."""
    return lambda: list(AuditEntry.objects.order_by("pk").values_list("object_id", flat=True))


@pytest.fixture
def aside() -> Iterator[RunAside]:
    """Return a function that runs another one in a thread with its own connection."""
    with other_connections() as run:
        yield run
