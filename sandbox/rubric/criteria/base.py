"""What the criteria share."""

from abc import ABC, abstractmethod
from bisect import bisect_left
from collections.abc import Iterable
from itertools import accumulate
from typing import Any, ClassVar, NamedTuple

from sandbox.definitions import Span
from sandbox.rubric.reading import Reading


class Judgment(NamedTuple):
    """What a criterion finds in a reading.

    Attributes:
        level: 0, 1 or 2; None when it cannot be judged.
        evidence: Places in the text of the reading.
        missing: What is not there; empty when nothing is.
        hint: The next step; empty when there is none.
    """

    level: int | None
    evidence: tuple[Span, ...] = ()
    missing: str = ""
    hint: str = ""


class Criterion(ABC):
    """One criterion of the rubric.

    Attributes:
        key: As in `CRITERIA`.
        label: As it is shown.
        live_signals: Signals of the lexicon that are enough for a quiet hint while someone types.
        live_hint: That hint.
    """

    key: ClassVar[str]
    label: ClassVar[Any]
    live_signals: ClassVar[tuple[str, ...]] = ()
    live_hint: ClassVar[Any] = ""

    @abstractmethod
    def judge(self, reading: Reading) -> Judgment:
        """Return what the prompt shows; the reading has a lexicon."""

    def judge_without_words(self, reading: Reading) -> Judgment:  # noqa: ARG002 - few criteria can
        """Return what can be said of a prompt in a language of which no words are known."""
        return Judgment(None)


def distinct(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return the spans in order, each that overlaps an earlier one left out."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return tuple(kept)


def outside(spans: Iterable[Span], others: Iterable[Span]) -> tuple[Span, ...]:
    """Return the spans, in order, that touch none of the others."""
    taken = sorted(others)
    ends = list(accumulate((other.end for other in taken), max))
    starts = [other.start for other in taken]
    kept = []
    for span in sorted(spans):
        before = bisect_left(starts, span.end)
        if not before or ends[before - 1] <= span.start:
            kept.append(span)
    return tuple(kept)
