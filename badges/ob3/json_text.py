"""JSON from a stranger. Whatever it is, reading it ends, and ends in a value or in one error."""

import json
import math
from itertools import pairwise
from typing import Any, NoReturn

from django.utils.translation import gettext as _

LONGEST = 2_000_000
"""Characters; a badge with its picture inside has some hundred thousand."""

DEEPEST = 50
"""Levels; a badge with an endorsement has about ten."""

MOST_VALUES = 50_000


class UnreadableJson(ValueError):
    """What was given is no JSON that can be used; the message says why, for whoever wrote it."""


def read_json_object(text: str) -> dict[str, Any]:
    """Return the object that a text holds.

    A name that stands twice in one object is refused: readers disagree about which of the two counts, so a signature
    could be checked over one and the other one shown. So is everything that JSON does not have, such as NaN.

    Raises:
        UnreadableJson: It is too long, too deep, no JSON, or something else than an object.
    """
    if len(text) > LONGEST:
        raise UnreadableJson("it is longer than any badge")
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_refuse_constant,
            parse_float=_finite,
            parse_int=_whole,
        )
    except RecursionError:
        raise UnreadableJson("it is nested too deeply") from None
    except UnreadableJson:
        raise
    except ValueError:
        # Where the parser stopped tells whoever pasted it nothing.
        raise UnreadableJson(_not_json(text)) from None
    _check_size(value)
    if not isinstance(value, dict):
        raise UnreadableJson("it is JSON and no object")
    return value


def _not_json(text: str) -> str:
    start = text.lstrip()[:1]
    if not start:
        return _("it is empty")
    if start not in "{[":
        return _("it is neither JSON, which begins with {, nor a web token, which begins with ey")
    return _("it begins like JSON and is broken off, or something was changed or added; copy all of it anew")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = sorted(name for name, _value in pairs)
    twice = next((name for name, following in pairwise(names) if name == following), None)
    if twice is not None:
        raise UnreadableJson(f"the member {twice[:100]!r} stands twice in one object")
    return dict(pairs)


def _refuse_constant(constant: str) -> NoReturn:
    raise UnreadableJson(f"{constant} is no number in JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise UnreadableJson("a number in it is too large")
    return number


def _whole(digits: str) -> int:
    if len(digits) > 30:
        raise UnreadableJson("a number in it is too large")
    return int(digits)


def _check_size(value: Any) -> None:
    """Refuse what is too deep, too many, or holds half a character; without recursion, as depth is what it asks."""
    level, values = [value], 0
    for _depth in range(DEEPEST):
        values += len(level)
        if values > MOST_VALUES:
            raise UnreadableJson("it holds more values than any badge")
        for item in level:
            _check_characters(item)
        level = [inner for item in level for inner in _inside(item)]
        if not level:
            return
    raise UnreadableJson("it is nested too deeply")


def _inside(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [*value.keys(), *value.values()]
    return value if isinstance(value, list) else []


def _check_characters(value: Any) -> None:
    """JSON can write the half of a character, which no other form can, so it cannot be signed or shown."""
    if isinstance(value, str) and any("\ud800" <= character <= "\udfff" for character in value):
        raise UnreadableJson("a text in it holds half a character")
