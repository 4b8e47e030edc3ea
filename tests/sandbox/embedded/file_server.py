"""A web server on loopback with one file, which behaves as told."""

import contextlib
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self


class FileServer:
    """Serves one file at every address; leaving the `with` block ends it.

    Attributes:
        cuts: Bytes after which each of the next answers breaks off.
        knows_ranges: It can begin in the middle.
        asked_ranges: What each request asked for; empty for all of it.
    """

    def __init__(
        self, content: bytes, *, status: int = 200, content_type: str = "application/octet-stream"
    ) -> None:
        self.content = content
        self.status = status
        self.content_type = content_type
        self.cuts: list[int] = []
        self.knows_ranges = True
        self.says_length = True
        self.asked_ranges: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(
            target=lambda: self._server.serve_forever(poll_interval=0.01), daemon=True
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self) -> Callable[..., BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked = self.headers.get("Range", "")
                server.asked_ranges.append(asked)
                begin = int(asked.removeprefix("bytes=").removesuffix("-") or 0) if server.knows_ranges else 0
                body = server.content[begin:]
                self.send_response(206 if begin and server.status == 200 else server.status)
                self.send_header("Content-Type", server.content_type)
                if server.says_length:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                with contextlib.suppress(ConnectionError):  # whoever asked may have heard enough
                    self.wfile.write(body[: server.cuts.pop(0)] if server.cuts else body)

            def log_message(self, *_words: object) -> None:
                """Stay silent."""

        return Handler
