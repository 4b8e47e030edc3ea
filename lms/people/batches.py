"""Long lists in pieces: a database takes only so many values in one statement, SQLite 32,766 of them."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")

BATCH = 500


def in_batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    """Return the items in lists of at most `BATCH`, in their order."""
    remaining = iter(items)
    while batch := list(islice(remaining, BATCH)):
        yield batch
