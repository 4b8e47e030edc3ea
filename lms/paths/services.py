"""Starting a path, answering questions, completing steps."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from courses.models import LearningPathPage
from courses.rendering import Question, revision_content
from lms.core.errors import ActionRefused
from lms.paths.library import LessonCard, library
from lms.paths.models import Answer, Enrollment, StepCompletion
from lms.paths.progress import Status
from lms.paths.selectors import (
    PathStepView,
    PathView,
    answers_to,
    build_path_view,
    choose_path,
    path_views,
)
from lms.people.models import User
from lms.records.models import LearningRecord
from lms.records.services import new_record, record_all, record_learning

Verb = LearningRecord.Verb
ObjectType = LearningRecord.ObjectType


SETTLED_AT_ONCE = 1000


class StepLocked(ActionRefused):
    """The step waits for other steps or for a moment."""


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
) -> Enrollment:
    """Enroll a person on a path; enrolling twice changes nothing.

    Lessons that the person has completed on other paths count at once.

    Args:
        learner: Who starts the path.
        path: The path.
        source: One of `Enrollment.Source`.
        at: Moment of enrollment.
        reason: Why, in words for the learner.
        due_on: Advisory last day; None for none.

    Raises:
        ActionRefused: The path is not published.
    """
    if not path.live:
        raise ActionRefused(_("This path is not published. Nobody can start it yet."))
    _lock_learner(learner.pk)
    enrollment, created = Enrollment.objects.get_or_create(
        learner=learner,
        path=path,
        defaults={"source": source, "enrolled_at": at, "reason": reason, "due_on": due_on},
    )
    if created:
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


@transaction.atomic
def credit_lessons_everywhere(*, learner_id: int, at: datetime, besides: int | None = None) -> None:
    """Count what a person has learned on all their unfinished paths; nobody reads the same lesson twice.

    Args:
        learner_id: The person.
        at: Moment to note for paths that this completes.
        besides: Enrollment to leave out, the one the lesson was learned on.
    """
    _lock_learner(learner_id)
    for enrollment in Enrollment.objects.in_progress().filter(learner=learner_id).exclude(pk=besides):
        credit_earlier_lessons(enrollment=enrollment, at=at)


@transaction.atomic
def credit_earlier_lessons(*, enrollment: Enrollment, at: datetime) -> int:
    """Complete the steps whose lessons the person has learned on other paths; returns how many.

    Repeating it changes nothing.
    """
    view = path_views(library(), [_locked(enrollment)], at)[0]
    missing = {
        step.lesson.uuid: step
        for step in view.steps
        if step.lesson and step.status in {Status.OPEN, Status.LOCKED}
    }
    earlier = StepCompletion.objects.filter(
        enrollment__learner=enrollment.learner_id, lesson_uuid__in=missing, how=StepCompletion.How.LEARNED
    ).order_by("completed_at")
    latest = {completion.lesson_uuid: completion for completion in earlier}
    StepCompletion.objects.bulk_create(
        StepCompletion(
            enrollment=enrollment,
            step_id=missing[uuid].progress.step.id,
            lesson_uuid=uuid,
            revision_id=completion.revision_id,
            how=StepCompletion.How.CREDITED,
            completed_at=completion.completed_at,
        )
        for uuid, completion in latest.items()
    )
    if latest:
        settle_enrollment(enrollment=enrollment, at=at)
    return len(latest)


@transaction.atomic
def settle_enrollment(*, enrollment: Enrollment, at: datetime) -> bool:
    """Complete the path if nothing is left to do on it; returns whether it was.

    A path can be done without a last step being taken: an author removes or takes back what was still open.
    """
    view = path_views(library(), [_locked(enrollment)], at)[0]
    records = _complete_path(view, at) if view.progress.is_complete else []
    record_all(records=records)
    return bool(records)


def settle_everyone(*, at: datetime) -> int:
    """Settle everyone who has nothing left to do on a path, each in a transaction; returns how many there were.

    Two queries for each thousand people, besides those who are settled.
    """
    begun = Enrollment.objects.in_progress().filter(completions__isnull=False).distinct().order_by("pk")
    settled = last = 0
    while batch := list(begun.filter(pk__gt=last)[:SETTLED_AT_ONCE]):
        done = [view.enrollment for view in path_views(library(), batch, at) if view.progress.is_complete]
        settled += sum(settle_enrollment(enrollment=enrollment, at=at) for enrollment in done if enrollment)
        last = batch[-1].pk
    return settled


def _lock_learner(learner_id: int) -> None:
    """Let one request at a time change what a person is enrolled on and has answered."""
    User.objects.select_for_update().values_list("pk").get(pk=learner_id)


def _locked(enrollment: Enrollment) -> Enrollment:
    enrollments = Enrollment.objects.select_for_update(of=("self",)).select_related("learner")
    locked: Enrollment = enrollments.get(pk=enrollment.pk)
    return locked


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
    _lock_learner(learner.pk)
    latest = Answer.objects.filter(learner=learner, lesson_uuid=lesson.uuid, question_id=question.id).first()
    if latest and set(latest.chosen) == chosen and latest.is_right == is_right:
        return latest
    answer = latest or Answer(learner=learner, lesson_uuid=lesson.uuid, question_id=question.id)
    answer.chosen, answer.is_right, answer.answered_at = sorted(chosen), is_right, at
    answer.was_right = bool(answer.was_right or is_right)
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
        QuestionsOpen: A question of the lesson has no right answer yet.
    """
    enrollments = list(Enrollment.objects.visible_to(learner).select_for_update(of=("self",)).order_by("pk"))
    shelf = library()
    views = path_views(shelf, enrollments, at)
    lesson = next((s.lesson for v in views for s in v.steps if s.lesson and s.lesson.slug == slug), None)
    view = choose_path(views, lesson.page_id, path_slug) if lesson else None
    if lesson is None or view is None or view.enrollment is None:
        raise NotOnThisPath(
            _("This lesson is on none of your paths. Start a path that has it, and it will count.")
        )
    view.enrollment.learner = learner  # known already; no query for it
    step = view.step_of_lesson(lesson.page_id)
    assert step is not None, "choose_path only returns paths that have the lesson"
    if step.status == Status.DONE:
        record_all(records=_complete_path(view, at) if view.progress.is_complete else [])
        return view, step
    asked = revision_content(lesson.page_id, revision_id or lesson.revision_id, shelf.edition).questions
    _require_completable(learner, step, lesson, {question.id for question in asked})
    completion = StepCompletion.objects.create(
        enrollment=view.enrollment,
        step_id=step.progress.step.id,
        lesson_uuid=lesson.uuid,
        revision_id=revision_id or lesson.revision_id,
        completed_at=at,
    )
    return _record_completion(learner, view, lesson, completion)


