"""How far the practice model is, as every process and page sees it."""

import json
import os
import time

import pytest

from sandbox.embedded import state
from sandbox.embedded.catalog import GB
from sandbox.embedded.state import (
    Problem,
    RunningServer,
    Stage,
    fingerprint,
    forget_server,
    model_file,
    model_status,
    running_server,
    show_server,
    show_server_life,
    show_server_problem,
    the_only_one,
    write_fetch_state,
)


@pytest.fixture
def here(good, folder):
    """The good model, fetched and checked."""
    folder.mkdir()
    model_file(good).write_bytes(b"model")
    write_fetch_state(good, stage=Stage.READY, verified=fingerprint(model_file(good)))
    return good


def test_at_first_it_is_missing_and_the_one_that_would_fit_is_named(good, monkeypatch):
    monkeypatch.setattr(state, "free_memory", lambda: 8 * GB)

    status = model_status()

    assert (status.stage, status.percent, status.name, status.is_running) == (
        Stage.MISSING,
        0,
        "Tiny good",
        False,
    )
    assert status.sentence == "The practice model is not here yet. “manage.py sandbox_model fetch” brings it."


def test_where_none_would_fit_none_is_named(good, monkeypatch):
    monkeypatch.setattr(state, "free_memory", lambda: 0)

    assert (model_status().model, model_status().name) == (None, "")


def test_what_is_here_and_does_not_run_says_how_to_start_it(here):
    assert (model_status().stage, model_status().is_running) == (Stage.READY, False)
    assert model_status().sentence == (
        "Tiny good is here and not running. “manage.py sandbox_model serve” starts it."
    )


def test_what_runs_says_that_nothing_leaves(here):
    show_server(url="http://127.0.0.1:9", key="k", model=here)

    assert (model_status().stage, model_status().is_running) == (Stage.READY, True)
    assert model_status().sentence == "Tiny good runs here, and nothing you write leaves this installation."
    assert running_server() == RunningServer("http://127.0.0.1:9/v1", "k", "good")


def test_a_server_that_has_fallen_silent_does_not_run(here, folder):
    show_server(url="http://127.0.0.1:9", key="k", model=here)
    long_ago = time.time() - 31
    os.utime(folder / "server.json", (long_ago, long_ago))
    silent = running_server()

    show_server_life()

    assert silent is None
    assert running_server() == RunningServer("http://127.0.0.1:9/v1", "k", "good")


def test_a_server_that_ended_is_forgotten(here):
    show_server(url="http://127.0.0.1:9", key="k", model=here)

    forget_server()
    forget_server()

    assert running_server() is None


def test_the_key_of_the_server_is_for_this_user_alone(here, folder):
    show_server(url="http://127.0.0.1:9", key="k", model=here)

    assert (folder / "server.json").stat().st_mode & 0o777 == 0o600


def test_a_server_in_another_container_is_reached_by_its_name_with_the_key_from_the_shared_folder(
    here, settings
):
    settings.PRAXIS_MODEL_URL = "http://llm:9912"
    before = running_server()

    show_server(url="http://127.0.0.1:9912", key="k", model=here)

    assert before is None
    assert running_server() == RunningServer("http://llm:9912/v1", "k", "good")


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (Problem.NO_MEMORY, "it needs 0.0 GB of free memory"),
        (Problem.NO_ENGINE, "the package that runs it is not installed"),
        (Problem.ENGINE_FAILED, "could not be loaded"),
    ],
)
def test_why_it_does_not_run_is_said_where_people_look(here, problem, words):
    show_server_problem(problem, here)

    assert model_status().stage == Stage.FAILED
    assert words in model_status().sentence


def test_a_file_that_changed_is_not_trusted(here):
    model_file(here).write_bytes(b"another")

    assert model_status().stage == Stage.MISSING


def test_the_small_one_is_shown_while_it_is_the_only_one(good, small, folder):
    folder.mkdir()
    model_file(small).write_bytes(b"small")
    write_fetch_state(small, stage=Stage.READY, verified=fingerprint(model_file(small)))

    assert (model_status().stage, model_status().name) == (Stage.READY, "Tiny small")


@pytest.mark.parametrize(
    "text", ["", "{", "[1]", '"x"', '{"stage": "fetching", "unknown": 1}', '{"problem": "odd"}']
)
def test_a_file_that_cannot_be_read_stops_no_page(good, folder, text):
    folder.mkdir()
    (folder / "good.json").write_text(text)
    (folder / "server.json").write_text(text)

    assert model_status().stage in {Stage.MISSING, Stage.FAILED}


def test_work_of_one_is_free_again_when_it_ends(folder):
    with the_only_one("server") as first, the_only_one("server") as second, the_only_one("good") as other:
        pass
    with the_only_one("server") as later:
        pass

    assert (first, second, other, later) == (True, False, True, True)


def test_nobody_ever_reads_half_a_file(good, folder):
    write_fetch_state(good, stage=Stage.FAILED, problem=Problem.NO_DISK)

    assert json.loads((folder / "good.json").read_text())["problem"] == "no_disk"
    assert [file.name for file in folder.iterdir()] == ["good.json"]
