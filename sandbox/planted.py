"""Answers with planted mistakes as authors write them: the wrong words marked where they stand."""

import re

from sandbox.definitions import PlantedAnswer, Span

MARK = re.compile(r"\[\[(?P<words>.+?)\|\|(?P<why>.+?)\]\]", re.DOTALL)


class MarkupError(ValueError):
    """A mark is not closed, or lacks its explanation; the message says which one and how to mend it."""


def read_planted(marked: str) -> PlantedAnswer | None:
    """Return the answer without its marks, and where each mistake stands; None for an empty text.

    Args:
        marked: Text in which ``[[wrong words||what is wrong]]`` marks each mistake.

    Raises:
        MarkupError: A mark cannot be read, or there is none.
    """
    marked = marked.strip()
    if not marked:
        return None
    text, mistakes, last = "", [], 0
    for mark in MARK.finditer(marked):
        text += marked[last : mark.start()]
        begins = len(text)
        text += mark["words"].strip()
        mistakes.append((Span(begins, len(text)), " ".join(mark["why"].split())))
        last = mark.end()
    text += marked[last:]
    if "[[" in text or "||" in text or "]]" in text:
        near = text[max(0, text.find("[[")) :][:40]
        raise MarkupError(f"A mistake is not marked as [[words||what is wrong]], near “{near}”.")
    if not mistakes:
        raise MarkupError("No mistake is marked. Mark at least one as [[words||what is wrong]].")
    return PlantedAnswer(text, tuple(mistakes))
