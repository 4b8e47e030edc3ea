"""How far the practice model is, told through files, so that every process and container can read it.

In the model folder lie ``<key>.json``, what fetching last said of a model, and ``server.json``, where the running
model answers. Whoever fetches or serves keeps touching its file; one that was not touched for half a minute is old.
"""

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sandbox.embedded.catalog import MODELS, EmbeddedModel
from sandbox.embedded.machine import choose_tier, free_disk, free_memory

SECONDS_UNTIL_OLD = 30.0
SECONDS_BETWEEN_WRITES = 0.5


class Stage(StrEnum):
    """Where a model stands."""

    MISSING = "missing"
    FETCHING = "fetching"
    READY = "ready"
    FAILED = "failed"


class Problem(StrEnum):
    """Why a model is not here or not running."""

    NO_DISK = "no_disk"
    NO_SOURCE = "no_source"
    STOPPED = "stopped"
    NO_MEMORY = "no_memory"
    NO_ENGINE = "no_engine"
    ENGINE_FAILED = "engine_failed"


PROBLEMS = {
    Problem.NO_DISK: gettext_lazy(
        "The practice model was not fetched: the disk has too little space. Make room (%(disk)s GB), then run "
        "“manage.py sandbox_model fetch”."
    ),
    Problem.NO_SOURCE: gettext_lazy(
        "The practice model could not be fetched: %(tried)s. Check the network or name a mirror in "
        "PRAXIS_MODEL_MIRROR, then run “manage.py sandbox_model fetch”; it goes on where it stopped."
    ),
    Problem.STOPPED: gettext_lazy(
        "Fetching the practice model was interrupted. Run “manage.py sandbox_model fetch”; it goes on where it stopped."
    ),
    Problem.NO_MEMORY: gettext_lazy(
        "The practice model was not started: it needs %(memory)s GB of free memory. Close something, or fetch the "
        "small one with “manage.py sandbox_model fetch --model small”."
    ),
    Problem.NO_ENGINE: gettext_lazy(
        "The practice model was not started: the package that runs it is not installed, or a library of the system "
        "is missing (libgomp1 on Debian and Ubuntu). Install the extra “embedded” of Praxis, and that library."
    ),
    Problem.ENGINE_FAILED: gettext_lazy(
        "The practice model could not be loaded, or its port is taken. Start it again, with another --port if that "
        "is the reason; the lines above say more."
    ),
}


@dataclass(frozen=True)
class FetchState:
    """What fetching last said of one model.

    Attributes:
        stage: ``fetching`` or ``failed``; whether it is ready is seen by the file and what was `verified`.
        tried: Why no source would do, in words, when the problem is ``no_source``.
        verified: Size and time of change of the file whose digest was right; another file is not trusted.
        updated_at: Seconds since 1970.
    """

    stage: str = Stage.MISSING
    source: str = ""
    bytes_done: int = 0
    bytes_total: int = 0
    problem: str = ""
    tried: str = ""
    verified: tuple[int, int] | None = None
    updated_at: float = 0.0


@dataclass(frozen=True)
class ModelStatus:
    """The practice model, for a page or a command.

    Attributes:
        model: The one that is meant; None when this machine has no room for any.
        percent: Of the file, while it is fetched; 0 or 100 otherwise.
        sentence: What people are told.
        source: Where it is being fetched from.
        is_running: It answers questions.
    """

    stage: Stage
    model: EmbeddedModel | None
    percent: int
    sentence: str
    source: str = ""
    is_running: bool = False

    @property
    def name(self) -> str:
        """What people call it; empty when there is none."""
        return self.model.name if self.model else ""


@dataclass(frozen=True)
class RunningServer:
    """Where the running model answers, and the key that it asks for."""

    url: str
    key: str
    model: str


def model_folder() -> Path:
    """Return where models and these files lie."""
    return Path(settings.PRAXIS_MODEL_DIR)


def model_file(model: EmbeddedModel) -> Path:
    """Return where the model's file is, or will be."""
    return model_folder() / model.file_name


def read_fetch_state(model: EmbeddedModel) -> FetchState:
    """Return what was last said; the beginning when nothing was, or nothing that can be read."""
    data = _read(model_folder() / f"{model.key}.json")
    known = {field.name: data[field.name] for field in fields(FetchState) if field.name in data}
    if isinstance(known.get("verified"), list):
        known["verified"] = tuple(known["verified"])
    return FetchState(**known)


def write_fetch_state(model: EmbeddedModel, **changes: Any) -> None:
    """Say something new; the rest stays as it was."""
    state = asdict(read_fetch_state(model)) | changes | {"updated_at": time.time()}
    _write(model_folder() / f"{model.key}.json", state)


class Progress:
    """Says how many bytes of a model are here, at most twice a second, and never fewer than before."""

    def __init__(self, model: EmbeddedModel, *, source: str, total: int) -> None:
        """Begin at nothing."""
        self._model = model
        self._source = source
        self._total = total
        self._most = 0
        self._said_at = 0.0
        self.show(0)

    def show(self, bytes_done: int) -> None:
        """Take the count; also a sign of life, so show it again when nothing came."""
        self._most = max(self._most, bytes_done)
        if time.monotonic() - self._said_at >= SECONDS_BETWEEN_WRITES:
            self._said_at = time.monotonic()
            write_fetch_state(
                self._model,
                stage=Stage.FETCHING,
                source=self._source,
                bytes_done=self._most,
                bytes_total=self._total,
                problem="",
                tried="",
            )


