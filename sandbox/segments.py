"""An answer in pieces that can be marked as wrong: sentences, list items, table rows."""

import re
from itertools import pairwise

from sandbox.definitions import Span

SENTENCE_END = re.compile(
    r"(?<=[.!?…])(?<!\bMs\.)(?<!\bMr\.)(?<!\bMrs\.)(?<!\bDr\.)(?<!\bNo\.)(?<!\bNr\.)[\"\u201d\u2019)\]]*\s+(?=[\"\u201c\u2018]?[^\W_a-z])"
)
LIST_MARK = re.compile(r"\s*(?:\d{1,3}[.)]\s+)?")
EDGE = re.compile(r"^[\s#>*_\-•|]+|[\s|*_]+$")
RULE = re.compile(r"^[\s|:\-=+*_`]*$")


def segments(text: str) -> tuple[Span, ...]:
    """Return the pieces of an answer in order.

    What claims nothing is left out: rules, and lines that are headings and end with a colon. A line is split into
    sentences, each with the source in brackets behind it; a table row stays whole. The spans are code points of `text`.
    """
    found: list[Span] = []
    start = 0
    for line in text.split("\n"):
        if not RULE.match(line):
            found += [Span(start, start + len(line))] if line.count("|") > 1 else _sentences(line, start)
        start += len(line) + 1
    trimmed = [each for span in found if (each := _trimmed(text, span))]
    return tuple(span for span in trimmed if not _is_heading(text, span))


def _is_heading(text: str, span: Span) -> bool:
    """Whether a piece is all there is in its line, and ends with a colon."""
    line_start = text.rfind("\n", 0, span.start) + 1
    is_alone = not any(map(str.isalnum, text[line_start : span.start]))
    return is_alone and text[span.start : span.end].endswith(":")


def _sentences(line: str, offset: int) -> list[Span]:
    begins = LIST_MARK.match(line).end()  # type: ignore[union-attr]  # it matches nothing, too
    cuts = [begins, *(match.end() for match in SENTENCE_END.finditer(line, begins)), len(line)]
    return [Span(offset + begin, offset + end) for begin, end in pairwise(cuts)]


def _trimmed(text: str, span: Span) -> Span | None:
    piece = text[slice(*span)]
    start = span.start
    if (edge := EDGE.match(piece)) and edge.start() == 0:
        start += edge.end()
    end = start + len(text[start : span.end].rstrip(" \t|*_"))
    return Span(start, end) if end > start else None
