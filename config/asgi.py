"""The ASGI entry point: the whole site, and the process from which answers of models stream.

In production only `/practice/stream/` is routed here, and pages go to the WSGI processes; `make run` serves everything
from it.
"""

import asyncio
import contextlib
import os
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from django.core.asgi import get_asgi_application
from django.core.signals import request_finished
from django.db import connection

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.prod")

_django = get_asgi_application()

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

REQUESTS_AT_ONCE = 16
"""Each request has a thread and a database connection of its own until its answer begins; two hundred browsers that
reconnect after a restart would take all the connections that a database has."""


SECONDS_A_THREAD_MAY_KEEP_THE_OTHERS_WAITING = 0.0005
"""Ten times less than usual: pieces of answers must not wait for a thread that looks at a prompt."""


def _give_connection_back(**_signal: Any) -> None:
    """Close the connection of a request: under ASGI its thread ends with it, and nobody else could use it."""
    if not connection.in_atomic_block:
        connection.close()


class _Places:
    now: asyncio.Semaphore | None = None


async def application(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Answer runs as long as the server lives, and hand every request to Django.

    Source: ASGI specification, lifespan protocol.
    """
    if scope["type"] == "lifespan":
        await _live(receive, send)
    elif _Places.now is None:
        await _django(scope, receive, send)  # type: ignore[arg-type]
    else:
        await _in_turn(_Places.now, scope, receive, send)


async def _in_turn(places: asyncio.Semaphore, scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Hand a request to Django when there is a place; a stream gives its place back as soon as it begins."""
    async with contextlib.AsyncExitStack() as place:
        await place.enter_async_context(places)

        async def send_on(message: dict[str, Any]) -> None:
            if (b"Content-Type", b"text/event-stream") in message.get("headers", ()):
                await place.aclose()
            await send(message)

        await _django(scope, receive, send_on)  # type: ignore[arg-type]


async def _live(receive: Receive, send: Send) -> None:
    # Models can be imported only after Django is set up, which `get_asgi_application` does.
    from sandbox.streaming import start_in_this_process, stop_in_this_process  # noqa: PLC0415

    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            sys.setswitchinterval(SECONDS_A_THREAD_MAY_KEEP_THE_OTHERS_WAITING)
            _Places.now = asyncio.Semaphore(REQUESTS_AT_ONCE)
            request_finished.connect(_give_connection_back)
            start_in_this_process()
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await stop_in_this_process()
            request_finished.disconnect(_give_connection_back)
            await send({"type": "lifespan.shutdown.complete"})
            return
