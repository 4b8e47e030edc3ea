"""What is known to be wrong in an answer, place by place."""

from bisect import bisect_left
from typing import NamedTuple

from sandbox.checks.base import registered_checks
from sandbox.checks.phrases import find_phrases
from sandbox.checks.running import run_checks
from sandbox.definitions import Definition, Span


class Mistake(NamedTuple):
    """Something wrong in an answer.

    Attributes:
        source: ``planted``, ``pitfall``, or the name of the check that failed.
    """

    span: Span
    explanation: str
    source: str


def find_mistakes(answer: str, definition: Definition, prompt: str) -> tuple[Mistake, ...]:
    """Return the known mistakes of an answer, in order; none overlaps another.

    A planted answer has the mistakes that its author planted, and no others. In any other answer they are the pitfalls
    of the exercise, and the places at which failed checks point: checks do not find all that is wrong.
    """
    planted = definition.planted_answer
    if planted and answer == planted.text:
        return tuple(Mistake(span, wrong, "planted") for span, wrong in sorted(planted.mistakes))
    kept: list[Mistake] = []
    for mistake in [*_pitfalls(answer, definition), *_failures(answer, definition, prompt)]:
        place = bisect_left(kept, mistake.span.end, key=lambda other: other.span.start)
        if not place or kept[place - 1].span.end <= mistake.span.start:
            kept.insert(place, mistake)
    return tuple(kept)


def _pitfalls(answer: str, definition: Definition) -> list[Mistake]:
    """Return where the answer says what the material does not, and what models like to say."""
    return [
        Mistake(span, pitfall.explanation, "pitfall")
        for pitfall in definition.pitfalls
        for word in pitfall.words
        if not find_phrases([word], definition.named_material_text)
        for span in find_phrases([word], answer)
    ]


def _failures(answer: str, definition: Definition, prompt: str) -> list[Mistake]:
    mistakes = []
    for result in run_checks(answer, definition, prompt):
        if result.passed is not False:
            continue
        check = registered_checks()[result.check]
        for span in result.spans:
            words = answer[span.start : span.end]
            mistakes.append(Mistake(span, check.explain_place(words) or result.explanation, result.check))
    return mistakes
