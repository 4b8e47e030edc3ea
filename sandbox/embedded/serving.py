"""The process that runs the model: llama.cpp's own server, inside of this process, on one address.

It is started by `manage.py sandbox_model serve` and by nothing else: a crash of native code then ends no page, and one
engine with as many threads as there are cores is faster than two that fight for them.
"""

import contextlib
import logging
import os
import secrets
import sys
from collections.abc import Callable, Iterator
from time import monotonic, sleep
from typing import Any, Protocol
from urllib.request import urlopen

from lms.core.errors import ActionRefused
from lms.core.signs_of_life import show_sign_of_life
from sandbox.embedded.catalog import MODELS, EmbeddedModel
from sandbox.embedded.fetching import FetchRefused, fetch_model, verify_model
from sandbox.embedded.machine import core_count, free_memory
from sandbox.embedded.state import (
    Problem,
    forget_server,
    model_file,
    problem_sentence,
    show_server,
    show_server_life,
    show_server_problem,
    the_only_one,
)

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_SIGNS = 2.0
SECONDS_BETWEEN_LOOKS = 1.0
SECONDS_BETWEEN_FETCHES = 600.0
SLOTS = 2  # how many people get answers at the same time; the others wait their turn
CONTEXT = 12288  # tokens, shared by the slots
BATCH = 256  # tokens of a prompt after which it looks whether anybody still waits, and whether others do
LOOPBACK = "127.0.0.1"


class ServeRefused(ActionRefused):
    """The model does not run; the message says why and what to do."""


class Engine(Protocol):
    """A running model server."""

    listening_address: str


_loaded: list[Engine] = []
"""Never deleted: deleting an engine stops it, and stopping one that has only just begun can wait for ever."""


def leave_process_of_engine() -> None:
    """End this process at once if an engine runs in it: all that it holds goes with the process."""
    if _loaded:
        sys.stdout.flush()
        os._exit(0)


Loader = Callable[..., Engine]


def serve_model(
    *,
    host: str,
    port: int,
    model_to_fetch: EmbeddedModel | None = None,
    say: Callable[[str], None],
    load: "Loader | None" = None,
) -> None:
    """Run the best model that is here until an exception ends it; wait for one as long as there is none.

    Args:
        host: Where to listen; other machines reach anything but 127.0.0.1.
        port: 0 takes a free one.
        model_to_fetch: Brought here first; the next attempt follows ten minutes after one that failed.
        say: Takes what a person should read.
        load: Starts the engine.

    Raises:
        ServeRefused: The engine is not installed or does not start, or memory is too short for every model.
    """
    with _only_server(say):
        forget_server()
        model = _wait_for_model(model_to_fetch, say)
        key = secrets.token_urlsafe(24)
        engine = _start(load or load_engine, model, host=host, port=port, key=key)
        try:
            url = _own_url(host, engine)
            show_server(url=url, key=key, model=model)
            say(f"{model.name} answers at {url}.")
            while True:
                if _answers(url):
                    show_server_life()
                    show_sign_of_life("model")
                sleep(SECONDS_BETWEEN_SIGNS)
        finally:
            forget_server()


def load_engine(*, file: str, host: str, port: int, key: str) -> Engine:
    """Load a model and return its running server.

    Raises:
        ImportError: The package that runs models is not installed.
    """
    import xllamacpp  # type: ignore[import-untyped]  # noqa: PLC0415  optional, and a hundred megabytes

    params: Any = xllamacpp.CommonParams()
    params.model.path = file
    params.model_alias = {"practice"}
    params.hostnames = [host]
    params.port = port
    params.api_keys = [key]  # no other user of this machine, and no page in its browser, may ask
    params.n_ctx = CONTEXT
    params.n_parallel = SLOTS
    # Writing waits for the slowest thread at every token, so one core stays for everyone else: two threads that wait
    # for a core that a third program has are ten times slower than one (measured: 2 instead of 24 tokens a second).
    # Reading waits seldom: with all cores it is faster, idle or not (docs/practice-model.md).
    params.cpuparams.n_threads = max(1, core_count() - 1)
    params.cpuparams_batch.n_threads = core_count()
    params.n_batch = params.n_ubatch = BATCH
    # What people practise is private: no list of what is being answered, no page, no prompts kept after the answer.
    params.endpoint_slots = False
    params.ui = False
    params.cache_ram_mib = 0
    params.verbosity = 1  # errors; they count tokens and quote none
    engine: Engine = xllamacpp.Server(params)
    _loaded.append(engine)
    return engine


def _wait_for_model(model_to_fetch: EmbeddedModel | None, say: Callable[[str], None]) -> EmbeddedModel:
    """Return the best model that is here and fits into memory.

    Raises:
        ServeRefused: None of those that are here fits.
    """
    fetched_at = -SECONDS_BETWEEN_FETCHES
    has_said = False
    while True:
        if model_to_fetch and monotonic() - fetched_at >= SECONDS_BETWEEN_FETCHES:
            fetched_at = monotonic()
            _fetch(model_to_fetch, say)
        here = [
            model for model in MODELS.values() if model_file(model).exists() and verify_model(model=model)
        ]
        memory = free_memory()
        for model in here:
            if memory >= model.memory_needed:
                return model
        if here:
            raise _refused(Problem.NO_MEMORY, here[-1])
        if not has_said:
            say("No model is here yet; waiting for “manage.py sandbox_model fetch”.")
            has_said = True
        _wait_a_moment()


def _fetch(model: EmbeddedModel, say: Callable[[str], None]) -> None:
    try:
        fetch_model(model=model)
    except FetchRefused as refused:
        say(refused.message)


def _start(load: "Loader", model: EmbeddedModel, *, host: str, port: int, key: str) -> Engine:
    try:
        return load(file=str(model_file(model)), host=host, port=port, key=key)
    except ImportError:
        problem = Problem.NO_ENGINE
    except RuntimeError:
        logger.exception("The engine did not start.")
        problem = Problem.ENGINE_FAILED
    raise _refused(problem, model)


def _refused(problem: Problem, model: EmbeddedModel) -> ServeRefused:
    show_server_problem(problem, model)
    return ServeRefused(problem_sentence(problem, model))


def _own_url(host: str, engine: Engine) -> str:
    """Return where this machine reaches the engine."""
    port = engine.listening_address.rpartition(":")[2]
    reached = LOOPBACK if host in {"0.0.0.0", "::"} else host  # noqa: S104  compared, not listened on
    return f"http://[{reached}]:{port}" if ":" in reached else f"http://{reached}:{port}"


def _answers(url: str) -> bool:
    try:
        with urlopen(f"{url}/health", timeout=5) as response:  # noqa: S310  our own address
            return bool(response.status == 200)
    except OSError:
        return False


@contextlib.contextmanager
def _only_server(say: Callable[[str], None]) -> Iterator[None]:
    """Wait until no other process serves from the same folder: each would overwrite what the other says."""
    has_said = False
    while True:
        with the_only_one("server") as is_free:
            if is_free:
                yield
                return
        if not has_said:
            say("Another process runs the model already; waiting for it to end.")
            has_said = True
        _wait_a_moment()


def _wait_a_moment() -> None:
    show_sign_of_life("model")  # waiting is what it should do now
    sleep(SECONDS_BETWEEN_LOOKS)
