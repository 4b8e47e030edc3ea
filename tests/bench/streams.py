"""What streaming costs: the delay of each piece, two hundred open answers in one process, fifty that hang up.

``python -m tests.bench.streams`` serves the site with uvicorn as in production. A model on loopback writes the time
into every piece; browsers on loopback compare it with the time at which they read it. Both live in this process.
"""

import asyncio
import contextlib
import json
import os
import socket
import sys
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from statistics import median, quantiles
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

import django
import psycopg
from django.db import connections as django_connections
from psycopg import sql

from tests import fake_model
from tests.bench.figures import Figure
from tests.fake_model import FakeModel

Result = TypeVar("Result")

DATABASE = "praxis_bench_streams"  # made anew by every run
LATENCY_STREAMS = {1: "<= 10", 10: "<= 10", 40: ""}
"""How many answers come at once, twenty pieces a second each, and the bound on what is added, in milliseconds."""
OPEN_STREAMS = 200
HANG_UPS = 50
SECONDS_UNTIL_FREE = 5 + 1 + 2  # the grace, a look at it once a second, and something for the machine


class StampingModel(FakeModel):
    """Says the time, again and again.

    Attributes:
        pieces: How many pieces an answer has.
        between: Seconds from one to the next.
        may_begin: Until then it says nothing, so that everybody listens to the first piece.
    """

    pieces = 100
    between = 0.05
    may_begin = True

    async def _answer(self, _question: Any, writer: asyncio.StreamWriter) -> None:
        headers = {"Content-Type": "text/event-stream", "Transfer-Encoding": "chunked"}
        writer.write(fake_model._head(200, headers))
        while not self.may_begin:
            await asyncio.sleep(0.05)
        for _number in range(self.pieces):
            await asyncio.sleep(self.between)
            chunk = fake_model._chunk([{"index": 0, "delta": {"content": f"{time.perf_counter_ns()} "}}])
            await fake_model._write(writer, f"data: {chunk}\n\n")
        for end in fake_model._ends(fake_model.NORMAL):
            await fake_model._write(writer, f"data: {end}\n\n")
        writer.write(b"0\r\n\r\n")
        await writer.drain()


@dataclass
class Heard:
    """What one browser heard: the delay of every piece in milliseconds, the text, and how it ended."""

    delays: list[float] = field(default_factory=list)
    text: str = ""
    state: str = ""

    def take(self, text: str) -> None:
        """Note a piece that came now."""
        now = time.perf_counter_ns()
        self.text += text
        self.delays += [(now - int(stamp)) / 1e6 for stamp in text.split()]


@dataclass(frozen=True)
class Asked:
    """A run, and who may listen to it."""

    run: Any
    cookie: str


def main() -> int:
    """Measure and print; return 1 when a bound is missed."""
    settle_environment()
    make_database()
    django.setup()
    from django.core.management import call_command  # noqa: PLC0415  needs all of the above

    call_command("migrate", interactive=False, verbosity=0)
    missed = []
    with StampingModel() as model, server() as (port, process_id):
        for figure in figures(model, port, process_id):
            print(figure, flush=True)
            missed += [] if figure.holds else [figure.name]
    print(f"missed: {', '.join(missed) or 'none'}", file=sys.stderr)
    return 1 if missed else 0


def settle_environment() -> None:
    """Fill in local servers where none are named, and settle on our settings."""
    given = os.environ.get("PRAXIS_DATABASE_URL", "postgresql://postgres@127.0.0.1")
    os.environ["PRAXIS_DATABASE_URL"] = urlunsplit(urlsplit(given)._replace(path=f"/{DATABASE}"))
    os.environ.setdefault("PRAXIS_REDIS_URL", "redis://127.0.0.1:6379/8")
    os.environ["PRAXIS_INTERNAL_HOSTS"] = "127.0.0.1"
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.settings"


def make_database() -> None:
    """Make the database anew."""
    with administration() as connection:
        name = sql.Identifier(DATABASE)
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(name))


def administration() -> psycopg.Connection[Any]:
    """Return a connection to the server that is not one to our database."""
    address = urlunsplit(urlsplit(os.environ["PRAXIS_DATABASE_URL"])._replace(path="/postgres"))
    return psycopg.connect(address, autocommit=True)


@contextlib.contextmanager
def server() -> Iterator[tuple[int, int]]:
    """Serve the site as in production; yield its port and its process id."""
    from django.conf import settings  # noqa: PLC0415

    from lms.web.processes import Processes, Program  # noqa: PLC0415
    from tests.bench.run import _is_ready  # noqa: PLC0415

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "uvicorn",
        "config.asgi:application",
        f"--port={port}",
        "--no-access-log",
    ]
    program = Program("stream", command, os.environ, settings.DATA_DIR / "stream.log")
    with Processes([program]) as processes:
        processes.wait_until(lambda: _is_ready(port), seconds=60, what="the server")
        yield port, processes.process_ids[0]


