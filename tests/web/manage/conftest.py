from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext


@pytest.fixture
def admin(mei, client_of) -> Client:
    """Return the browser of Mei, who administers."""
    return client_of(mei)


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
