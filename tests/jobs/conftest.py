"""Jobs of kinds of the tests' own, and a way to see what they did."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from lms.jobs import registry
from lms.jobs.models import Job
from lms.jobs.services import start_job
from lms.people.models import ExternalIdentity, User
from tests.connections import RunAside, other_connections
from tests.jobs import kinds

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _kinds_of_the_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_kinds", {})
    kinds.register()


@pytest.fixture
def numbers(ada: User, mei: User) -> Callable[..., Job]:
    """Return a function that starts a job which gives Ada the numbers from 1 on."""

    def start(count: int = 8, *, kind: str = "tests.numbers", **given: Any) -> Job:
        params = {"count": count, "people": [ada.pk]} | given.pop("params", {})
        fields: dict[str, Any] = {"title": "Give numbers", "actor": mei, "at": NOON} | given
        return start_job(kind=kind, params=params, **fields)

    return start


@pytest.fixture
def given() -> Callable[[], list[int]]:
    """Return a function that lists the numbers there are, each as often as it was given."""
    return lambda: [
        int(value) for value in ExternalIdentity.objects.order_by("value").values_list("value", flat=True)
    ]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """The tasks that were sent to the broker, instead of sending them."""
    tasks: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr(
        "celery.app.base.Celery.send_task", lambda _app, name, **options: tasks.append((name, options))
    )
    return tasks


@pytest.fixture
def aside() -> Iterator[RunAside]:
    """Return a function that runs another one in a thread with its own connection."""
    with other_connections() as run:
        yield run
