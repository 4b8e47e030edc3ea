"""Every route of the site, and an address for each."""

import re
import uuid
from collections.abc import Iterable, Iterator

from django.urls import URLPattern, URLResolver, get_resolver

NOBODYS = "987654"  # an id that nothing has, on any database

ARGUMENTS = [
    (r"<slug:slug>", "{slug}"),
    (r"<int:completion_id>", "{completion}"),
    (r"<uuid:\w+>", str(uuid.UUID(int=1))),
    (r"<(int|str|slug|path):\w+>|<\w+>", NOBODYS),
    (r"\(\?P<\w+>(?:\[[^\]]*\]|[^()])*\)|\((?:\\d\+|\.\*)\)", NOBODYS),
    (r"\.\*", "nowhere"),
]


def all_routes() -> dict[str, str]:
    """Return the pattern of every route with its name; routes without a name are named by their pattern."""
    return dict(_walk(get_resolver().url_patterns))


def address_of(pattern: str, **arguments: str) -> str:
    """Return an address that the pattern matches, with made-up arguments where none is given."""
    address = pattern.replace("^", "").replace("$", "").replace("\\.", ".")
    for expression, value in ARGUMENTS:
        address = re.sub(expression, value.format(**arguments), address)
    return "/" + address.replace("(?:", "").lstrip("/")


def _walk(patterns: Iterable[URLPattern | URLResolver], prefix: str = "") -> Iterator[tuple[str, str]]:
    for pattern in patterns:
        address = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, address)
        else:
            yield address, pattern.name or address