def _require_completable(
    learner: User, step: PathStepView, lesson: LessonCard, question_ids: set[str]
) -> None:
    if step.status == Status.LOCKED:
        raise StepLocked(
            _("This step is not open yet. Nothing is lost: it opens once the steps before it are done.")
        )
    if step.status == Status.UNAVAILABLE:
        raise StepLocked(
            _("This lesson is being revised and cannot be completed now. Your path goes on without it.")
        )
    answers = answers_to(learner, lesson.uuid)
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
        records += _complete_path(after, at)
    record_all(records=records)
    step = after.step_of_lesson(lesson.page_id)
    assert step is not None, "the step was found before it was completed"
    return after, step


def _complete_path(view: PathView, at: datetime) -> list[LearningRecord]:
    """Mark the enrollment complete, once and for ever, and return the record of it."""
    enrollment = view.enrollment
    if enrollment is None or enrollment.completed_at is not None:
        return []
    enrollment.completed_at = at
    enrollment.completed_revision_id = view.path.revision_id
    enrollment.save(update_fields=["completed_at", "completed_revision"])
    return [
        new_record(
            actor=enrollment.learner,
            verb=Verb.COMPLETED,
            object_type=ObjectType.PATH,
            object_id=view.path.uuid,
            object_title=view.path.title,
            object_version=str(view.path.revision_id or ""),
            at=at,
            context={"enrollment": enrollment.pk},
        )
    ]
