"""The one way to write down what a document says, so that two machines sign the same bytes: RDFC-1.0.

Written from the standard instead of patching PyLD, whose older URDNA2015 differs in how it escapes control characters:
signatures over such a text fail everywhere else. It also counts its steps, as the standard demands of whoever reads
documents of strangers: naming anonymous nodes takes exponential time in the worst case, and that case can be written.

Source: W3C RDF Dataset Canonicalization (RDFC-1.0), 21 May 2024; W3C RDF 1.1 N-Quads, canonical form.
"""

import hashlib
import re
from collections.abc import Callable, Iterable
from itertools import permutations
from typing import Any

from badges.ob3.linked_data import IRI, Expansion, NotLinkedData, expand, to_triples
from badges.ob3.members import members

Order = Callable[[str], Any]
"""What a line is sorted by."""

Quad = tuple[str, ...]
"""Subject, predicate, object and, outside the default graph, its name: each as N-Quads writes it."""

MOST_STEPS = 5_000
"""Paths through anonymous nodes that are tried; an honest badge needs a handful."""

LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")

XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"
LANG_STRING = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"

ESCAPES = {code: f"\\u{code:04X}" for code in [*range(0x20), 0x7F]} | {
    ord("\b"): "\\b",
    ord("\t"): "\\t",
    ord("\n"): "\\n",
    ord("\f"): "\\f",
    ord("\r"): "\\r",
    ord('"'): '\\"',
    ord("\\"): "\\\\",
}


def by_characters(line: str) -> str:
    """Sort by whole characters, as RDFC-1.0 wants it: "code point order"."""
    return line


def by_utf16(line: str) -> bytes:
    """Sort by halves of characters, as JavaScript and Java do unless told otherwise; emoji then come earlier.

    What some libraries sign is sorted so. Nothing is issued this way.
    """
    return line.encode("utf-16-be", "surrogatepass")


def has_two_orders(document: dict[str, Any]) -> bool:
    """Tell whether the two orders may differ: only where a character of two halves meets one from U+E000 to U+FFFF."""
    characters = {
        character
        for member in members(document)
        if isinstance(member.value, str)
        for character in member.value
    }
    return any(character > "\uffff" for character in characters) and any(
        "\ue000" <= character <= "\uffff" for character in characters
    )


class TooComplex(NotLinkedData):
    """Its anonymous nodes are so alike that naming them takes longer than anybody waits."""


def canonical_form(document: dict[str, Any], order: Order = by_characters) -> str:
    """Return the canonical N-Quads of a document; in another order only to verify what others sorted so.

    Raises:
        NotLinkedData: It is no JSON-LD under the bundled contexts, or an address in it cannot be written.
        TooComplex: It was made to keep its reader busy.
    """
    return canonical_form_of(expand(document), order)


def canonical_form_of(expansion: Expansion, order: Order = by_characters) -> str:
    """Return the canonical N-Quads of a document that is expanded already.

    Raises:
        NotLinkedData: An address in it cannot be written; PyLD would leave out whatever is said about it.
        TooComplex: It was made to keep its reader busy.
    """
    if expansion.relative:
        raise NotLinkedData(f"No full address: {expansion.relative[0][:100]!r}")
    quads = [_quad(triple, graph) for graph, triples in to_triples(expansion).items() for triple in triples]
    return _Canonicalization(list(dict.fromkeys(quads)), order).lines()


class _Names:
    """Gives out names to anonymous nodes in the order in which they are asked for."""

    def __init__(self, prefix: str, given: dict[str, str] | None = None) -> None:
        self.prefix = prefix
        self.given = dict(given or {})

    def name(self, node: str) -> str:
        return self.given.setdefault(node, f"{self.prefix}{len(self.given)}")

    def copy(self) -> "_Names":
        return _Names(self.prefix, self.given)


