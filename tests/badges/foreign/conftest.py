"""The verifiers, installed, or the reason why not."""

import os
from pathlib import Path

import pytest

from tests.badges.foreign import verifiers


@pytest.fixture(scope="session")
def installed_verifiers() -> Path:
    """Return the folder of the verifiers that run on Node.

    Without Node such tests are skipped and say so; under CI they fail, so that nobody ships what no verifier has read.
    """
    try:
        return verifiers.install()
    except verifiers.VerifiersMissing as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(str(missing))
        pytest.skip(str(missing))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave whatever asks for the verifiers to `make prove`."""
    for item in items:
        if "installed_verifiers" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.proof)
