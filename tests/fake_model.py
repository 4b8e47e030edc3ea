"""A model's server on loopback that behaves as told: it answers, stalls, breaks off, refuses, or never ends.

It speaks just enough HTTP over real sockets, in a thread of its own, so that what hangs up really hangs up::

    with FakeModel(Behavior(pieces=("Dear ", "Ms. Okafor"))) as model:
        ...ask model.url...
        assert model.open_answers == 0
"""

import asyncio
import json
import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self

SECONDS_TO_WAIT = 30.0


@dataclass(frozen=True)
class Behavior:
    """How one question is answered.

    Attributes:
        pieces: Said one by one.
        before: Seconds of silence before the first piece.
        between: Seconds of silence before each further piece.
        stall_after: Falls silent for good after so many pieces.
        cut_after: Breaks the connection after so many pieces.
        is_endless: Begins again with the first piece after the last.
        finish_reason: Empty leaves it out.
        usage: Tokens in and out; None leaves them out.
        chunks: Said instead of `pieces`, as they are, each one line of JSON.
        status: Anything but 200 is answered with `body` at once.
        body: Said at once instead of a stream; a mapping becomes JSON.
    """

    pieces: tuple[str, ...] = ("Dear ", "Ms. ", "Okafor")
    before: float = 0.0
    between: float = 0.0
    stall_after: int | None = None
    cut_after: int | None = None
    is_endless: bool = False
    finish_reason: str = "stop"
    usage: tuple[int, int] | None = (12, 3)
    chunks: tuple[str, ...] | None = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str | Mapping[str, Any] | None = None


NORMAL = Behavior()
SLOW = Behavior(before=0.05, between=0.05)
STALL = Behavior(stall_after=1)
NEVER_BEGINS = Behavior(stall_after=0)
CUT = Behavior(cut_after=1)
CUT_AT_ONCE = Behavior(cut_after=0)
ENDLESS = Behavior(pieces=tuple(f"{number} and on and " for number in range(50_000)), usage=None)
REPEATING = Behavior(pieces=("The same sentence again. ",), is_endless=True)
RATE_LIMITED = Behavior(status=429, headers={"Retry-After": "7"}, body={"error": {"message": "slow down"}})
WRONG_KEY = Behavior(
    status=401, body={"error": {"message": "Invalid API Key", "type": "authentication_error"}}
)
FAILING = Behavior(status=500, body={"error": {"message": "out of memory"}})
WEB_PAGE = Behavior(headers={"Content-Type": "text/html"}, body="<!doctype html><title>Sign in</title>")
JSON_INSTEAD_OF_A_STREAM = Behavior(
    body={
        "choices": [
            {"index": 0, "message": {"role": "assistant", "content": "Dear"}, "finish_reason": "stop"}
        ]
    }
)


@dataclass(frozen=True)
class Question:
    """What the server was asked."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, read."""
        return json.loads(self.body)


class FakeModel:
    """A running server; leaving the `with` block ends it.

    Attributes:
        behavior: How questions are answered from now on.
        next_behaviors: How the next ones are answered, the first of them first, before `behavior` applies.
        questions: All that was asked, in order.
        open_answers: Answers being given right now.
        most_open_answers: The most that ever were given at the same time.
    """

    def __init__(
        self,
        behavior: Behavior = NORMAL,
        *,
        models: tuple[str, ...] = ("practice",),
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.behavior = behavior
        self.tls = tls
        self.models = models
        self.next_behaviors: list[Behavior] = []
        self.questions: list[Question] = []
        self.connections = 0
        self.open_answers = 0
        self.most_open_answers = 0
        self.port = 0
        self._changed = threading.Condition()
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="fake model", daemon=True)

    @property
    def url(self) -> str:
        """The base address that a provider is given."""
        return f"http://127.0.0.1:{self.port}/v1"

    def __enter__(self) -> Self:
        self._thread.start()
        self.wait_until(lambda: self.port != 0)
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(SECONDS_TO_WAIT)
        assert not self._thread.is_alive()

    def wait_until(self, condition: Callable[[], bool]) -> None:
        """Return as soon as the condition holds; it is looked at whenever something changes here."""
        with self._changed:
            assert self._changed.wait_for(condition, SECONDS_TO_WAIT), vars(self)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        answers: set[asyncio.Task[None]] = set()

        def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = self._loop.create_task(self._converse(reader, writer))
            answers.add(task)
            task.add_done_callback(answers.discard)

        server = await asyncio.start_server(begin, "127.0.0.1", 0, ssl=self.tls)
        self._change(port=server.sockets[0].getsockname()[1])
        await self._stop.wait()
        server.close()
        for task in answers:
            task.cancel()
        await asyncio.gather(*answers, return_exceptions=True)

    def _change(self, **values: Any) -> None:
        with self._changed:
            for name, value in values.items():
                setattr(self, name, value)
            self._changed.notify_all()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._change(connections=self.connections + 1)
        try:
            question = await _read(reader)
            self._change(questions=[*self.questions, question])
            self._change(
                open_answers=self.open_answers + 1,
                most_open_answers=max(self.most_open_answers, self.open_answers + 1),
            )
            try:
                await _until_hang_up(self._answer(question, writer), reader)
            finally:
                self._change(open_answers=self.open_answers - 1)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _answer(self, question: Question, writer: asyncio.StreamWriter) -> None:
        behavior = self.next_behaviors.pop(0) if self.next_behaviors else self.behavior
        if behavior.status == 200 and behavior.body is None and question.path.endswith("/models"):
            listed = {"object": "list", "data": [{"id": name, "object": "model"} for name in self.models]}
            behavior = replace(behavior, body=listed)
        elif behavior.status == 200 and behavior.body is None and question.path == "/health":
            behavior = replace(behavior, body={"status": "ok"})
        if behavior.status != 200 or behavior.body is not None:
            await _say_at_once(behavior, writer)
        else:
            await _say_by_and_by(behavior, writer)


