"""Work in other threads, each with its own connection to the database of the test."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from django.db import connections

RunAside = Callable[[Callable[[], Any]], "Future[Any]"]


@contextmanager
def other_connections() -> Iterator[RunAside]:
    """Give a function that runs another one aside; at the end, wait for all of them."""
    with ThreadPoolExecutor(max_workers=4) as pool:
        yield lambda function: pool.submit(_run_and_hang_up, function)


def _run_and_hang_up(function: Callable[[], Any]) -> Any:
    try:
        return function()
    finally:
        connections.close_all()
