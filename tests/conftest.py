"""The cast, and the database they live in."""

import faulthandler
import gc
import json
import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any
from unittest.mock import patch

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import connection
from django.test import Client, TestCase, TransactionTestCase
from hypothesis import settings
from pytest_django import DjangoDbBlocker
from wagtail.models import Site
from wagtail.signal_handlers import disable_reference_index_auto_update

from courses.models import ContentPage, LearningPathPage, LessonIndexPage, MicroLessonPage, PathIndexPage
from courses.rendering import revision_content
from lms.paths.library import forget_library
from lms.people.models import JobRole, OrgUnit, User
from tests.databases import use_fresh_copy

pytest_plugins = [
    "tests.browser",
    "tests.badges.credentials",
    "tests.badges.nominations",
    "tests.notifications.notifying",
    "tests.sandbox.exercises",
    "tests.sandbox.judges",
    "tests.tips.tips",
    "tests.journeys.everything",  # builds on the ones above
]

# No timed tests: how long an example takes says more about the machine than about the rule.
settings.register_profile("praxis", deadline=None, max_examples=60)
settings.load_profile("praxis")

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put what takes long first; leave out, and count as deselected, what has no meaning on the embedded database."""
    items.sort(key=_turn)
    if connection.vendor == "postgresql":
        return
    left_out = [item for item in items if item.get_closest_marker("postgresql")]
    if left_out:
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Let the garbage collector look no more at the whole program and five thousand tests, which stay anyway."""
    gc.collect()
    gc.freeze()


def _turn(item: pytest.Item) -> int:
    """Return when a test has its turn; within a turn the order stays as it was, which is random.

    Of several workers the first begins with what needs no database, while another one prepares it. Browsers and
    tests that commit take seconds each, so they come early: whoever is done helps with the short ones at the end.
    """
    database = item.get_closest_marker("django_db")
    if issubclass(getattr(item, "cls", None) or object, TestCase):
        return 2
    if not database and not {"db", "transactional_db"} & set(getattr(item, "fixturenames", ())):
        return 0
    commits = database is not None and database.kwargs.get("transaction")
    return 1 if commits or item.get_closest_marker("browser") else 2


def pytest_report_collectionfinish() -> str:
    """Say which database the tests run on, and what that leaves out."""
    if connection.vendor == "postgresql":
        return "database: PostgreSQL"
    return "database: SQLite; tests marked postgresql are deselected, set PRAXIS_DATABASE_URL to run them"


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: DjangoDbBlocker) -> None:
    """Give this process its own copy of the migrated database.

    The first of all processes migrates, which on a busy machine takes longer than any test may: nothing hangs yet.
    """
    faulthandler.cancel_dump_traceback_later()
    with django_db_blocker.unblock():
        use_fresh_copy(WORKER)


@pytest.fixture(scope="session", autouse=True)
def _restore_after_commit() -> None:
    """After a test that commits, start from a fresh copy instead of emptying every table."""

    def restore(_test_case: TransactionTestCase) -> None:
        use_fresh_copy(WORKER)
        ContentType.objects.clear_cache()
        Site.clear_site_root_paths_cache()

    setattr(TransactionTestCase, "_fixture_teardown", restore)  # noqa: B010 - not a public name


@pytest.fixture(scope="session", autouse=True)
def _another_day() -> Iterator[None]:
    """Run the suite on the day that TEST_TODAY names: a test that passes only until some day is found today."""
    if not (day := os.environ.get("TEST_TODAY")):
        yield
        return
    with time_machine.travel(datetime.fromisoformat(f"{day}T21:30:00+00:00"), tick=True):
        yield


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    """Let no test see what another one cached."""
    cache.clear()
    forget_library()
    revision_content.cache_clear()


PersonFactory = Callable[..., User]


@pytest.fixture
def person_factory(db: None) -> PersonFactory:
    """Return a function that creates a person; every field can be given."""
    count = 0

    def create(email: str = "", *, groups: tuple[str, ...] = (), **fields: Any) -> User:
        nonlocal count
        count += 1
        person = User.objects.create_user(
            email or f"person{count}@larkfield.example", **{"full_name": f"Person {count}", **fields}
        )
        for name in groups:
            person.groups.add(Group.objects.get(name=name))
        return person

    return create


@pytest.fixture
def customer_service(db: None) -> JobRole:
    return JobRole.objects.create(code="customer-service", name="Customer service")


@pytest.fixture
def porto(db: None) -> OrgUnit:
    return OrgUnit.add_root(code="CS-PORTO", name="Customer Service Porto")


@pytest.fixture
def linus(person_factory: PersonFactory, porto: OrgUnit) -> User:
    """Linus manages Ada."""
    return person_factory(
        "linus@larkfield.example", full_name="Linus Berg", preferred_name="Linus", org_unit=porto
    )


@pytest.fixture
def ada(person_factory: PersonFactory, customer_service: JobRole, porto: OrgUnit, linus: User) -> User:
    """Ada learns: a customer-service agent in Porto, managed by Linus."""
    ada = person_factory(
        "ada@larkfield.example",
        full_name="Ada Okafor",
        preferred_name="Ada",
        time_zone="Europe/Lisbon",
        job_role=customer_service,
        org_unit=porto,
        manager=linus,
    )
    linus.lines_down.create(report=ada, depth=1)
    return ada


@pytest.fixture
def bruno(person_factory: PersonFactory, customer_service: JobRole, porto: OrgUnit) -> User:
    """Bruno is a colleague of Ada with whom nothing is shared."""
    return person_factory(
        "bruno@larkfield.example", full_name="Bruno Salgado", job_role=customer_service, org_unit=porto
    )


