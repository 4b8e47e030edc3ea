"""Letting the model on this machine read an exercise while its learner still does.

Reading is what takes a small model long: a page of material is half a minute on one core. It keeps what it has read
of a conversation, and every conversation of an exercise begins in the same way; so the material is read once, when
somebody opens the exercise, and the first word comes soon after the prompt. Nothing of anybody is sent: only what an
author wrote.
"""

import asyncio
import contextlib
import logging

from sandbox.providers.base import ChatProvider, Message, ProviderFailed

logger = logging.getLogger(__name__)

NOTHING_YET = Message("user", ".")
"""A conversation ends with its user; what they say is no part of what is kept."""


class WarmUp:
    """What is being read ahead in this process: one beginning at a time."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._opening: Message | None = None
        self._task: asyncio.Task[None] | None = None

    def begin(self, chat: ChatProvider, opening: Message) -> None:
        """Let a model read a beginning; whatever else it was reading ahead is dropped. Inside the event loop."""
        if self._is_reading(opening):
            return
        self.drop()
        self._opening = opening
        self._task = asyncio.get_running_loop().create_task(_read(chat, opening))

    def drop(self) -> None:
        """Stop reading ahead; nothing happens when nothing is read."""
        if self._task is not None:
            self._task.cancel()

    async def make_way(self, opening: Message) -> None:
        """Return when an answer may begin: the same beginning is read to its end first, any other one is dropped."""
        if self._task is None:
            return
        if not self._is_reading(opening):
            self.drop()
        await asyncio.wait([self._task])

    def _is_reading(self, opening: Message) -> bool:
        return self._task is not None and not self._task.done() and self._opening == opening


async def _read(chat: ChatProvider, opening: Message) -> None:
    try:
        async with contextlib.aclosing(chat.stream([opening, NOTHING_YET], max_tokens=1)) as pieces:
            async for _piece in pieces:
                pass
    except ProviderFailed as failed:
        logger.info("The model could not read ahead: %s", failed.reason)
