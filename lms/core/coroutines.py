"""Waiting for a coroutine from code that is not asynchronous."""

import asyncio
import contextvars
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

Result = TypeVar("Result")


def result_of(coroutine: Coroutine[Any, Any, Result]) -> Result:
    """Return what a coroutine returns, from an event loop in a thread of its own.

    So it does not matter whether the calling thread has a loop already. Whatever is set for this context, such as the
    language, holds there too; a database connection does not, so the coroutine asks nothing of the database.
    """
    context = contextvars.copy_context()
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(context.run, asyncio.run, coroutine).result()
