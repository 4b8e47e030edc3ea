"""The answers that this process is giving right now."""

import asyncio
import contextlib
from uuid import UUID


class LiveAnswer:
    """The text of one answer so far, and a way to wait for more."""

    def __init__(self) -> None:
        """Begin empty."""
        self.text = ""
        self.is_over = False
        self.stop = asyncio.Event()
        self._changed = asyncio.Event()

    def add(self, text: str) -> None:
        """Append a piece and tell everybody who waits; nothing is no piece."""
        if text:
            self.text += text
            self._tell()

    def end(self) -> None:
        """Say that nothing more comes."""
        self.is_over = True
        self._tell()

    async def wait_for_more(self, seen: int, *, seconds: float) -> None:
        """Return when there is more than `seen` characters, when it is over, or when the time is up."""
        if self.is_over or len(self.text) > seen:
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._changed.wait()

    def _tell(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()


class LiveAnswers:
    """All of them, by the public id of their run, and a way to wait for one to begin."""

    def __init__(self) -> None:
        """Begin with none."""
        self._by_run: dict[UUID, LiveAnswer] = {}
        self._waiting: dict[UUID, set[asyncio.Future[None]]] = {}

    def get(self, run_id: UUID) -> LiveAnswer | None:
        """Return the answer to a run; None when this process is not giving it."""
        return self._by_run.get(run_id)

    def begin(self, run_id: UUID) -> LiveAnswer:
        """Return a new answer, and tell everybody who waits for it."""
        live = self._by_run[run_id] = LiveAnswer()
        for waiting in self._waiting.pop(run_id, ()):
            if not waiting.done():
                waiting.set_result(None)
        return live

    def under_way(self) -> list[UUID]:
        """Return the runs that are being answered here."""
        return list(self._by_run)

    def stop(self, run_id: UUID) -> None:
        """Stop an answer; nothing happens when it has just ended."""
        if live := self._by_run.get(run_id):
            live.stop.set()

    def end(self, run_id: UUID) -> None:
        """Say that nothing more comes, and forget the answer: from now on its row tells."""
        self._by_run.pop(run_id).end()

    async def wait_for_begin(self, run_id: UUID, *, seconds: float) -> None:
        """Return when the answer begins here, or when the time is up."""
        begun = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(run_id, set()).add(begun)
        try:
            await asyncio.wait([begun], timeout=seconds)
        finally:
            others = self._waiting.get(run_id, set())
            others.discard(begun)
            if not others:
                self._waiting.pop(run_id, None)


answers = LiveAnswers()