@pytest.fixture
def grace(person_factory: PersonFactory) -> User:
    """Grace authors lessons."""
    return person_factory("grace@larkfield.example", full_name="Grace Lindqvist", groups=("Authors",))


@pytest.fixture
def radia(person_factory: PersonFactory) -> User:
    """Radia reviews lessons."""
    return person_factory("radia@larkfield.example", full_name="Radia Haddad", groups=("Reviewers",))


@pytest.fixture
def mei(person_factory: PersonFactory) -> User:
    """Mei administers."""
    return person_factory("mei@larkfield.example", full_name="Mei Tanaka", groups=("Admins",))


@pytest.fixture
def client_of() -> Callable[[User], Client]:
    """Return a function that gives a signed-in browser without JavaScript."""

    def sign_in(person: User) -> Client:
        client = Client()
        client.force_login(person, backend="lms.people.backends.PersonBackend")
        return client

    return sign_in


def question_block(question_id: uuid.UUID, *, several: bool = False) -> dict[str, Any]:
    """Return a stored check question whose first answer is right (and the second too, when several are)."""
    return {
        "type": "question",
        "id": str(question_id),
        "value": {
            "question": "<p>The summary says a refund was promised. What do you do?</p>",
            "several": several,
            "answers": [
                {
                    "type": "item",
                    "id": str(uuid.uuid5(question_id, str(number))),
                    "value": {
                        "text": f"<p>Answer {number}</p>",
                        "is_right": number == 1 or (several and number == 2),
                        "feedback": f"<p>Feedback {number}</p>",
                    },
                }
                for number in (1, 2, 3)
            ],
        },
    }


def answer_id(question_id: str | uuid.UUID, number: int) -> str:
    """Return the id of an answer made by `question_block`."""
    return str(uuid.uuid5(uuid.UUID(str(question_id)), str(number)))


LessonFactory = Callable[..., MicroLessonPage]
PathFactory = Callable[..., LearningPathPage]


@pytest.fixture
def lesson_factory(db: None) -> LessonFactory:
    """Return a function that publishes a lesson with one question."""
    count = 0

    def create(
        title: str = "", *, questions: int = 1, publish: bool = True, **fields: Any
    ) -> MicroLessonPage:
        nonlocal count
        count += 1
        title = title or f"Lesson {count}"
        body = [
            {"type": "text", "id": str(uuid.uuid4()), "value": "<p>You take over at four o’clock.</p>"},
            *(question_block(uuid.uuid4()) for _ in range(questions)),
        ]
        lesson = MicroLessonPage(
            title=title,
            slug=fields.pop("slug", f"lesson-{count}"),
            summary=f"Summary of {title}",
            review_by=date(2027, 5, 31),
            body=json.dumps(fields.pop("body", body)),
            live=False,
            **fields,
        )
        index = _index(LessonIndexPage, "lessons")
        if publish:
            _publish(index, lesson)
        else:
            index.add_child(instance=lesson).save_revision(clean=False)
        return lesson

    return create


@pytest.fixture
def path_factory(db: None) -> PathFactory:
    """Return a function that publishes a path; a step is a lesson or an exercise, alone or with its settings.

    Where steps repeat a lesson, only to make a path long, the rule against it is set aside.
    """
    count = 0

    def create(
        *steps: MicroLessonPage | tuple[MicroLessonPage, dict[str, Any]], title: str = "", **fields: Any
    ) -> LearningPathPage:
        nonlocal count
        count += 1
        path = LearningPathPage(
            title=title or f"Path {count}",
            slug=fields.pop("slug", f"path-{count}"),
            summary="Short steps",
            outcome="You use it for the tasks that fill your day.",
            review_by=date(2027, 5, 31),
            steps=json.dumps([_step_block(step) for step in steps]),
            live=False,
            **fields,
        )
        lessons = [step[0] if isinstance(step, tuple) else step for step in steps]
        with patch.object(LearningPathPage, "has_gaps", len(set(lessons)) < len(lessons)):
            _publish(_index(PathIndexPage, "paths"), path)
        return path

    return create


def _step_block(step: MicroLessonPage | tuple[MicroLessonPage, dict[str, Any]]) -> dict[str, Any]:
    leads_to, settings = step if isinstance(step, tuple) else (step, {})
    kind = "lesson" if isinstance(leads_to, MicroLessonPage) else "exercise"
    value = {kind: leads_to.pk, "is_required": True, "opens": "after-previous", "delay_days": 0, **settings}
    return {"type": kind, "id": str(uuid.uuid4()), "value": value}


def _publish(index: ContentPage, page: ContentPage) -> None:
    """Add a page and publish it, checked and indexed as it is in the end and not at each save before."""
    with _unindexed():
        index.add_child(instance=page)
        revision = page.save_revision(clean=False)
    revision.publish()
    page.refresh_from_db()


@contextmanager
def _unindexed() -> Iterator[None]:
    """Save pages without an entry in the index for search and in that of references."""
    with (
        disable_reference_index_auto_update(),
        patch("modelsearch.signal_handlers.insert_or_update_object_task"),
    ):
        yield


def _index(model: type[ContentPage], slug: str) -> ContentPage:
    existing = model.objects.first()
    if existing:
        return existing
    home = ContentPage.objects.get(depth=2)
    with _unindexed():  # a folder, which nobody looks for
        return home.add_child(instance=model(title=slug.title(), slug=slug))


@pytest.fixture
def noon() -> datetime:
    """A Tuesday at noon."""
    return datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture
def at_noon(noon: datetime) -> Iterator[None]:
    """Let it be that noon, and stay it."""
    with time_machine.travel(noon, tick=False):
        yield
