"""Reviewing an answer: what the learner marks as wrong, and what that completes."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from lms.core.errors import ActionRefused
from lms.records.models import LearningRecord
from lms.records.services import record_learning
from sandbox.definitions import Definition, Span
from sandbox.models import Review, Run
from sandbox.review import score_review
from sandbox.services.answering import known_mistakes

MOST_MARKS = 30


@transaction.atomic
def review_run(*, run: Run, marks: Iterable[Span], at: datetime) -> Review:
    """Keep what a learner found wrong in an answer, compare it with what is known, and complete the exercise.

    The first review counts; looking again changes marks and score, not the ledger. The ledger receives scores and
    ids, never text.

    Args:
        run: The answer, of the learner who reviews it.
        marks: What they marked; empty when they found nothing wrong.
        at: Moment of reviewing.

    Raises:
        ActionRefused: The answer has not come, or a mark does not stand in it.
    """
    if run.state != Run.State.DONE or not run.answer:
        raise ActionRefused(_("There is no whole answer to review yet. Wait for it, or try again."))
    spans = sorted({Span(*mark) for mark in marks})
    if len(spans) > MOST_MARKS or any(not 0 <= span.start < span.end <= len(run.answer) for span in spans):
        raise ActionRefused(
            _("These marks do not fit the answer. Load the page again and mark what is wrong in it.")
        )
    definition = Definition.from_json(run.attempt.rubric.definition)
    mistakes, is_complete = known_mistakes(run, definition)
    places = [Span(start, end) for start, end, _why in mistakes]
    feedback = score_review(spans, places, len(run.answer), is_complete=is_complete)
    explanations = [[[start, end], why] for start, end, why in mistakes]
    review, created = Review.objects.update_or_create(
        run=run,
        defaults={
            "marks": [list(span) for span in spans],
            "result": {**feedback.to_json(), "explanations": explanations},
            "score": feedback.score,
            "reviewed_at": at,
        },
    )
    if created:
        _record(run, review, at)
    return review


def _record(run: Run, review: Review, at: datetime) -> None:
    attempt = run.attempt
    scores = {"prompt": attempt.prompt_score, "outcome": run.outcome_score, "review": review.score}
    record_learning(
        actor=attempt.learner_id,
        verb=LearningRecord.Verb.COMPLETED,
        object_type=LearningRecord.ObjectType.EXERCISE,
        object_id=attempt.exercise.uuid,
        object_title=attempt.exercise.title,
        object_version=str(attempt.rubric.number),
        at=at,
        result={"score": {name: score for name, score in scores.items() if score is not None}},
        context={"attempt": str(attempt.public_id)},
    )


@transaction.atomic
def prefer_run(*, run: Run) -> None:
    """Note which of two answers was better, and show which model gave which."""
    Run.objects.filter(attempt=run.attempt_id).update(is_preferred=False, is_blind=False)
    Run.objects.filter(pk=run.pk).update(is_preferred=True)
