"""Who watches: as long as a browser listens a run is wanted, and a little longer, in case it only reloads."""

import asyncio
import contextlib
import logging
import time
from collections import Counter
from collections.abc import Collection, Iterator
from datetime import timedelta
from functools import partial

from django.db import DatabaseError
from django.utils import timezone

from sandbox.models import Run
from sandbox.querysets import UNWATCHED_AFTER
from sandbox.services.answering import watch_runs
from sandbox.streaming.database import in_database

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_MARKS = 2.0
"""Shorter than the grace: whoever still watches marks the run again before somebody else's leaving ends it."""
GRACE = timedelta(seconds=5)
"""How long an answer goes on after the last browser has left: long enough for a reload."""


class Watchers:
    """All browsers that listen to this process, marked together: two hundred cost no more statements than one."""

    def __init__(self) -> None:
        """Begin with none."""
        self._browsers: Counter[int] = Counter()
        self._came: set[int] = set()
        self._left: set[int] = set()
        self._changed = asyncio.Event()
        self._is_closing = False
        self._task: asyncio.Task[None] | None = None

    @contextlib.contextmanager
    def watching(self, run: Run) -> Iterator[None]:
        """Keep a run wanted inside the block, which is left at once: what is to be written is written aside."""
        self._browsers[run.pk] += 1
        self._came.add(run.pk)
        self._left.discard(run.pk)
        if self._task is None or self._task.done():
            self._changed, self._is_closing = asyncio.Event(), False
            self._task = asyncio.get_running_loop().create_task(self._write())
        self._changed.set()
        try:
            yield
        finally:
            self._browsers[run.pk] -= 1
            if not self._browsers[run.pk]:
                del self._browsers[run.pk]
                self._came.discard(run.pk)
                self._left.add(run.pk)
            self._changed.set()

    async def close(self) -> None:
        """Return when nothing is left to be written of those who watch here, or have just gone."""
        if self._task is not None:
            self._is_closing = True
            self._changed.set()
            await self._task

    async def _write(self) -> None:
        """Mark whoever comes and goes at once, and all who stay every two seconds; end when nobody is left."""
        marked_at = time.monotonic()
        while self._browsers or self._left:
            self._changed.clear()
            if time.monotonic() - marked_at >= SECONDS_BETWEEN_MARKS:
                self._came, marked_at = set(self._browsers), time.monotonic()
            came, self._came = self._came, set()
            left, self._left = self._left, set()
            if not await _mark(came, timedelta()):
                self._came |= came & self._browsers.keys()
            if not await _mark(left, GRACE - UNWATCHED_AFTER):
                self._left |= left - self._browsers.keys()
            if self._is_closing:
                return
            with contextlib.suppress(TimeoutError):
                seconds = marked_at + SECONDS_BETWEEN_MARKS - time.monotonic()
                await asyncio.wait_for(self._changed.wait(), max(seconds, 0))


async def _mark(run_ids: Collection[int], shift: timedelta) -> bool:
    """Note when somebody last waited for runs; returns False when it could not be written."""
    try:
        if run_ids:
            await in_database(partial(watch_runs, run_ids=run_ids, at=timezone.now() + shift))
    except DatabaseError:
        logger.warning("%s runs could not be marked as watched; trying again", len(run_ids))
        return False
    return True


watchers = Watchers()