async def _read(reader: asyncio.StreamReader) -> Question:
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").strip().split("\r\n")
    method, path, _version = first.split(" ")
    headers = {name.lower(): text.strip() for name, _colon, text in (line.partition(":") for line in lines)}
    return Question(method, path, headers, await reader.readexactly(int(headers.get("content-length", "0"))))


async def _until_hang_up(answer: Any, reader: asyncio.StreamReader) -> None:
    """Give an answer for as long as somebody listens, as a model's server does."""
    answering, listening = asyncio.ensure_future(answer), asyncio.ensure_future(reader.read())
    try:
        await asyncio.wait({answering, listening}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (answering, listening):
            task.cancel()
        await asyncio.gather(answering, listening, return_exceptions=True)


async def _say_at_once(behavior: Behavior, writer: asyncio.StreamWriter) -> None:
    is_text = isinstance(behavior.body, str)
    body = str(behavior.body or "") if is_text or behavior.body is None else json.dumps(behavior.body)
    headers = {
        "Content-Type": "text/plain" if is_text else "application/json",
        "Content-Length": str(len(body.encode())),
        **behavior.headers,
    }
    writer.write(_head(behavior.status, headers) + body.encode())
    await writer.drain()


async def _say_by_and_by(behavior: Behavior, writer: asyncio.StreamWriter) -> None:
    headers = {"Content-Type": "text/event-stream", "Transfer-Encoding": "chunked", **behavior.headers}
    if behavior.cut_after != 0:
        writer.write(_head(behavior.status, headers))
    chunks = _chunks(behavior)
    said = 0
    while True:
        for chunk in chunks:
            if behavior.cut_after == said:
                await writer.drain()
                return  # without the last chunk of nothing, which would say that this was all
            if behavior.stall_after == said:
                await asyncio.Event().wait()
            await asyncio.sleep(behavior.between if said else behavior.before)
            await _write(writer, f"data: {chunk}\n\n")
            said += 1
        if not behavior.is_endless:
            break
    for end in _ends(behavior):
        await _write(writer, f"data: {end}\n\n")
    writer.write(b"0\r\n\r\n")
    await writer.drain()


def _chunks(behavior: Behavior) -> tuple[str, ...]:
    if behavior.chunks is not None:
        return behavior.chunks
    return tuple(_chunk([{"index": 0, "delta": {"content": piece}}]) for piece in behavior.pieces)


def _ends(behavior: Behavior) -> list[str]:
    ends = []
    if behavior.finish_reason:
        ends.append(_chunk([{"index": 0, "delta": {}, "finish_reason": behavior.finish_reason}]))
    if behavior.usage:
        tokens_in, tokens_out = behavior.usage
        ends.append(_chunk([], usage={"prompt_tokens": tokens_in, "completion_tokens": tokens_out}))
    return [*ends, "[DONE]"]


def _chunk(choices: list[dict[str, Any]], **more: Any) -> str:
    return json.dumps({"id": "1", "object": "chat.completion.chunk", "choices": choices, **more})


async def _write(writer: asyncio.StreamWriter, text: str) -> None:
    data = text.encode()
    writer.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
    await writer.drain()


def _head(status: int, headers: Mapping[str, str]) -> bytes:
    lines = [
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
        *(f"{name}: {text}" for name, text in headers.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")