def figures(model: StampingModel, port: int, process_id: int) -> Iterator[Figure]:
    """Yield all figures; a first answer, which loads what is loaded once, is not measured."""
    ask = questions(model)
    asyncio.run(listen_to_all(model, port, ask(1)))
    yield from latency(model, port, ask)
    yield from many(model, port, process_id, ask)
    yield from hang_ups(model, port, ask)


def questions(model: StampingModel) -> Callable[[int], Iterator[Asked]]:
    """Return a function with which so many people ask the model."""
    from django.utils import timezone  # noqa: PLC0415

    from lms.people.models import User  # noqa: PLC0415
    from sandbox.models import Exercise, Provider  # noqa: PLC0415
    from sandbox.services.trying import try_prompt  # noqa: PLC0415
    from tests.bench.company import sign_in  # noqa: PLC0415
    from tests.sandbox.exercises import PROMPT, STREAMS  # noqa: PLC0415

    exercise = Exercise(
        title="An exercise to measure with",
        slug="measured",
        task="Hand over a case",
        summary="Hand a case over to the late shift.",
        brief="<p>You hand this case to a colleague.</p>",
        may_i="Yes, without the customer’s name.",
        review_by=timezone.localdate() + timedelta(days=180),
        **{name: json.dumps(value) for name, value in STREAMS.items()},
    )
    exercise.save()
    exercise.save_revision().publish()
    exercise.refresh_from_db()
    provider = Provider.objects.create(
        name="Stamps", kind="openai", base_url=model.url, model="practice", data_region="here", policy="warn",
        is_enabled=True, max_tokens=4000,
    )  # fmt: skip
    people = [
        User.objects.create(email=f"learner{number}@larkfield.example", full_name=f"Learner {number}")
        for number in range(OPEN_STREAMS)
    ]
    cookies = [sign_in(person) for person in people]

    def ask(number: int) -> Iterator[Asked]:
        for person, cookie in zip(people[:number], cookies, strict=False):
            tried = try_prompt(
                learner=person, exercise=exercise, prompt=PROMPT, providers=[provider], at=timezone.now()
            )
            yield Asked(tried.runs[0], cookie)

    return ask


def latency(model: StampingModel, port: int, ask: Callable[[int], Iterator[Asked]]) -> Iterator[Figure]:
    """Yield how much later a browser reads a piece than one that asks the model itself would."""
    for streams, bound in LATENCY_STREAMS.items():
        direct = asyncio.run(all_of([ask_directly(model.port) for _number in range(streams)]))
        heard = [each for _asked, each in asyncio.run(listen_to_all(model, port, ask(streams)))]
        nothing_added = median(delay for each in direct for delay in each.delays)
        delays = [delay - nothing_added for each in heard for delay in each.delays]
        assert len(delays) == streams * model.pieces
        yield Figure(f"added_latency_median_{streams}_streams", median(delays), "ms", bound)
        yield Figure(f"added_latency_p95_{streams}_streams", quantiles(delays, n=20)[-1], "ms", bound)


def many(
    model: StampingModel, port: int, process_id: int, ask: Callable[[int], Iterator[Asked]]
) -> Iterator[Figure]:
    """Yield what two hundred open answers cost one process."""
    model.pieces, model.between = 30, 1.0
    before = resident_megabytes(process_id)
    began_at, cpu = time.monotonic(), cpu_seconds(process_id)
    heard, most, connections = asyncio.run(watched(process_id, listen_to_all(model, port, ask(OPEN_STREAMS))))
    share = 100 * (cpu_seconds(process_id) - cpu) / (time.monotonic() - began_at)
    for asked, _heard in heard:
        asked.run.refresh_from_db()
    complete = sum(
        each.state == asked.run.state == "done" and each.text == asked.run.answer for asked, each in heard
    )
    delays = [delay for _asked, each in heard for delay in each.delays]
    yield Figure("open_at_once", model.most_open_answers, "answers", f">= {OPEN_STREAMS}")
    yield Figure("complete", complete, "answers", f">= {OPEN_STREAMS}")
    yield Figure(f"memory_growth_{OPEN_STREAMS}_streams", most - before, "MB", "<= 250")
    yield Figure("memory_before", before, "MB")
    yield Figure("database_connections_at_most", connections, "connections")
    yield Figure(f"latency_median_{OPEN_STREAMS}_streams", median(delays), "ms")
    yield Figure(f"latency_p95_{OPEN_STREAMS}_streams", quantiles(delays, n=20)[-1], "ms")
    yield Figure(f"cpu_{OPEN_STREAMS}_streams", share, "% of a core")


