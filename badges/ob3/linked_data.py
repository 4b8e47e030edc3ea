"""JSON-LD: what the members of a document mean once its contexts are applied. PyLD does it; this is all we use of it.

PyLD has no safe mode. It forgets members that no context defines, silently, and what it forgot is under no signature.
So expanding returns the names of what was forgotten, and nobody here expands without looking at them.
"""

import re
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cachetools import LRUCache
from pyld import jsonld  # type: ignore[import-untyped]
from pyld.context_resolver import ContextResolver  # type: ignore[import-untyped]

from badges.ob3.contexts.loader import load_context
from badges.ob3.members import members

_of_this_thread = threading.local()


BASE = "relative://name/"
"""Where names end up that are no full address. Without a base of ours PyLD resolves them against one of its own."""


IRI = re.compile(r"""[A-Za-z][A-Za-z0-9+.-]*:[^\s\x00-\x20<>"{}|^`\\]*""")
"""A full address that can be written down. About any other one PyLD says nothing, silently."""


MOST_ALIKE = 1_000
"""Values of one member of one thing. PyLD compares each with each, so a list of ten thousand takes minutes."""


class NotLinkedData(ValueError):
    """The document cannot be read as JSON-LD with the contexts that are bundled."""


@dataclass(frozen=True)
class Expansion:
    """A document with every name written out in full.

    Attributes:
        nodes: The expanded document.
        forgotten: Names of members that no context defines; they mean nothing and are not signed.
        relative: Types and addresses that are no full address; other verifiers refuse them, or sign something else.
    """

    nodes: list[Any]
    forgotten: tuple[str, ...]
    relative: tuple[str, ...]


def expand(document: dict[str, Any]) -> Expansion:
    """Return a document written out in full.

    Raises:
        NotLinkedData: A context is unknown, or the document contradicts it.
    """
    forgotten: list[str] = []
    processor = jsonld.JsonLdProcessor(on_property_dropped=lambda name: forgotten.append(str(name)))
    try:
        nodes = processor.expand(document, _options())
    except Exception as error:
        raise NotLinkedData(_innermost(error)) from error
    relative = (name.removeprefix(BASE) for name in _names_in(nodes) if not _is_full(name))
    return Expansion(nodes, tuple(dict.fromkeys(forgotten)), tuple(dict.fromkeys(relative)))


def to_triples(expansion: Expansion) -> dict[str, list[dict[str, Any]]]:
    """Return the statements that an expanded document makes, by the name of their graph.

    Raises:
        NotLinkedData: It makes none that can be written, or says more than `MOST_ALIKE` things of one kind.
    """
    _check_repetition(expansion.nodes)
    try:
        graphs: dict[str, list[dict[str, Any]]] = jsonld.JsonLdProcessor().to_rdf(expansion.nodes, _options())
    except Exception as error:
        raise NotLinkedData(_innermost(error)) from error
    return graphs


def _check_repetition(nodes: list[Any]) -> None:
    """Refuse what takes long to join. Things of the same address are one thing, wherever they stand."""
    said: Counter[tuple[str, str]] = Counter()
    for member in members(nodes):
        if not isinstance(member.value, dict):
            continue
        address = member.value.get("@id", member.path)
        for name, values in member.value.items():
            said[address, name] += len(values) if isinstance(values, list) else 0
    if max(said.values(), default=0) > MOST_ALIKE:
        raise NotLinkedData(f"It says more than {MOST_ALIKE} things of one kind")


def _options() -> dict[str, Any]:
    """Return PyLD's options, with a cache of contexts that is ours and this thread's.

    PyLD's own is shared by the whole process: a library that loads another edition of one of these contexts would
    change what we sign, and its entries are evicted without a lock.
    """
    if not hasattr(_of_this_thread, "contexts"):
        _of_this_thread.contexts = LRUCache(maxsize=100)
    return {
        "base": BASE,
        "documentLoader": _load,
        "contextResolver": ContextResolver(_of_this_thread.contexts, _load),
    }


def _load(url: str, _options: dict[str, Any]) -> dict[str, Any]:
    return {
        "contentType": "application/ld+json",
        "contextUrl": None,
        "documentUrl": url,
        "document": load_context(url),
        "tag": "static",  # lets the resolver keep it between documents
    }


def _is_full(name: str) -> bool:
    if name.startswith("relative:"):
        return False
    return name.startswith("_:") or IRI.fullmatch(name) is not None


def _names_in(value: Any) -> Iterator[str]:
    """Give every type and address in an expanded document."""
    if isinstance(value, list):
        for item in value:
            yield from _names_in(item)
    elif isinstance(value, dict) and "@value" not in value:
        for member, content in value.items():
            if member in {"@id", "@type"}:
                yield from (content if isinstance(content, list) else [content])
            else:
                yield from _names_in(content)


def _innermost(error: BaseException) -> str:
    """Return what the first cause says: PyLD wraps it several times."""
    while error.__cause__ is not None:
        error = error.__cause__
    return (str(error) or type(error).__name__)[:300]
