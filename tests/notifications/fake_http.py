"""An HTTP server on a port of this machine, in threads of its own, that answers as it is told."""

import contextlib
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import SHUT_RDWR
from typing import Any
from urllib.parse import parse_qsl, urlsplit

SECONDS_TO_WAIT = 20.0


class HangUp(Exception):
    """Close the connection instead of answering."""


@dataclass(frozen=True)
class Call:
    """What was asked."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body or b"{}")

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0]

    @property
    def bearer(self) -> str:
        return self.headers.get("authorization", "").removeprefix("Bearer ")


@dataclass(frozen=True)
class Reply:
    """What is answered; anything but a text becomes JSON."""

    body: Any = ""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


class FakeServer:
    """A server whose subclass says what it answers.

    Attributes:
        calls: All that was asked, in order.
        before: Takes a call and returns a reply, raises `HangUp`, or returns nothing to go on as usual.
    """

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.before: Callable[[Call], Reply | None] = lambda _call: None
        self.port = 0
        self._changed = threading.Condition()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def answer(self, call: Call) -> Reply:
        raise NotImplementedError

    def paths(self) -> list[str]:
        return [call.path for call in self.calls]

    def wait_until(self, condition: Callable[[], bool]) -> None:
        """Return as soon as the condition holds; it is looked at after each answer."""
        with self._changed:
            assert self._changed.wait_for(condition, SECONDS_TO_WAIT), self.paths()

    def take(self, call: Call) -> Reply:
        with self._changed:
            self.calls.append(call)
            try:
                return self.before(call) or self.answer(call)
            finally:
                self._changed.notify_all()

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


def _handler(fake: FakeServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_args: Any) -> None:
            pass

        def _take(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            call = Call(self.command, urlsplit(self.path).path, headers, body)
            try:
                reply = fake.take(call)
            except HangUp:
                self.connection.shutdown(SHUT_RDWR)
                return
            is_text = isinstance(reply.body, str)
            content = (reply.body if is_text else json.dumps(reply.body)).encode()
            self.send_response(reply.status)
            kind = {"content-type": "text/html" if is_text else "application/json"}
            for name, value in {**kind, **reply.headers}.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = _take  # noqa: N815  so the base class calls them

    return Handler