def hang_ups(model: StampingModel, port: int, ask: Callable[[int], Iterator[Asked]]) -> Iterator[Figure]:
    """Yield how long a model goes on after everybody has left."""
    from sandbox.models import Run  # noqa: PLC0415

    model.pieces, model.between = 200, 0.5
    asyncio.run(listen_to_all(model, port, ask(HANG_UPS), pieces=2))
    left_at = time.monotonic()
    model.wait_until(lambda: model.open_answers == 0)
    free_after = time.monotonic() - left_at
    while Run.objects.open_reservations().exists() and time.monotonic() - left_at < 30:
        time.sleep(0.1)
    settled_after = time.monotonic() - left_at
    yield Figure(f"model_free_after_{HANG_UPS}_hang_ups", free_after, "s", f"<= {SECONDS_UNTIL_FREE}")
    yield Figure(f"settled_after_{HANG_UPS}_hang_ups", settled_after, "s", f"<= {SECONDS_UNTIL_FREE}")
    yield Figure("open_answers_left", model.open_answers, "answers", "<= 0")
    yield Figure("open_reservations_left", Run.objects.open_reservations().count(), "runs", "<= 0")


async def listen_to_all(
    model: StampingModel, port: int, asked: Iterator[Asked], *, pieces: int | None = None
) -> list[tuple[Asked, Heard]]:
    """Listen to runs until they end, or hang up after so many pieces; the model begins when all are connected.

    A browser listens as soon as it has asked, as one does: an answer that nobody fetches is ended.
    """
    model.may_begin = False
    loop, opened = asyncio.get_running_loop(), []
    with ThreadPoolExecutor(max_workers=1) as database:
        while each := await loop.run_in_executor(database, next, asked, None):
            stream = said(port, request_for(each))
            opened.append((each, stream, asyncio.ensure_future(anext(stream))))
        await loop.run_in_executor(database, django_connections.close_all)
    for _asked, _stream, connected in opened:
        await connected
    model.may_begin = True
    heard = await all_of([listen(stream, pieces) for _asked, stream, _connected in opened])
    return list(zip((each for each, _stream, _connected in opened), heard, strict=True))


async def all_of(listening: list[Awaitable[Heard]]) -> list[Heard]:
    """Return what all browsers heard."""
    return list(await asyncio.gather(*listening))


async def listen(stream: AsyncGenerator[Any, None], pieces: int | None) -> Heard:
    """Listen as a browser does."""
    heard = Heard()
    async with contextlib.aclosing(stream):
        async for data in stream:
            if "state" in data:
                heard.state = data["state"]
                break
            heard.take(data.get("text", ""))
            if pieces is not None and len(heard.delays) >= pieces:
                break
    return heard


def request_for(asked: Asked) -> str:
    """Return how a browser asks for a stream."""
    address = f"/practice/stream/{asked.run.public_id}/"
    return f"GET {address} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {asked.cookie}\r\n\r\n"


async def ask_directly(port: int) -> Heard:
    """Ask the model itself."""
    heard = Heard()
    request = "POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 2\r\n\r\n{}"
    async for data in said(port, request):
        for choice in data.get("choices", ()):
            heard.take(choice["delta"].get("content", ""))
    return heard


async def said(port: int, request: str) -> AsyncGenerator[Any, None]:
    """Yield something empty when the answer begins, then what each event holds, until the stream ends."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request.encode())
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        yield {}
        async for line in reader:
            if line.startswith(b"data: [DONE]"):
                return
            if line.startswith(b"data: "):
                yield json.loads(line.removeprefix(b"data: "))
    finally:
        writer.close()


async def watched(process_id: int, listening: Awaitable[Result]) -> tuple[Result, float, int]:
    """Return what was heard, and the most memory and database connections meanwhile."""
    listener = asyncio.ensure_future(listening)
    most, connections = 0.0, 0
    with administration() as connection:
        while not listener.done():
            await asyncio.wait([listener], timeout=0.25)
            most = max(most, resident_megabytes(process_id))
            query = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s"
            [(count,)] = connection.execute(query, [DATABASE]).fetchall()
            connections = max(connections, count)
    return await listener, most, connections


def resident_megabytes(process_id: int) -> float:
    """Return the memory that a process has now."""
    status = Path(f"/proc/{process_id}/status").read_text(encoding="ascii")
    [line] = [each for each in status.splitlines() if each.startswith("VmRSS:")]
    return int(line.split()[1]) / 1024


def cpu_seconds(process_id: int) -> float:
    """Return the processor time that a process has used."""
    values = Path(f"/proc/{process_id}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(values[11]) + int(values[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    sys.exit(main())