def is_verified(model: EmbeddedModel) -> bool:
    """Return whether the model's file is here and is the one whose digest was right."""
    found = fingerprint(model_file(model))
    return found is not None and found == read_fetch_state(model).verified


def fingerprint(file: Path) -> tuple[int, int] | None:
    """Return size and time of change; None when there is no such file."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns


@contextlib.contextmanager
def the_only_one(work: str) -> Iterator[bool]:
    """Give whether nobody else does this work; the claim goes with the process, however it ends."""
    model_folder().mkdir(parents=True, exist_ok=True)
    with (model_folder() / f"{work}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def show_server(*, url: str, key: str, model: EmbeddedModel) -> None:
    """Say where the model answers. Only this user can read the key."""
    _write(_server_file(), {"url": url, "key": key, "model": model.key})


def show_server_problem(problem: Problem, model: EmbeddedModel | None = None) -> None:
    """Say why no model runs."""
    _write(_server_file(), {"problem": problem, "model": model.key if model else ""})


def show_server_life() -> None:
    """Say that the model still answers."""
    _server_file().touch()


def forget_server() -> None:
    """Say that no model runs."""
    _server_file().unlink(missing_ok=True)


def running_server() -> RunningServer | None:
    """Return where the model answers; None when none has said so lately. Cost: two looks at a file.

    ``PRAXIS_MODEL_URL`` says where a model in another container is reached from here; the key and the sign of life
    come through the folder that both share.
    """
    data = _read(_server_file())
    if not data.get("url") or not _is_fresh(_server_file()):
        return None
    return RunningServer(f"{settings.PRAXIS_MODEL_URL or data['url']}/v1", data["key"], data["model"])


def model_status() -> ModelStatus:
    """Return how far the practice model is. Cost: a few small files, no query, nothing sent."""
    server = running_server()
    for model in MODELS.values():
        if is_verified(model) and (not server or server.model == model.key):
            return _ready(model, is_running=server is not None)
    states = {key: read_fetch_state(model) for key, model in MODELS.items()}
    for key, state in states.items():
        if state.stage == Stage.FETCHING and time.time() - state.updated_at < SECONDS_UNTIL_OLD:
            return _fetching(MODELS[key], state)
    for key, state in states.items():
        if state.stage in {Stage.FETCHING, Stage.FAILED}:
            return _failed(MODELS[key], _problem(state.problem), tried=state.tried)
    chosen = choose_tier(memory=free_memory(), disk=free_disk(model_folder()))
    return ModelStatus(
        Stage.MISSING,
        chosen,
        0,
        _("The practice model is not here yet. “manage.py sandbox_model fetch” brings it."),
    )


def _ready(model: EmbeddedModel, *, is_running: bool) -> ModelStatus:
    problem = _read(_server_file()).get("problem")
    if problem and not is_running:
        return _failed(model, _problem(problem))
    if is_running:
        sentence = _("%(name)s runs here, and nothing you write leaves this installation.")
    else:
        sentence = _("%(name)s is here and not running. “manage.py sandbox_model serve” starts it.")
    return ModelStatus(Stage.READY, model, 100, sentence % {"name": model.name}, is_running=is_running)


def _fetching(model: EmbeddedModel, state: FetchState) -> ModelStatus:
    percent = min(99, state.bytes_done * 100 // max(1, state.bytes_total))
    sentence = _("The practice model is being fetched: %(percent)s percent of %(size)s GB are here.") % {
        "percent": percent,
        "size": _gigabytes(model.size),
    }
    return ModelStatus(Stage.FETCHING, model, percent, sentence, source=state.source)


def _problem(text: str) -> Problem:
    return Problem(text) if text in set(Problem) else Problem.STOPPED


def _failed(model: EmbeddedModel, problem: Problem, *, tried: str = "") -> ModelStatus:
    return ModelStatus(Stage.FAILED, model, 0, problem_sentence(problem, model, tried=tried))


def problem_sentence(problem: Problem, model: EmbeddedModel, *, tried: str = "") -> str:
    """Return what happened and what to do."""
    return str(PROBLEMS[problem]) % {
        "disk": _gigabytes(model.disk_needed),
        "memory": _gigabytes(model.memory_needed),
        "tried": tried,
    }


def _gigabytes(count: int) -> str:
    return f"{count / 1_000_000_000:.1f}"


def _server_file() -> Path:
    return model_folder() / "server.json"


def _is_fresh(file: Path) -> bool:
    found = fingerprint(file)
    return found is not None and time.time() - found[1] / 1e9 < SECONDS_UNTIL_OLD


def _read(file: Path) -> dict[str, Any]:
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}


def _write(file: Path, data: Mapping[str, Any]) -> None:
    """Replace a file at once, so that nobody reads half of it; only this user can read it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as writing:
        json.dump(data, writing)
    draft.replace(file)
