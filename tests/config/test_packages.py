"""`pyproject.toml` says what we need, `constraints.txt` pins it, the machine has it."""

import re
import tomllib
from importlib.metadata import version

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.databases import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
DECLARED = [
    Requirement(text) for text in [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]]
]
LOCK = (ROOT / "constraints.txt").read_text(encoding="utf-8")
PINNED = [Requirement(line.removesuffix("\\").strip()) for line in LOCK.splitlines() if re.match(r"\w", line)]


def pins_of(name: str) -> list[Requirement]:
    return [pin for pin in PINNED if canonicalize_name(pin.name) == canonicalize_name(name)]


@pytest.mark.parametrize("declared", DECLARED, ids=lambda each: each.name)
def test_every_package_we_declare_is_pinned_within_its_bounds(declared):
    versions = [next(iter(pin.specifier)).version for pin in pins_of(declared.name)]

    assert versions
    assert [each for each in versions if each not in declared.specifier] == []


@pytest.mark.parametrize("declared", DECLARED, ids=lambda each: each.name)
def test_every_installed_package_is_at_least_its_declared_floor(declared):
    assert version(declared.name) in declared.specifier


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13", "3.14"])
def test_each_python_gets_exactly_one_version_of_a_package(python):
    environment = {"python_version": python, "python_full_version": f"{python}.0", "sys_platform": "linux"}
    chosen = [
        canonicalize_name(pin.name)
        for pin in PINNED
        if not pin.marker or Marker(str(pin.marker)).evaluate(environment)
    ]

    assert sorted(chosen) == sorted(set(chosen))
    assert {canonicalize_name(each.name) for each in DECLARED} <= set(chosen)


def test_every_pin_is_exact_and_carries_hashes():
    blocks = re.split(r"\n(?=\w)", LOCK.strip())

    assert [
        block
        for block in blocks
        if not re.match(r"[\w.\-\[\],]+==\S+.*\\\n    --hash=sha256:[0-9a-f]{64}", block)
    ] == []


def test_no_address_of_a_package_index_is_written_down():
    assert re.findall(r"https?:|--(?:extra-)?index-url|--find-links|file:", LOCK) == []
