from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from courses.models import LearningPathPage
from lms.paths.models import Assignment
from lms.paths.services import RuleText, create_rule
from lms.people.models import User


@pytest.fixture
def admin(mei, client_of) -> Client:
    """Return the browser of Mei, who administers."""
    return client_of(mei)


@pytest.fixture
def path(lesson_factory: Callable[..., Any], path_factory: Callable[..., Any]) -> LearningPathPage:
    """Return a path of one lesson."""
    found: LearningPathPage = path_factory(lesson_factory(), title="Working with AI", slug="working-with-ai")
    return found


@pytest.fixture
def draft(ada: User, bruno: User, mei: User, path: LearningPathPage) -> Assignment:
    """Return a rule, not in force, that gives the path to everybody in customer service."""
    text = RuleText(audience={"any": [{"all": [{"role": ["customer-service"]}]}]})
    return create_rule(name="Customer service", path=path, text=text, actor=mei, at=timezone.now())


@pytest.fixture
def queries_of(admin: Client) -> Callable[..., int]:
    """Return a function that opens an address once for warmth, and again to count its queries."""

    def count(address: str, *, status: int = 200) -> int:
        admin.get(address)
        with CaptureQueriesContext(connection) as captured:
            assert admin.get(address).status_code == status
        return len(captured)

    return count


@pytest.fixture
def text_of(admin: Client) -> Callable[..., str]:
    """Return a function that opens an address and gives what stands on the page, spaces as one."""

    def read(address: str, **asked: Any) -> str:
        response = admin.get(address, asked)
        assert response.status_code == 200
        return " ".join(response.content.decode().split())

    return read
