"""Rooms are named alike, and nobody goes around the ledger."""

import ast
from importlib import import_module

import pytest

from tests.architecture.floors import ROOT, our_apps, our_modules

NAMELESS = {"utils.py", "common.py", "helpers.py"}
MODEL_SIGNALS = {
    "class_prepared",
    "m2m_changed",
    "post_delete",
    "post_init",
    "post_save",
    "pre_delete",
    "pre_init",
    "pre_save",
}
LINES_PER_MODULE = 450


def bare_delays(tree: ast.Module) -> list[int]:
    """Return the lines that send a task without waiting for the commit."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "delay"
    ]


def model_signals(tree: ast.Module) -> set[str]:
    """Return the model signals that a module imports or mentions."""
    imported = {
        alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    mentioned = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    return MODEL_SIGNALS & (imported | mentioned)


def positional_services(tree: ast.Module) -> list[str]:
    """Return the public functions of a module whose arguments can be given without their names."""
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [
        function.name
        for function in functions
        if not function.name.startswith("_")
        and (function.args.posonlyargs or function.args.args or function.args.vararg)
    ]


def test_every_module_is_named_for_its_subject():
    assert [str(file) for file, _ in our_modules() if file.name in NAMELESS] == []


def test_every_app_says_in_its_docstring_what_it_is_about():
    assert [app.name for app in our_apps() if not import_module(app.name).__doc__] == []


def test_no_module_is_longer_than_a_reader_can_hold():
    lengths = {str(file): len((ROOT / file).read_text().splitlines()) for file, _ in our_modules()}

    assert {file: length for file, length in lengths.items() if length > LINES_PER_MODULE} == {}


def test_no_task_is_sent_before_the_commit():
    """Write delay_on_commit: a worker may be faster than the commit, and the commit may never come."""
    assert {str(file): lines for file, tree in our_modules() if (lines := bare_delays(tree))} == {}


def test_nothing_hangs_on_model_signals():
    """What is worth knowing is written as a learning record; see docs/architecture.md, the ledger."""
    assert {str(file): found for file, tree in our_modules() if (found := model_signals(tree))} == {}


def test_services_take_their_arguments_by_name():
    services = [(file, tree) for file, tree in our_modules() if file.name == "services.py"]

    assert {str(file): names for file, tree in services if (names := positional_services(tree))} == {}


@pytest.mark.parametrize(
    ("check", "source", "found"),
    [
        (bare_delays, "deliver.delay(7)", [1]),
        (bare_delays, "deliver.delay_on_commit(7)", []),
        (model_signals, "from django.db.models.signals import post_save", {"post_save"}),
        (
            model_signals,
            "from django.db.models import signals\nsignals.pre_delete.connect(f)",
            {"pre_delete"},
        ),
        (model_signals, "from wagtail.signals import page_published", set()),
        (positional_services, "def enroll(person): ...", ["enroll"]),
        (positional_services, "def enroll(*people): ...", ["enroll"]),
        (positional_services, "def enroll(*, person): ...", []),
        (positional_services, "def sweep(): ...\ndef _row(person): ...\ndef record(**fields): ...", []),
    ],
)
def test_the_checks_of_this_file_find_what_they_look_for(check, source, found):
    assert check(ast.parse(source)) == found
