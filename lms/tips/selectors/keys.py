"""Asking for the rows of many people, by their keys, without reading those of others."""

from collections.abc import Callable, Collection, Iterator

from django.db.models import Q

TOGETHER = 1000
Among = Callable[[str], Q]
"""For the name of a field, the condition that it holds the key of one of some people."""


def among(people: Collection[int]) -> Iterator[Among]:
    """Yield conditions that cover some people together; none for nobody.

    A range is the shortest thing to ask, and it is asked where most of its keys are wanted. A few people spread over
    the whole company would make it read everybody: they are named, a thousand at a time.
    """
    keys = sorted(people)
    if keys and keys[-1] - keys[0] < 2 * len(keys):
        yield lambda field: Q(**{f"{field}__gte": keys[0], f"{field}__lte": keys[-1]})
        return
    for start in range(0, len(keys), TOGETHER):
        yield _one_of(keys[start : start + TOGETHER])


def _one_of(keys: list[int]) -> Among:
    return lambda field: Q(**{f"{field}__in": keys})
