"""Rules that need a sentence: the words around a value say what it is, because it has no form of its own."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from sandbox.guard.findings import Hit
from sandbox.guard.reading import Reading

CAPITALIZED = r"(?-i:(?!This|That|There|Here|What|Who|Which)[A-Z])[\w-]{1,20}"
"""A word that may be a name, inside a form that is otherwise compared in any case."""

SOME_WORDS = r"[^\W\d_][\w'-]*(?: [\w'-]+){0,3}"
"""One to four words."""


class Rule(NamedTuple):
    """A kind of sentence.

    Attributes:
        literals: In lower case; without one of them in the text the form is not tried.
        form: Its group ``value`` is what the finding covers.
    """

    kind: str
    literals: tuple[str, ...]
    form: re.Pattern[str]


def rule(kind: str, literals: str, *form: str) -> Rule:
    """Return a rule; the pieces of its form are joined, and compared in any case."""
    return Rule(kind, tuple(literals.split()), re.compile("".join(form), re.IGNORECASE))


def find_by(rules: Iterable[Rule], reading: Reading) -> Iterator[Hit]:
    """Return the values of all sentences of these kinds."""
    for kind, literals, form in rules:
        if any(literal in reading.lowered for literal in literals):
            for match in form.finditer(reading.text):
                yield Hit(kind, *match.span("value"))
