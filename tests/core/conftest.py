from collections.abc import Iterator

import pytest

from tests.connections import RunAside, other_connections


@pytest.fixture
def aside() -> Iterator[RunAside]:
    """Return a function that runs another one in a thread with its own connection."""
    with other_connections() as run:
        yield run
