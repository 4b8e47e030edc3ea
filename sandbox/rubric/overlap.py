"""How much of a text was taken from another one, by runs of words (shingles)."""

import re
from collections.abc import Iterable, Set

from sandbox.definitions import Span

WORD = re.compile(r"\w+")
SHINGLE = 4
COPIED_RUN = 12
"""Words in a row that stand in the material just so before they count as copied, not as said by the learner."""


def shingles(text: str, size: int = SHINGLE) -> frozenset[tuple[str, ...]]:
    """Return every run of `size` words, in lower case; empty when the text is shorter."""
    words = [word.casefold() for word in WORD.findall(text)]
    return frozenset(zip(*(words[shift:] for shift in range(size)), strict=False))


def share_within(part: Set[tuple[str, ...]], whole: Set[tuple[str, ...]]) -> float:
    """Return which share of one text's shingles stand in the other, 0.0 to 1.0."""
    return len(part & whole) / len(part) if part else 0.0


def copied_spans(text: str, sources: Iterable[str]) -> tuple[Span, ...]:
    """Return the stretches of a text that stand word for word in one of the sources, in order."""
    known = frozenset[tuple[str, ...]]().union(*(shingles(source, COPIED_RUN) for source in sources))
    if not known:
        return ()
    matches = list(WORD.finditer(text))
    words = [match.group().casefold() for match in matches]
    spans: list[Span] = []
    for first, run in enumerate(zip(*(words[shift:] for shift in range(COPIED_RUN)), strict=False)):
        if run not in known:
            continue
        start, end = matches[first].start(), matches[first + COPIED_RUN - 1].end()
        if spans and start <= spans[-1].end:
            spans[-1] = Span(spans[-1].start, end)
        else:
            spans.append(Span(start, end))
    return tuple(spans)
