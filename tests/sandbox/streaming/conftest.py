"""The process that streams, as it is served, a model that it asks, and browsers that listen."""

import gc
import http.client
import json
import socket
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, NamedTuple, Self
from uuid import UUID

import pytest
import uvicorn
from django.conf import settings as django_settings
from django.utils import timezone

from config.asgi import application
from sandbox.embedded.catalog import GOOD
from sandbox.embedded.state import show_server
from sandbox.models import BudgetUse, Provider, Run
from sandbox.services.trying import try_prompt
from sandbox.streaming import dispatcher, events
from tests.fake_model import FakeModel
from tests.sandbox.exercises import PROMPT

SECONDS_TO_WAIT = 30.0


class Event(NamedTuple):
    """One server-sent event."""

    name: str
    data: dict[str, Any]
    last: int | None = None


class Listener:
    """A browser that listens to one answer; leaving the `with` block hangs up."""

    def __init__(self, port: int, run_id: UUID, cookie: str, *, last: object = None) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS_TO_WAIT)
        headers = {"Cookie": cookie} | ({} if last is None else {"Last-Event-ID": str(last)})
        self._connection.request("GET", f"/practice/stream/{run_id}/", headers=headers)
        self.response = self._connection.getresponse()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.response.close()
        self._connection.close()

    def events(self) -> Iterator[Event]:
        """Yield what is heard, comments left out, until the stream ends."""
        fields: dict[str, str] = {}
        for line in iter(self.response.readline, b""):
            name, _colon, value = line.decode().rstrip("\n").partition(": ")
            if name:
                fields[name] = value
            elif "event" in fields:
                last = int(fields["id"]) if "id" in fields else None
                yield Event(fields["event"], json.loads(fields["data"]), last)
                fields = {}

    def hear(self, name: str) -> Event:
        """Return the next event of this name."""
        return next(each for each in self.events() if each.name == name)


def text_of(events: list[Event]) -> str:
    return "".join(each.data["text"] for each in events if each.name == "delta")


class Server:
    """uvicorn in a thread, started and stopped as the real one is."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        config = uvicorn.Config(
            application, lifespan="on", log_config=None, access_log=False, timeout_graceful_shutdown=1
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(SECONDS_TO_WAIT)
        assert not self._thread.is_alive()


def eventually(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + SECONDS_TO_WAIT
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    return condition()


@pytest.fixture(autouse=True)
def _quick(transactional_db, settings, monkeypatch, tmp_path):
    """Call the model on loopback, and do many times a second what is done every second."""
    settings.PRAXIS_INTERNAL_HOSTS = ["127.0.0.1"]
    settings.PRAXIS_MODEL_DIR = tmp_path
    monkeypatch.setattr(dispatcher, "SECONDS_BETWEEN_LOOKS", 0.05)
    monkeypatch.setattr(dispatcher, "SECONDS_BETWEEN_WRITES", 0.05)
    monkeypatch.setattr(events, "SECONDS_BETWEEN_READS", {"queued": 0.05, "streaming": 0.05})


@pytest.fixture
def fake() -> Iterator[FakeModel]:
    with FakeModel() as running:
        yield running


@pytest.fixture
def provider(fake) -> Provider:
    """A model of the company's own, which answers as `fake` is told."""
    return Provider.objects.create(
        name="Fake", kind="openai", base_url=fake.url, model="practice", data_region="here", policy="warn",
        is_enabled=True,
    )  # fmt: skip


@pytest.fixture
def practice_model(fake, model) -> Provider:
    """The model that runs on this machine, for which `fake` stands in."""
    show_server(url=fake.url.removesuffix("/v1"), key="k", model=GOOD)
    return model


@pytest.fixture
def server(fake) -> Iterator[Server]:
    running = Server()
    running.start()
    yield running
    running.stop()
    with warnings.catch_warnings():
        # Of a request that the server cancels, Django leaves the connection to the garbage collector: here and now,
        # not in the middle of somebody else's test.
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.fixture
def ask(ada, exercise, provider) -> Callable[..., Run]:
    """Return a function with which somebody, Ada when nobody is named, asks a model now."""

    def run(learner: Any = None, prompt: str = PROMPT, **fields: Any) -> Run:
        given = {"providers": [provider], "at": timezone.now(), **fields}
        return try_prompt(learner=learner or ada, exercise=exercise, prompt=prompt, **given).runs[0]

    return run


@pytest.fixture
def listen(ada, client_of, server) -> Callable[..., Listener]:
    """Return a function with which somebody, Ada when nobody is named, listens to a run."""

    def open_stream(run: Run, person: Any = None, **options: Any) -> Listener:
        cookie = client_of(person or ada).cookies[django_settings.SESSION_COOKIE_NAME]
        return Listener(server.port, run.public_id, f"{cookie.key}={cookie.value}", **options)

    return open_stream


def reserved_and_used(person: Any) -> tuple[int, int, int, int]:
    """Return runs reserved and used, tokens reserved and used, of a person's day."""
    rows = BudgetUse.objects.filter(budget__scope="person", subject=person.pk)
    return rows.values_list("runs_reserved", "runs_used", "tokens_reserved", "tokens_used").get()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let what a cancelled request leaves open be collected while its test still runs."""
    for item in items:
        if "streaming" in item.path.parts:
            item.add_marker(
                pytest.mark.filterwarnings("ignore:.*was deleted while still open:ResourceWarning")
            )
