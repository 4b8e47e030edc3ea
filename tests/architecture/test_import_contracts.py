"""The contracts in .importlinter hold, and they are able to fail."""

import shutil
import subprocess
import sys

import pytest

from tests.architecture.floors import ROOT, floors

LINT = """
import sys
from importlinter.cli import lint_imports
sys.path.insert(0, "")
sys.exit(lint_imports(no_cache=True))
"""


def lint(folder):
    return subprocess.run(
        [sys.executable, "-c", LINT], cwd=folder, capture_output=True, text=True, check=False
    )


def test_the_import_contracts_hold():
    result = lint(ROOT)

    assert result.returncode == 0, result.stdout
    assert "0 broken" in result.stdout


@pytest.fixture
def house(tmp_path):
    """The same contracts around a house of the same apps, each with empty models and views."""
    shutil.copy(ROOT / ".importlinter", tmp_path)
    (tmp_path / "lms").mkdir()
    (tmp_path / "lms" / "__init__.py").touch()
    for name in floors():
        app = tmp_path.joinpath(*name.split("."))
        app.mkdir()
        for module in ["__init__", "models", "views"]:
            (app / f"{module}.py").touch()
    return tmp_path


def test_an_empty_house_keeps_the_contracts(house):
    assert lint(house).returncode == 0


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("lms/core/models.py", "from lms.paths import models", "Imports point strictly downwards"),
        ("lms/records/models.py", "import courses.models", "Imports point strictly downwards"),
        ("lms/web/views.py", "from config import views", "Nobody imports config"),
        ("lms/paths/models.py", "from lms.paths import views", "Inside an app, rooms import one way"),
    ],
)
def test_a_wrong_import_breaks_its_contract(module, line, contract, house):
    (house / module).write_text(f"{line}\n")

    result = lint(house)

    assert result.returncode == 1
    assert f"{contract} BROKEN" in result.stdout
