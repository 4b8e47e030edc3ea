"""Short questions to the database from code that must never wait for it."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import close_old_connections

Result = TypeVar("Result")


def _lane(name: str, threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=threads, thread_name_prefix=f"practice-{name}")


# A few connections serve hundreds of open streams: each is borrowed for milliseconds. Whoever carries answers never
# waits for those who watch, nor anybody for what resolves a host and reads a prompt.
WATCHING, ANSWERING, PREPARING = _lane("watching", 3), _lane("answering", 3), _lane("preparing", 2)


async def in_database(question: Callable[[], Result], *, lane: ThreadPoolExecutor = WATCHING) -> Result:
    """Return what a function returns that asks the database, without holding up anything else."""

    def ask() -> Result:
        close_old_connections()
        try:
            return question()
        finally:
            close_old_connections()

    return await asyncio.get_running_loop().run_in_executor(lane, ask)
