"""Finding one's way in JSON: every member with its path, and which members differ between two documents."""

from collections.abc import Iterator, Sequence
from typing import Any, Literal, NamedTuple

Change = Literal["changed", "added", "removed"]

MISSING = object()

MOST_NAMED = 10
"""Members that one sentence names."""


class Member(NamedTuple):
    """One value somewhere in a document.

    Attributes:
        path: Such as ``credentialSubject.achievement.tag[1]``; empty for the document itself.
        name: Its name within its object; empty in a list.
        value: What it holds.
    """

    path: str
    name: str
    value: Any


def members(value: Any, path: str = "", name: str = "") -> Iterator[Member]:
    """Give every value in a document, outer ones first."""
    yield Member(path, name, value)
    if isinstance(value, dict):
        for inner, content in value.items():
            yield from members(content, _join(path, inner), inner)
    elif isinstance(value, list):
        for index, content in enumerate(value):
            yield from members(content, f"{path}[{index}]")


def differences(original: Any, shown: Any, path: str = "") -> Iterator[tuple[str, Change]]:
    """Give the path of each member in which two documents differ, and how; as deep inside as it can be told."""
    if original is MISSING or shown is MISSING:
        yield path, "added" if original is MISSING else "removed"
    elif isinstance(original, dict) and isinstance(shown, dict):
        for name in dict.fromkeys([*original, *shown]):
            yield from differences(original.get(name, MISSING), shown.get(name, MISSING), _join(path, name))
    elif isinstance(original, list) and isinstance(shown, list):
        for index in range(max(len(original), len(shown))):
            pair = (_at(original, index), _at(shown, index))
            yield from differences(*pair, f"{path}[{index}]")
    elif original != shown or isinstance(original, bool) != isinstance(shown, bool):
        yield path, "changed"


def as_list(value: Any) -> list[Any]:
    """Return a value that may stand alone or in a list as a list; nothing as none."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def listed(names: Sequence[str], separator: str = ", ") -> str:
    """Return the first few names for a sentence, each cut to a readable length."""
    shown = [name[:150] for name in names[:MOST_NAMED]]
    return separator.join([*shown, "…"] if len(names) > MOST_NAMED else shown)


def as_texts(value: Any) -> list[str]:
    """Return the texts of a value that may stand alone or in a list, such as a `type`."""
    return [item for item in as_list(value) if isinstance(item, str)]


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _at(values: list[Any], index: int) -> Any:
    return values[index] if index < len(values) else MISSING
