"""`manage.py sandbox_model`: the three things that whoever looks after Praxis does with the model."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from sandbox.embedded.state import is_verified, model_file, show_server
from sandbox.management.commands import sandbox_model
from tests.sandbox.embedded.conftest import CONTENT


def run(*arguments: str) -> str:
    output = StringIO()
    call_command("sandbox_model", *arguments, stdout=output)
    return output.getvalue()


@pytest.fixture
def _by_hand(good, folder):
    """The good model's file was put here by somebody, so that fetching has only to check it."""
    folder.mkdir()
    model_file(good).write_bytes(CONTENT)


@pytest.mark.usefixtures("_by_hand")
def test_status_tells_how_far_it_is_what_it_is_bad_at_and_where_it_answers(good, folder):
    missing = run("status")
    run("fetch", "--model", "good")
    show_server(url="http://127.0.0.1:9", key="k", model=good)

    assert "The practice model is not here yet." in missing
    assert run("status") == (
        "Tiny good runs here, and nothing you write leaves this installation.\n"
        "Tiny good, Apache-2.0. It knows nothing.\n"
        "It answers at http://127.0.0.1:9/v1.\n"
        f"Folder: {folder}\n"
    )


def test_fetch_brings_the_model_here(good, folder):
    assert run("fetch", "--model", "good") == (
        f"Fetching Tiny good (0.0 GB) into {folder} ...\nTiny good is here, checked to the byte.\n"
    )
    assert is_verified(good)


@pytest.mark.usefixtures("_by_hand")
def test_without_a_choice_the_one_that_fits_is_fetched(good, monkeypatch):
    monkeypatch.setattr(sandbox_model, "free_memory", lambda: good.memory_needed)

    run("fetch")

    assert is_verified(good)


def test_without_room_nothing_is_fetched(good, small, monkeypatch):
    monkeypatch.setattr(sandbox_model, "free_memory", lambda: small.memory_needed - 1)

    with pytest.raises(CommandError, match="There is no room for a practice model"):
        run("fetch")


def test_a_failure_is_one_sentence_and_an_exit_code(good, registry):
    (registry / good.parts[0].wheel).unlink()

    with pytest.raises(CommandError) as failed:
        run("fetch", "--model", "good")

    assert str(failed.value).startswith(
        "The practice model could not be fetched: registry cannot be reached."
    )
    assert failed.value.returncode == 1


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        ((), {"host": "127.0.0.1", "port": 0, "model_to_fetch": None}),
        (("--host", "0.0.0.0", "--port", "9912"), {"host": "0.0.0.0", "port": 9912, "model_to_fetch": None}),
    ],
)
def test_serve_runs_on_loopback_unless_told_otherwise(good, monkeypatch, arguments, options):
    asked = []

    def serve(**given):
        asked.append({name: given[name] for name in options})
        given["say"]("Tiny good answers.")

    monkeypatch.setattr(sandbox_model, "serve_model", serve)

    assert run("serve", *arguments) == "Tiny good answers.\n"
    assert asked == [options]


def test_serve_may_fetch_first(good, monkeypatch):
    asked = []
    monkeypatch.setattr(sandbox_model, "serve_model", lambda **given: asked.append(given["model_to_fetch"]))

    run("serve", "--fetch", "--model", "good")

    assert asked == [good]


def test_a_stop_signal_is_no_failure(good, monkeypatch):
    def stop(**_given):
        raise sandbox_model.StopRequested

    monkeypatch.setattr(sandbox_model, "serve_model", stop)

    assert run("serve") == "Stopped.\n"
