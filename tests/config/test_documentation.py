"""What is written for people agrees with what the code does."""

import re
import subprocess

import pytest

from config import documentation
from tests.databases import ROOT

REPAIR = "run `make fix` (python -m config.documentation)"


def test_the_example_environment_lists_every_variable():
    assert documentation.EXAMPLE.read_text(encoding="utf-8") == documentation.example(), REPAIR


def test_the_example_environment_sets_nothing_by_itself():
    lines = documentation.EXAMPLE.read_text(encoding="utf-8").splitlines()

    assert [line for line in lines if line and not line.startswith("#")] == []


def test_the_operators_page_lists_every_variable():
    page = documentation.OPERATIONS.read_text(encoding="utf-8")

    assert documentation.with_table(page) == page, REPAIR


def test_make_help_explains_every_command():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    [commands] = re.findall(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)

    said = subprocess.run(
        ["make", "--no-print-directory", "help"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout

    assert [line.split()[1] for line in said.splitlines()] == commands.split()
    assert [line for line in said.splitlines() if len(line.split()) < 5] == []


def test_ci_runs_the_long_proofs_wherever_it_runs_the_other_tests():
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")

    commands = re.findall(r"^.*\bmake\b.* test\b.*$", script, re.MULTILINE)

    assert len(commands) == 3
    assert [command for command in commands if not command.endswith(" test prove")] == []


@pytest.mark.parametrize(
    "page", ["README.md", "CONTRIBUTING.md", "docs/operations.md", "docs/performance.md"]
)
def test_every_make_command_that_is_mentioned_exists(page):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    mentioned = set(
        re.findall(r"\bmake ([a-z]+)\b(?=`|\s*#|\n|,|;|\s\s)", (ROOT / page).read_text(encoding="utf-8"))
    )

    assert {name for name in mentioned if not re.search(rf"^{name}:", makefile, re.MULTILINE)} == set()
