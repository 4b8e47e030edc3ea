"""What the tests of the guard share."""

from collections.abc import Callable

import pytest

from sandbox.guard import inspect

Found = list[tuple[str, str]]


@pytest.fixture
def found() -> Callable[..., Found]:
    """Return a function that says what was found in a text: kind and value, in order."""

    def found_in(text: str, **options) -> Found:
        inspection = inspect(text, **options)
        return [(finding.kind, inspection.value_of(finding)) for finding in inspection.findings]

    return found_in
