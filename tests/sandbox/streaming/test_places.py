"""Many browsers at once, as after a restart: each request waits for a place, and a stream gives its place back."""

import asyncio

import pytest

from config import asgi
from lms.core.coroutines import result_of

STREAM = {"type": "http.response.start", "headers": [(b"Content-Type", b"text/event-stream")]}
PAGE = {"type": "http.response.start", "headers": [(b"Content-Type", b"text/html")]}


@pytest.mark.parametrize(("start", "open_at_once"), [(PAGE, 2), (STREAM, 5)])
def test_a_page_keeps_its_place_to_its_end_and_a_stream_until_it_begins(start, open_at_once, monkeypatch):
    sent = []

    async def five_requests():
        may_end = asyncio.Event()

        async def site(_scope, _receive, send):
            await send(start)
            await may_end.wait()

        async def send(message):
            sent.append(message)

        async def receive():
            return {"type": "http.request"}

        monkeypatch.setattr(asgi, "_django", site)
        monkeypatch.setattr(asgi._Places, "now", asyncio.Semaphore(2))
        requests = [
            asyncio.create_task(asgi.application({"type": "http"}, receive, send)) for _number in range(5)
        ]
        for _turn in range(20):
            await asyncio.sleep(0)
        begun = len(sent)
        may_end.set()
        await asyncio.gather(*requests)
        return begun

    assert result_of(five_requests()) == open_at_once
    assert sent == [start] * 5
