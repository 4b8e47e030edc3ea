"""Starting a path, answering questions, completing steps."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from courses.models import LearningPathPage
from courses.rendering import Question, revision_content
from lms.core.errors import ActionRefused
from lms.paths.library import LessonCard, library
from lms.paths.models import Answer, Enrollment, EnrollmentChange, StepCompletion
from lms.paths.progress import Status
from lms.paths.selectors.learning import (
    PathStepView,
    PathView,
    answers_to,
    build_path_view,
    choose_path,
    path_views,
)
from lms.paths.services.crediting import complete_path, credit_earlier_lessons, lock_learner
from lms.people.models import User
from lms.people.selectors import today_of
from lms.records.models import LearningRecord
from lms.records.services import new_record, record_all, record_learning

Verb = LearningRecord.Verb
ObjectType = LearningRecord.ObjectType


class StepLocked(ActionRefused):
    """The step waits for other steps or for a moment."""


class PathClosed(ActionRefused):
    """The last day on which the path could be completed is over."""


class QuestionsOpen(ActionRefused):
    """The lesson has questions without a right answer."""


class NotOnThisPath(ActionRefused):
    """The person is on no path that has this lesson."""


@transaction.atomic
def enroll_person(
    *,
    learner: User,
    path: LearningPathPage,
    source: str,
    at: datetime,
    reason: str = "",
    due_on: date | None = None,
    closes_on: date | None = None,
    enrolled_by: User | None = None,
) -> Enrollment:
    """Enroll a person on a path; whoever is on it already stays as they are.

    Lessons that the person has completed on other paths count at once. Whoever was taken off the path comes back to
    what they had done. What people choose themselves is optional, everything else is required.

    Args:
        learner: Who starts the path.
        path: The path.
        source: One of `Enrollment.Source`.
        at: Moment of enrollment.
        reason: Why, in words for the learner.
        due_on: Advisory last day; None for none.
        closes_on: Last day on which it can be completed; None for none.
        enrolled_by: Who decided; None for the learner.

    Raises:
        ActionRefused: The path is not published.
    """
    if not path.live:
        raise ActionRefused(_("This path is not published. Nobody can start it yet."))
    lock_learner(learner_id=learner.pk)
    facts = {
        "source": source,
        "reason": reason,
        "is_required": source != Enrollment.Source.SELF,
        "is_own_choice": source == Enrollment.Source.SELF,
        "due_on": due_on,
        "closes_on": closes_on,
        "dates_by_hand": source != Enrollment.Source.RULE and bool(due_on or closes_on),
        "enrolled_by": enrolled_by,
    }
    enrollment, created = Enrollment.objects.get_or_create(
        learner=learner, path=path, is_latest=True, defaults={**facts, "enrolled_at": at}
    )
    if not created and enrollment.withdrawn_at is None:
        return enrollment
    if not created:
        _bring_back(enrollment, facts, enrolled_by, at)
    record_learning(
        actor=learner,
        verb=Verb.REGISTERED,
        object_type=ObjectType.PATH,
        object_id=path.uuid,
        object_title=path.title,
        object_version=str(path.live_revision_id or ""),
        at=at,
        context={"source": source},
    )
    credit_earlier_lessons(enrollment=enrollment, at=at)
    return enrollment


def _bring_back(enrollment: Enrollment, facts: dict[str, Any], actor: User | None, at: datetime) -> None:
    before = {"withdrawn_at": enrollment.withdrawn_at, "source": enrollment.source}
    for name, value in {**facts, "withdrawn_at": None, "version": None, "assigned_at": None}.items():
        setattr(enrollment, name, value)
    enrollment.save()
    EnrollmentChange.objects.create(
        enrollment=enrollment,
        at=at,
        what=EnrollmentChange.What.RETURNED,
        actor=actor,
        before=before,
        after={"withdrawn_at": None, "source": enrollment.source},
        reason=enrollment.reason,
    )


@transaction.atomic
def answer_question(
    *,
    learner: User,
    lesson: LessonCard,
    question: Question,
    chosen: set[str],
    at: datetime,
) -> Answer:
    """Keep a person's answer to a check question; the same answer again changes nothing.

    Args:
        learner: Who answers.
        lesson: The published lesson.
        question: One of its questions.
        chosen: Ids of the chosen answers.
        at: Moment of answering.

    Raises:
        ActionRefused: Nothing was chosen, or something that is not an answer of this question.
    """
    if not chosen or (len(chosen) > 1 and not question.several):
        raise ActionRefused(_("Choose an answer first, then check it."))
    if not chosen <= {answer.id for answer in question.answers}:
        raise ActionRefused(
            _("This question has changed since you opened it. Please answer it as it stands now.")
        )
    is_right = frozenset(chosen) == question.right_ids
    lock_learner(learner_id=learner.pk)
    latest = Answer.objects.filter(learner=learner, lesson_uuid=lesson.uuid, question_id=question.id).first()
    if latest and set(latest.chosen) == chosen and latest.is_right == is_right:
        again = Enrollment.objects.visible_to(learner).in_progress().filter(cycle__gt=1)
        if not again.filter(enrolled_at__gt=latest.answered_at).exists():
            return latest
    answer = latest or Answer(learner=learner, lesson_uuid=lesson.uuid, question_id=question.id)
    answer.chosen, answer.is_right, answer.answered_at = sorted(chosen), is_right, at
    answer.right_at = at if is_right else answer.right_at
    answer.save()
    record_learning(
        actor=learner,
        verb=Verb.ANSWERED,
        object_type=ObjectType.QUESTION,
        object_id=UUID(question.id),
        object_title=lesson.title,
        object_version=str(lesson.revision_id or ""),
        at=at,
        result={"success": is_right},
        context={"lesson": str(lesson.uuid)},
    )
    return answer


@transaction.atomic
def complete_lesson(
    *, learner: User, slug: str, revision_id: int | None, at: datetime, path_slug: str = ""
) -> tuple[PathView, PathStepView]:
    """Complete the step of a lesson on one of the person's paths; completing twice changes nothing.

    Twenty requests at once leave one row: each waits for the person's enrollments to be unlocked, and a constraint
    stands behind that.

    Args:
        learner: Who has learned.
        slug: The lesson.
        revision_id: Revision that was on the learner's screen; the published one when None.
        at: Moment of completion.
        path_slug: Path the learner came from; the likeliest one when empty.

    Returns:
        The path as it stands now, and the completed step in it.

    Raises:
        NotOnThisPath: No path of theirs has the lesson.
        StepLocked: The step is not open yet.
        PathClosed: The last day on which the path could be completed is over.
        QuestionsOpen: A question of the lesson has no right answer yet.
    """
    own = Enrollment.objects.visible_to(learner).current().select_related("version")
    enrollments = list(own.select_for_update(of=("self",)).order_by("pk"))
    shelf = library()
    views = path_views(shelf, enrollments, at)
    cards = (s.card for v in views for s in v.steps)
    lesson = next((card for card in cards if isinstance(card, LessonCard) and card.slug == slug), None)
    view = choose_path(views, lesson.page_id, path_slug) if lesson else None
    if lesson is None or view is None or view.enrollment is None:
        raise NotOnThisPath(
            _("This lesson is on none of your paths. Start a path that has it, and it will count.")
        )
    view.enrollment.learner = learner  # known already; no query for it
    step = view.step_of_lesson(lesson.page_id)
    assert step is not None, "choose_path only returns paths that have the lesson"
    if step.status == Status.DONE:
        record_all(records=complete_path(view=view, at=at) if view.progress.is_complete else [])
        return view, step
    _require_not_closed(view.enrollment, learner, at)
    asked = revision_content(lesson.page_id, revision_id or lesson.revision_id, shelf.edition).questions
    asked_ids = {question.id for question in asked}
    _require_completable(learner, step, lesson, asked_ids, view.enrollment.counts_from)
    completion = StepCompletion.objects.create(
        enrollment=view.enrollment,
        step_id=step.progress.step.id,
        content_uuid=lesson.uuid,
        revision_id=revision_id or lesson.revision_id,
        completed_at=at,
    )
    return _record_completion(learner, view, lesson, completion)


def _require_not_closed(enrollment: Enrollment, learner: User, at: datetime) -> None:
    closes_on = enrollment.closes_on
    if closes_on is not None and enrollment.paused_on is None and closes_on < today_of(learner, at):
        raise PathClosed(
            _(
                "This path closed on %s. All that you have done is kept. Your manager can extend it; ask them, "
                "then complete this step."
            )
            % date_format(closes_on, "j F Y")
        )


def _require_completable(
    learner: User, step: PathStepView, lesson: LessonCard, question_ids: set[str], since: datetime | None
) -> None:
    if step.status == Status.LOCKED:
        raise StepLocked(
            _("This step is not open yet. Nothing is lost: it opens once the steps before it are done.")
        )
    if step.status == Status.UNAVAILABLE:
        raise StepLocked(
            _("This lesson is being revised and cannot be completed now. Your path goes on without it.")
        )
    answers = answers_to(learner, lesson.uuid, since)
    if not all(question in answers and answers[question].was_right for question in question_ids):
        raise QuestionsOpen(
            _("One question is still open. Choose an answer and check it; you may try as often as you like.")
        )


def _record_completion(
    learner: User, view: PathView, lesson: LessonCard, completion: StepCompletion
) -> tuple[PathView, PathStepView]:
    """Write the records of one completed step, and of the path when it was the last; returns the path as it is now."""
    enrollment, at = completion.enrollment, completion.completed_at
    done = {s.progress.step.id: s.progress.completed_at for s in view.steps if s.progress.completed_at}
    after = build_path_view(view.path, enrollment, {**done, completion.step_id: at}, at)
    records = [
        new_record(
            actor=learner,
            verb=Verb.COMPLETED,
            object_type=ObjectType.LESSON,
            object_id=lesson.uuid,
            object_title=lesson.title,
            object_version=str(completion.revision_id or ""),
            at=at,
            context={"path": str(view.path.uuid), "enrollment": enrollment.pk},
        )
    ]
    if after.progress.is_complete and enrollment.completed_at is None:
        records += complete_path(view=after, at=at)
    record_all(records=records)
    step = after.step_of_lesson(lesson.page_id)
    assert step is not None, "the step was found before it was completed"
    return after, step
