"""The cast, and the database they live in."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import connection
from django.test import Client, TransactionTestCase
from wagtail.models import Site

from lms.people.models import JobRole, OrgUnit, User
from tests.databases import use_fresh_copy

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out, and count as deselected, what has no meaning on the embedded database."""
    if connection.vendor == "postgresql":
        return
    left_out = [item for item in items if item.get_closest_marker("postgresql")]
    if left_out:
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)


def pytest_report_collectionfinish() -> str:
    """Say which database the tests run on, and what that leaves out."""
    if connection.vendor == "postgresql":
        return "database: PostgreSQL"
    return "database: SQLite; tests marked postgresql are deselected, set PRAXIS_DATABASE_URL to run them"


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """Give this process its own copy of the migrated database."""
    with django_db_blocker.unblock():
        use_fresh_copy(WORKER)
    yield


@pytest.fixture(scope="session", autouse=True)
def _restore_after_commit() -> None:
    """After a test that commits, start from a fresh copy instead of emptying every table."""

    def restore(_test_case: TransactionTestCase) -> None:
        use_fresh_copy(WORKER)
        ContentType.objects.clear_cache()
        Site.clear_site_root_paths_cache()

    TransactionTestCase._fixture_teardown = restore


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    """Let no test see what another one cached."""
    cache.clear()


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
    return person_factory("linus@larkfield.example", full_name="Linus Berg", preferred_name="Linus", org_unit=porto)


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
    return person_factory("bruno@larkfield.example", full_name="Bruno Salgado", job_role=customer_service, org_unit=porto)


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
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in
