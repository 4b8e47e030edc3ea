"""The reporting line as plain data: who stands above whom, and circles that must not be there."""

from collections.abc import Hashable, Mapping
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)


def find_circles(manager_of: Mapping[Key, Key | None]) -> list[tuple[Key, ...]]:
    """Return every circle of people who report to each other, upwards, from its first in the mapping.

    Args:
        manager_of: Manager of each person; None, or someone who is not a key, ends a line.
    """
    order = {person: index for index, person in enumerate(manager_of)}
    done: set[Key] = set()
    circles = []
    for start in manager_of:
        walked: dict[Key, None] = {}
        person: Key | None = start
        while person is not None and person in order and person not in done and person not in walked:
            walked[person] = None
            person = manager_of[person]
        if person is not None and person in walked:
            way = list(walked)
            circle = way[way.index(person) :]
            first = min(range(len(circle)), key=lambda index: order[circle[index]])
            circles.append((*circle[first:], *circle[:first]))
        done.update(walked)
    return circles


def closure(manager_of: Mapping[Key, Key | None]) -> dict[tuple[Key, Key], int]:
    """Return the distance in steps for every pair (manager, report), direct managers at 1.

    Args:
        manager_of: Manager of each person, without circles.
    """
    pairs = {}
    for report in manager_of:
        depth, manager = 1, manager_of[report]
        while manager is not None:
            pairs[manager, report] = depth
            depth, manager = depth + 1, manager_of.get(manager)
    return pairs
