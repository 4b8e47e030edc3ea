"""Who watches: as long as a browser listens a run is wanted, and a little longer, in case it only reloads."""

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from django.db import DatabaseError
from django.utils import timezone

from sandbox.models import Run
from sandbox.querysets import UNWATCHED_AFTER
from sandbox.services.answering import watch_run
from sandbox.streaming.database import in_database

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_MARKS = 2.0
"""Shorter than the grace: whoever still watches marks the run again before somebody else's leaving ends it."""
GRACE = timedelta(seconds=5)
"""How long an answer goes on after the last browser has left: long enough for a reload."""

_watchers: Counter[int] = Counter()
_tasks: dict[asyncio.Task[None], asyncio.Event] = {}


@contextlib.contextmanager
def watching(run: Run) -> Iterator[None]:
    """Keep a run wanted inside the block, which is left at once: what is to be written then is written aside."""
    has_left = asyncio.Event()
    task = asyncio.get_running_loop().create_task(_keep_wanted(run, has_left))
    _tasks[task] = has_left
    task.add_done_callback(_tasks.pop)
    _watchers[run.pk] += 1
    try:
        yield
    finally:
        _watchers[run.pk] -= 1
        if not _watchers[run.pk]:
            del _watchers[run.pk]
        has_left.set()


async def stop_watching() -> None:
    """Return when nothing is left to be written of those who watch here, or have just gone."""
    for has_left in _tasks.values():
        has_left.set()
    await asyncio.gather(*_tasks)


async def _keep_wanted(run: Run, has_left: asyncio.Event) -> None:
    while not has_left.is_set():
        await _mark(run, timedelta())
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(has_left.wait(), SECONDS_BETWEEN_MARKS)
    if not _watchers[run.pk]:
        await _mark(run, GRACE - UNWATCHED_AFTER)


async def _mark(run: Run, shift: timedelta) -> None:
    try:
        await in_database(partial(watch_run, run=run, at=timezone.now() + shift))
    except DatabaseError:
        logger.warning("Run %s could not be marked as watched; trying again", run.public_id)
