"""Whether the learner found what is wrong with an answer.

The learner marks stretches of the answer. A mark finds a mistake when it touches it and is about it: a mark may take in
the sentence around a mistake, but whoever marks everything has reviewed nothing. Where mistakes were planted all of
them are known, and a mark that finds none costs points. Elsewhere the mistakes are those that checks noticed; checks do
not notice all, so such a mark is *unconfirmed*, never wrong.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sandbox.definitions import Span

REVIEW_VERSION = "1"
"""Stored beside results. It changes whenever the same marks could get another score."""

_AROUND = 200
"""Characters that a mark may take in beyond the mistake: about a sentence before it and one behind."""


@dataclass(frozen=True)
class ReviewFeedback:
    """What became of a learner's marks.

    Attributes:
        found: The mistakes that were marked, in order.
        missed: Those that were not.
        unconfirmed: The marks that touch no known mistake, or too much else.
        score: 0 to 100; None where no mistake is known.
        sentence: The same in words.
    """

    found: tuple[Span, ...]
    missed: tuple[Span, ...]
    unconfirmed: tuple[Span, ...]
    score: int | None
    sentence: str

    def to_json(self) -> dict[str, Any]:
        """Return what `from_json` reads."""
        return {
            "found": [list(span) for span in self.found],
            "missed": [list(span) for span in self.missed],
            "unconfirmed": [list(span) for span in self.unconfirmed],
            "score": self.score,
            "sentence": self.sentence,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "ReviewFeedback":
        """Return the feedback that was stored with `to_json`.

        Raises:
            KeyError: A member is missing.
        """
        return cls(
            found=tuple(Span(*span) for span in data["found"]),
            missed=tuple(Span(*span) for span in data["missed"]),
            unconfirmed=tuple(Span(*span) for span in data["unconfirmed"]),
            score=data["score"],
            sentence=data["sentence"],
        )


def score_review(
    marks: Sequence[Span], mistakes: Sequence[Span], text_length: int, *, is_complete: bool = False
) -> ReviewFeedback:
    """Return what the marks found, and a score.

    The score is the share of mistakes found. When all mistakes are known it is the harmonic mean of that and the share
    of marks that found one. It shrinks when more is marked than the mistakes with what stands around them.

    Args:
        marks: What the learner marked, in characters of the answer; what reaches beyond the answer is cut off.
        mistakes: What is known to be wrong.
        text_length: Length of the answer in characters.
        is_complete: Whether nothing else is wrong, as in a planted answer.
    """
    marks = _tidy(marks, text_length)
    mistakes = _tidy(mistakes, text_length)
    found = tuple(m for m in mistakes if any(_finds(mark, m, text_length) for mark in marks))
    hits = [mark for mark in marks if any(_finds(mark, m, text_length) for m in mistakes)]
    unconfirmed = tuple(mark for mark in marks if mark not in hits)
    missed = tuple(m for m in mistakes if m not in found)
    score = None
    if mistakes:
        share = len(found) / len(mistakes)
        if is_complete and found:
            precision = len(hits) / len(marks)
            share = 2 * share * precision / (share + precision)
        score = int(100 * share * _thrift(marks, mistakes, text_length) + 0.5)
    return ReviewFeedback(
        found, missed, unconfirmed, score, _sentence(found, missed, unconfirmed, is_complete=is_complete)
    )


def _tidy(spans: Iterable[Span], text_length: int) -> tuple[Span, ...]:
    """Return the spans inside the text, in order, each once."""
    inside = {Span(max(0, span[0]), min(text_length, span[1])) for span in spans}
    return tuple(sorted(span for span in inside if span.start < span.end))


def _finds(mark: Span, mistake: Span, text_length: int) -> bool:
    """Whether a mark touches a mistake and is no longer than it takes to show it."""
    if mark.start >= mistake.end or mistake.start >= mark.end:
        return False
    marked, wrong = mark.end - mark.start, mistake.end - mistake.start
    return marked <= 2 * wrong or (marked <= wrong + _AROUND and 2 * marked <= text_length)


def _thrift(marks: Sequence[Span], mistakes: Sequence[Span], text_length: int) -> float:
    """Return 1.0 while no more is marked than shows the mistakes, and less the more is marked beyond that.

    As with a single mark, that is a sentence or so around each, at most half of the text, or twice what is wrong.
    """
    marked = _covered(marks)
    needed = sum(span.end - span.start + _AROUND for span in mistakes)
    allowed = max(min(needed, text_length // 2), 2 * _covered(mistakes))
    return min(1.0, allowed / marked) if marked else 1.0


def _covered(spans: Sequence[Span]) -> int:
    """Return how many characters the spans cover together; they are in order."""
    covered, end = 0, 0
    for span in spans:
        covered += max(0, span.end - max(span.start, end))
        end = max(end, span.end)
    return covered


def _sentence(
    found: Sequence[Span], missed: Sequence[Span], unconfirmed: Sequence[Span], *, is_complete: bool
) -> str:
    known = len(found) + len(missed)
    if not known:
        return _without_known_mistakes(unconfirmed, is_complete=is_complete)
    sentence = ngettext(
        "You found %(found)d of %(known)d known mistake.",
        "You found %(found)d of %(known)d known mistakes.",
        known,
    ) % {"found": len(found), "known": known}
    if unconfirmed and is_complete:
        return f"{sentence} {_about_marks_on_right_words(len(unconfirmed))}"
    if unconfirmed:
        return f"{sentence} {_about_unconfirmed_marks(len(unconfirmed))}"
    return sentence


def _without_known_mistakes(unconfirmed: Sequence[Span], *, is_complete: bool) -> str:
    if is_complete and unconfirmed:
        return _about_marks_on_right_words(len(unconfirmed))
    if is_complete:
        return _("There is no mistake in this answer, and you marked none.")
    if unconfirmed:
        return _about_unconfirmed_marks(len(unconfirmed))
    return _("You marked nothing, and the checks found nothing either. They do not find everything.")


def _about_unconfirmed_marks(count: int) -> str:
    return ngettext(
        "%(n)d mark is unconfirmed: the checks do not find everything, so look it up in the material.",
        "%(n)d marks are unconfirmed: the checks do not find everything, so look them up in the material.",
        count,
    ) % {"n": count}


def _about_marks_on_right_words(count: int) -> str:
    return ngettext(
        "%(n)d mark points to words that the author of this answer holds to be right, or to too many words.",
        "%(n)d marks point to words that the author of this answer holds to be right, or to too many words.",
        count,
    ) % {"n": count}
