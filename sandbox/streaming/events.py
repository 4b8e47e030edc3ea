"""What a browser hears of one run, as server-sent events.

Each piece carries how many characters have come as its id, so a browser that reconnects says where it was.
Source: WHATWG HTML, Server-sent events.
"""

import json
import time
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

from sandbox.models import Run
from sandbox.services.answering import places_before
from sandbox.streaming.database import in_database
from sandbox.streaming.live import LiveAnswer, answers
from sandbox.streaming.watching import watchers

SECONDS_BETWEEN_SIGNS = 5.0
SECONDS_BETWEEN_READS = {Run.State.QUEUED: 1.0, Run.State.STREAMING: 0.5}
"""How often the row is read of a run that this process is not answering."""
STILL_HERE = ": still here\n\n"


def event(name: str, data: dict[str, Any], *, last: int | None = None) -> str:
    """Return one event as it goes over the wire."""
    identity = "" if last is None else f"id: {last}\n"
    return f"{identity}event: {name}\ndata: {json.dumps(data)}\n\n"


async def follow(run: Run, *, after: int) -> AsyncIterator[str]:
    """Yield the events of a run from a place in its text until it ends.

    Events: ``queue`` (how many wait before it, when that changes), ``delta`` (text), ``done`` (its state). A comment
    goes out every few seconds, so that a proxy keeps the connection and a browser that has gone is noticed.

    Args:
        run: The run, of the person who watches.
        after: Characters that the browser has already.
    """
    seen, told = after, -1
    with watchers.watching(run):
        # Always something at once: the browser then knows that it is connected.
        yield ": watching\n\n"
        said_at = time.monotonic()
        while True:
            live = answers.get(run.public_id)
            if live is not None:
                async for text in _pieces(live, seen):
                    seen += len(text)
                    yield event("delta", {"text": text}, last=seen) if text else STILL_HERE
                    said_at = time.monotonic()
            state, answer, before = await in_database(partial(_read, run.pk))
            if len(answer) > seen:
                text, seen = answer[seen:], len(answer)
                yield event("delta", {"text": text}, last=seen)
                said_at = time.monotonic()
            if state not in Run.UNDER_WAY:
                yield event("done", {"state": state})
                return
            if state == Run.State.QUEUED and before != told:
                told = before
                yield event("queue", {"before": before})
                said_at = time.monotonic()
            if time.monotonic() - said_at >= SECONDS_BETWEEN_SIGNS:
                yield STILL_HERE
                said_at = time.monotonic()
            if answers.get(run.public_id) is None:
                await answers.wait_for_begin(run.public_id, seconds=SECONDS_BETWEEN_READS[state])


async def _pieces(live: LiveAnswer, seen: int) -> AsyncIterator[str]:
    """Yield what comes of an answer in this process, and an empty piece when nothing came for a while."""
    while True:
        await live.wait_for_more(seen, seconds=SECONDS_BETWEEN_SIGNS)
        text = live.text[seen:]
        seen += len(text)
        if text or not live.is_over:
            yield text
        if live.is_over:
            return


def _read(pk: int) -> tuple[Run.State, str, int]:
    """Return state and text of a run, and how many wait before it; stopped, once it is deleted."""
    row = Run.objects.only("state", "answer", "provider", "queued_at").filter(pk=pk).first()
    if row is None:
        return Run.State.STOPPED, "", 0
    return Run.State(row.state), row.answer, places_before(row) if row.state == Run.State.QUEUED else 0
