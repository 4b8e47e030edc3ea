"""Work in other threads, each with its own connection to the database of the test."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, connections

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


def wait_until_somebody_waits_for_us() -> None:
    """Return once one other connection waits for a lock that ours holds; PostgreSQL only."""
    waiting = (
        "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
    )
    with connection.cursor() as cursor:
        for _ in range(10_000):
            cursor.execute(waiting)
            if cursor.fetchone() == (1,):
                return
    pytest.fail("nobody waits")