class _Canonicalization:
    """One run of the algorithm; section numbers are those of the standard."""

    def __init__(self, quads: list[Quad], order: Order) -> None:
        self.quads = quads
        self.order = order
        self.names = _Names("_:c14n")
        self.steps = 0
        self.quads_of: dict[str, list[Quad]] = {}
        for quad in quads:
            for node in dict.fromkeys(term for term in quad if _is_anonymous(term)):
                self.quads_of.setdefault(node, []).append(quad)
        self.first_hashes = {node: self._first_degree(node) for node in self.quads_of}

    def lines(self) -> str:
        """Canonicalization algorithm, section 4.4.3."""
        alike: dict[str, list[str]] = {}
        for node, digest in self.first_hashes.items():
            alike.setdefault(digest, []).append(node)
        for digest in sorted(alike):
            if len(alike[digest]) == 1:
                self.names.name(alike[digest][0])
        for digest in sorted(alike):
            if len(alike[digest]) > 1:
                self._name_apart(alike[digest])
        return "".join(sorted((_line(quad, self.names.name) for quad in self.quads), key=self.order))

    def _name_apart(self, nodes: Iterable[str]) -> None:
        results = []
        for node in nodes:
            if node not in self.names.given:
                names = _Names("_:b")
                names.name(node)
                results.append(self._nth_degree(node, names))
        for _digest, names in sorted(results, key=lambda result: result[0]):
            for node in names.given:
                self.names.name(node)

    def _first_degree(self, node: str) -> str:
        """Hash First Degree Quads, section 4.6.3."""
        lines = [_line(quad, lambda other: "_:a" if other == node else "_:z") for quad in self.quads_of[node]]
        return _digest("".join(sorted(lines, key=self.order)))

    def _related(self, node: str, quad: Quad, names: _Names, position: str) -> str:
        """Hash Related Blank Node, section 4.7.3."""
        name = self.names.given.get(node) or names.given.get(node) or self.first_hashes[node]
        return _digest(position + ("" if position == "g" else quad[1]) + name)

    def _nth_degree(self, node: str, names: _Names) -> tuple[str, _Names]:
        """Hash N-Degree Quads, section 4.8.3."""
        related: dict[str, list[str]] = {}
        for quad in self.quads_of[node]:
            for term, position in zip(quad, "s-og", strict=False):
                if position != "-" and _is_anonymous(term) and term != node:
                    related.setdefault(self._related(term, quad, names, position), []).append(term)
        data = ""
        for digest in sorted(related):
            path, names = self._shortest(related[digest], names)
            data += digest + path
        return _digest(data), names

    def _shortest(self, nodes: list[str], names: _Names) -> tuple[str, _Names]:
        """Return the least of the paths through the nodes in every order, and the names that it gave."""
        least: tuple[str, _Names] | None = None
        for order in permutations(nodes):
            self.steps += 1
            if self.steps > MOST_STEPS:
                raise TooComplex("Its anonymous parts are too many and too alike")
            found = self._path(order, names.copy(), least[0] if least else "")
            if found and (least is None or found[0] < least[0]):
                least = found
        assert least is not None  # there is always an order, and the first is never given up
        return least

    def _path(self, order: tuple[str, ...], names: _Names, least: str) -> tuple[str, _Names] | None:
        """Return one path and its names; None as soon as it cannot become the least."""
        path, open_nodes = "", []
        for node in order:
            if node in self.names.given:
                path += self.names.given[node]
            else:
                if node not in names.given:
                    open_nodes.append(node)
                path += names.name(node)
            if _is_beaten(path, least):
                return None
        for node in open_nodes:
            digest, further = self._nth_degree(node, names)
            path += f"{names.name(node)}<{digest}>"
            names = further
            if _is_beaten(path, least):
                return None
        return path, names


def _is_beaten(path: str, least: str) -> bool:
    return bool(least) and len(path) >= len(least) and path > least


def _is_anonymous(term: str) -> bool:
    return term.startswith("_:")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _line(quad: Quad, name: Callable[[str], str]) -> str:
    return " ".join(name(term) if _is_anonymous(term) else term for term in quad) + " .\n"


def _quad(triple: dict[str, Any], graph: str) -> Quad:
    terms = (_term(triple["subject"]), _term(triple["predicate"]), _term(triple["object"]))
    if graph == "@default":
        return terms
    return (*terms, graph if _is_anonymous(graph) else _iri(graph))


def _term(term: dict[str, Any]) -> str:
    value = term["value"]
    if term["type"] == "blank node":
        return str(value)
    if term["type"] == "IRI":
        return _iri(value)
    if not isinstance(value, str):
        raise NotLinkedData("A value that is no text where the context wants one")
    literal = f'"{value.translate(ESCAPES)}"'
    if term["datatype"] == LANG_STRING:
        return f"{literal}@{_language(term.get('language'))}"
    return literal if term["datatype"] == XSD_STRING else f"{literal}^^{_iri(term['datatype'])}"


def _iri(value: Any) -> str:
    """Return an address as N-Quads writes it. One with a bracket in it could pretend to be several statements."""
    if not isinstance(value, str) or not IRI.fullmatch(value):
        raise NotLinkedData(f"An address that cannot be written: {str(value)[:100]!r}")
    return f"<{value}>"


def _language(value: Any) -> str:
    if not isinstance(value, str) or not LANGUAGE.fullmatch(value):
        raise NotLinkedData(f"A language that is none: {str(value)[:100]!r}")
    return value
