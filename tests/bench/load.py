"""A small load generator: one thread, many kept-alive connections, each request as another signed-in person.

A process of its own: ``python -m tests.bench.load`` answers each line of JSON, an order, with one line.
Plain sockets, because the cores are shared with what is measured: a request costs us some ten microseconds,
a page some milliseconds.
"""

import json
import selectors
import socket
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle

SECONDS_TO_WARM_UP = 0.3


class Refused(Exception):
    """The server did not answer 200."""


@dataclass
class Connection:
    """One connection and the answer that is arriving on it."""

    port: int
    wire: socket.socket = field(init=False)
    received: bytearray = field(default_factory=bytearray)
    asked_at: float = 0.0

    def __post_init__(self) -> None:
        """Connect."""
        self.wire = socket.create_connection(("127.0.0.1", self.port))
        self.wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, request: bytes) -> None:
        """Send the next request."""
        self.received.clear()
        self.asked_at = time.perf_counter()
        self.wire.sendall(request)

    def read(self) -> bool:
        """Take what has arrived; return whether the answer is whole.

        Raises:
            Refused: It is not a 200, or the server hung up.
        """
        data = self.wire.recv(262_144)
        self.received += data
        if not data:
            raise Refused(f"The server closed the connection after {bytes(self.received[:300])!r}")
        head, separator, body = self.received.partition(b"\r\n\r\n")
        if not separator:
            return False
        if not head.startswith(b"HTTP/1.1 200"):
            raise Refused(bytes(self.received[:600]).decode(errors="replace"))
        return len(body) >= content_length(bytes(head))


def content_length(head: bytes) -> int:
    """Return the length an answer announces.

    Raises:
        Refused: It announces none.
    """
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.split(b":")[1])
    raise Refused("An answer without Content-Length cannot be measured.")


def request_for(address: str, cookie: str) -> bytes:
    """Return what one person's browser would send, without what Praxis does not read."""
    return f"GET {address} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n\r\n".encode()


def drive(
    *, port: int, addresses: list[str], cookies: list[str], connections: int, seconds: float
) -> dict[str, float]:
    """Keep every connection busy and return what was served.

    Args:
        addresses: One per cookie: what that person asks for.
        seconds: Length of the measured part; a short warm-up goes before it.

    Returns:
        ``per_second`` and ``p95`` in milliseconds of the measured part; ``all_requests`` with the warm-up.
    """
    requests = cycle(
        [request_for(address, cookie) for address, cookie in zip(addresses, cookies, strict=True)]
    )
    with selectors.DefaultSelector() as selector:
        opened = [Connection(port) for _ in range(connections)]
        try:
            for connection in opened:
                selector.register(connection.wire, selectors.EVENT_READ, connection)
                connection.ask(next(requests))
            began_at = time.perf_counter() + SECONDS_TO_WARM_UP
            took = list(_exchange(selector, requests, began_at + seconds))
        finally:
            for connection in opened:
                connection.wire.close()
    measured = sorted(duration for ended_at, duration in took if ended_at >= began_at)
    return {
        "per_second": len(measured) / seconds,
        "p95": 1000 * measured[len(measured) * 95 // 100],
        "all_requests": len(took),
    }


def _exchange(
    selector: selectors.BaseSelector, requests: Iterator[bytes], end: float
) -> Iterator[tuple[float, float]]:
    """Yield the moment at which each answer was whole, and the seconds it took."""
    while time.perf_counter() < end:
        for key, _events in selector.select(timeout=1):
            connection: Connection = key.data
            if connection.read():
                now = time.perf_counter()
                yield now, now - connection.asked_at
                connection.ask(next(requests))


if __name__ == "__main__":
    for line in sys.stdin:
        try:
            print(json.dumps(drive(**json.loads(line))), flush=True)
        except Refused as refusal:
            print(json.dumps({"error": str(refusal)}), flush=True)
