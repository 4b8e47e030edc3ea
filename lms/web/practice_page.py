"""The page of an exercise: feedback, answers and marks put into words and spans."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sandbox.definitions import Definition, Span
from sandbox.guard import Finding, Severity, label, why
from sandbox.models import Attempt, Run, SecondOpinion
from sandbox.rendering import answer_html
from sandbox.rubric import CriterionFeedback, PromptFeedback, next_hint
from sandbox.segments import segments
from sandbox.selectors.judging import OpinionLine, opinion_lines
from sandbox.services.guarding import Look


@dataclass(frozen=True)
class FoundLine:
    """Something that the guard found, for the page.

    Attributes:
        digest: Names the value without holding it.
    """

    name: str
    why: str
    value: str
    placeholder: str
    digest: str
    may_stay: bool


@dataclass(frozen=True)
class Segment:
    """A piece of an answer that can be marked as wrong."""

    text: str
    value: str
    is_marked: bool


@dataclass(frozen=True)
class RunView:
    """An answer as its learner sees it.

    Attributes:
        number: Which of the answers to its prompt it is, from 1.
        lines: Its pieces that can be marked, line by line.
        sentence: What the review came to; empty before it.
        found: Mistakes that the learner marked: the words, and what is wrong with them.
        missed: Those that the learner did not mark.
    """

    run: Run
    number: int
    html: SafeString
    checks: Sequence[Any]
    lines: list[list[Segment]] = field(default_factory=list)
    sentence: str = ""
    found: list[tuple[str, str]] = field(default_factory=list)
    missed: list[tuple[str, str]] = field(default_factory=list)

    @property
    def model_name(self) -> str:
        """Return which model answered; a letter while that is hidden."""
        return "" if self.run.is_blind else self.run.model_name


@dataclass(frozen=True)
class AttemptView:
    """An attempt as its learner sees it."""

    attempt: Attempt
    feedback: PromptFeedback
    prompt: SafeString
    hint: CriterionFeedback | None
    runs: list[RunView]
    opinion: SecondOpinion | None
    opinion_lines: list[OpinionLine]


def attempt_view(attempt: Attempt) -> AttemptView:
    """Return what the page shows of an attempt; no query when its runs were fetched."""
    feedback = PromptFeedback.from_json(attempt.feedback)
    opinion = getattr(attempt, "opinion", None)
    evidence = sorted(span for each in feedback.criteria if each.level for span in each.evidence)
    return AttemptView(
        attempt=attempt,
        feedback=feedback,
        prompt=marked(attempt.prompt, evidence),
        hint=next_hint(feedback),
        runs=[run_view(run, number) for number, run in enumerate(attempt.runs.all(), 1)],
        opinion=opinion,
        opinion_lines=opinion_lines(opinion, attempt.feedback) if opinion else [],
    )


def run_view(run: Run, number: int) -> RunView:
    """Return what the page shows of an answer; no query."""
    review = getattr(run, "review", None)
    result = review.result if review else {}
    marks = {tuple(mark) for mark in review.marks} if review else set()
    return RunView(
        run,
        number,
        answer_html(run.answer),
        run.outcome,
        _lines(run.answer, marks),
        result.get("sentence", ""),
        found=_explained(run.answer, result, "found"),
        missed=_explained(run.answer, result, "missed"),
    )


def _lines(answer: str, marks: set[tuple[int, int]]) -> list[list[Segment]]:
    lines: list[list[Segment]] = []
    end = 0
    for span in segments(answer):
        if not lines or "\n" in answer[end : span.start]:
            lines.append([])
        lines[-1].append(Segment(answer[slice(*span)], f"{span.start}-{span.end}", tuple(span) in marks))
        end = span.end
    return lines


def _explained(answer: str, result: dict[str, Any], which: str) -> list[tuple[str, str]]:
    """Return the words of each mistake that was found, or missed, with what is wrong there."""
    why = {tuple(span): explanation for span, explanation in result.get("explanations", [])}
    return [(answer[start:end], why.get((start, end), "")) for start, end in result.get(which, [])]


def marked(text: str, spans: Iterable[Span]) -> SafeString:
    """Return a text with some stretches marked; where they overlap they become one."""
    pieces: list[tuple[str, str, str]] = []
    position = 0
    for start, end in _merged(spans):
        pieces += [(text[position:start], "", ""), ("", text[start:end], "")]
        position = end
    html = format_html_join(
        "",
        "{}{}",
        ((before, format_html("<mark>{}</mark>", words) if words else "") for before, words, _ in pieces),
    )
    return html + format_html("{}", text[position:])


def _merged(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(Span(*span))
    return merged


def found_lines(look: Look) -> list[FoundLine]:
    """Return what the guard found that needs a decision, each value once."""
    lines: dict[str, FoundLine] = {}
    for finding in look.inspection.findings:
        if finding.severity is not Severity.HINT:
            lines.setdefault(finding.placeholder, _found(finding, look))
    return list(lines.values())


def _found(finding: Finding, look: Look) -> FoundLine:
    return FoundLine(
        name=str(label(finding.kind)),
        why=str(why(finding.kind)),
        value=look.inspection.value_of(finding),
        placeholder=finding.placeholder,
        digest=look.inspection.digest_of(finding),
        may_stay=finding.severity is Severity.WARN,
    )


def what_completes(definition: Definition) -> str:
    """Return in words what completes the exercise."""
    if definition.planted_answer is None and not definition.checks:
        return _("Try a prompt, then review the answer: mark what is wrong, or say that nothing is.")
    return _(
        "Complete it by trying a prompt and reviewing the answer: mark what is wrong, or say that nothing is."
    )


def minutes_words(minutes: int) -> str:
    """Return minutes in words."""
    return ngettext("%d minute", "%d minutes", minutes) % minutes
