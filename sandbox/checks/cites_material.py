"""Does the answer show where it comes from?"""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sandbox.checks.base import CheckContext, OutcomeCheck, Setting, Verdict, outcome_check
from sandbox.checks.phrases import WORD
from sandbox.definitions import Span

_MARKS = r"\"\u201c\u201d\u201e\u00ab\u00bb"
_QUOTE = re.compile(rf"[{_MARKS}]([^{_MARKS}]{{1,1000}})[{_MARKS}]")
_REFERENCE = re.compile(
    r"(?<!\w)(clauses?|sections?|articles?|paragraphs?|lines?|rows?|items?|no\.|\u00a7{1,2}|klauseln?|abschnitte?"
    r"|artikel|ziffern?|absatz|zeilen?|punkte?|nr\.)\s{0,2}(\d{1,4}(?:\.\d{1,3}){0,3}[a-z]?)(?!\w)",
    re.IGNORECASE,
)
_LINES = ("line", "zeile", "row")
_SHORTEST_QUOTE = 5


@outcome_check
class CitesMaterial(OutcomeCheck):
    """Quotes of five words or more, word for word, or numbers of clauses, lines and sections that exist; each once."""

    check = "cites_material"
    settings = (Setting("quotes", "count"),)

    def describe(self, settings: Mapping[str, Any]) -> str:
        """Return how many."""
        n = settings["quotes"]
        return ngettext(
            "Quotes the material word for word %(n)d time, or cites its numbers.",
            "Quotes the material word for word %(n)d times, or cites its numbers.",
            n,
        ) % {"n": n}

    def judge(self, answer: str, settings: Mapping[str, Any], context: CheckContext) -> Verdict:
        """Return whether there are enough; what claims to be a quote and is none is shown when there are not."""
        good, bad = _quotes(answer, context.material)
        cited, wrong = _references(answer, context.material)
        count = len(good) + len(cited)
        explanation = ngettext(
            "%(n)d place of the material is cited.", "%(n)d places of the material are cited.", count
        ) % {"n": count}
        if count >= settings["quotes"]:
            return Verdict(True, explanation, tuple(sorted([*good.values(), *cited.values()])))
        invented = tuple(sorted([*bad, *wrong]))
        if invented:
            explanation += " " + _("What is marked does not stand in the material.")
        return Verdict(False, explanation, invented)

    def explain_place(self, words: str) -> str:
        """Return that it is no citation."""
        return _("\u201c%(words)s\u201d does not stand in the material.") % {"words": words}


def _quotes(answer: str, material: str) -> tuple[dict[str, Span], list[Span]]:
    """Return the quotes that stand in the material, each once, and those that do not."""
    known = _normalized(material)
    good: dict[str, Span] = {}
    bad = []
    for match in _QUOTE.finditer(answer):
        words = _normalized(match.group(1))
        if len(words.split()) < _SHORTEST_QUOTE:
            continue
        if f" {words.strip()} " in f" {known.strip()} ":
            good.setdefault(words, Span(*match.span(1)))
        else:
            bad.append(Span(*match.span(1)))
    return good, bad


def _references(answer: str, material: str) -> tuple[dict[str, Span], list[Span]]:
    """Return the numbers of clauses and lines that exist in the material, each once, and those that do not."""
    line_count = len(material.splitlines())
    good: dict[str, Span] = {}
    bad = []
    for match in _REFERENCE.finditer(answer):
        word, number = match.group(1).casefold(), match.group(2).casefold()
        exists = bool(re.search(rf"(?<![\w.]){re.escape(number)}(?![\w]|\.\d)", material, re.IGNORECASE))
        if word.startswith(_LINES) and number.isdigit():
            exists = exists or 1 <= int(number) <= line_count
        if exists:
            good.setdefault(number, Span(*match.span()))
        else:
            bad.append(Span(*match.span()))
    return good, bad


def _normalized(text: str) -> str:
    """Return the words in lower case with one space between them: signs and line breaks make no difference."""
    return " ".join(match.group().casefold().replace("\u2019", "'") for match in WORD.finditer(text))
