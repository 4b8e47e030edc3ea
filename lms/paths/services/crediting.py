"""Counting what was learned elsewhere, and completing paths on which nothing is left to do."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from lms.paths.dates import months_later
from lms.paths.library import Card, ExerciseCard, LessonCard, library
from lms.paths.models import Enrollment, StepCompletion
from lms.paths.progress import Status
from lms.paths.selectors.learning import PathView, build_path_view, path_views
from lms.people.models import User
from lms.people.selectors import today_of
from lms.records.models import LearningRecord
from lms.records.services import new_record, record_all

SETTLED_AT_ONCE = 1000


class Earlier(NamedTuple):
    """When and from which revision a lesson or exercise was done before, and how that counts."""

    at: datetime
    revision_id: int | None
    how: str


Done = dict[int, dict[UUID, list[Earlier]]]
"""What people have done, by person and by what it was, the latest last."""

COMPLETING = ["completed_at", "completed_revision", "expires_on"]
Verb = LearningRecord.Verb
ObjectType = LearningRecord.ObjectType


def lock_learner(*, learner_id: int) -> None:
    """Let one request at a time change what a person is enrolled on and has answered."""
    User.objects.select_for_update().values_list("pk").get(pk=learner_id)


@transaction.atomic
def credit_lessons_everywhere(*, learner_id: int, at: datetime, besides: int | None = None) -> None:
    """Count what a person has learned on all their unfinished paths; nobody reads the same lesson twice.

    Args:
        learner_id: The person.
        at: Moment to note for paths that this completes.
        besides: Enrollment to leave out, the one the lesson was learned on.
    """
    lock_learner(learner_id=learner_id)
    others = Enrollment.objects.in_progress().filter(learner=learner_id).exclude(pk=besides)
    credit_all(enrollments=list(others), at=at)


@transaction.atomic
def credit_earlier_lessons(*, enrollment: Enrollment, at: datetime) -> int:
    """Do `credit_all` for one enrollment."""
    return credit_all(enrollments=[enrollment], at=at)


@transaction.atomic
def credit_all(*, enrollments: Collection[Enrollment], at: datetime) -> int:
    """Complete the steps that these people have learned on other paths or practiced; returns how many.

    Repeating it changes nothing. On a path that is taken again only what was learned since then counts, and on one
    that has closed nothing does. A few queries, however many enrollments.
    """
    chosen = Enrollment.objects.filter(pk__in=[each.pk for each in enrollments]).order_by("pk")
    locked = chosen.select_for_update(of=("self",)).select_related("learner", "version")
    shelf = library()
    views = [view for view in path_views(shelf, locked, at) if not is_closed(view=view, at=at)]
    learned = _done_earlier(
        {view.enrollment.learner_id for view in views if view.enrollment},
        {card for view in views for card in view.path.cards if card},
    )
    credited = {view: found for view in views if (found := _credits(view, learned))}
    StepCompletion.objects.bulk_create(each for found in credited.values() for each in found)
    after = [_with(view, found, at) for view, found in credited.items()]
    _complete_paths([view for view in after if view.progress.is_complete], at)
    return sum(map(len, credited.values()))


def people_having_done(*, learner_ids: Collection[int], cards: Collection[Card]) -> set[int]:
    """Return the people who have learned or practiced one of these already; at most two queries."""
    lessons = {card.uuid for card in cards if isinstance(card, LessonCard)}
    exercises = {card.uuid for card in cards if isinstance(card, ExerciseCard)}
    learned = StepCompletion.objects.filter(enrollment__learner__in=learner_ids, content_uuid__in=lessons)
    having = set(learned.values_list("enrollment__learner", flat=True))
    if exercises:
        having |= set(_practiced(learner_ids, exercises).values_list("actor", flat=True))
    return having


def _practiced(learner_ids: Collection[int], exercises: Collection[UUID]) -> QuerySet[LearningRecord]:
    """Return records of completed exercises. Practice itself is private; that it was done is learning."""
    return LearningRecord.objects.filter(
        actor__in=learner_ids,
        verb=Verb.COMPLETED,
        object_type=ObjectType.EXERCISE,
        object_id__in=exercises,
    )


def _done_earlier(learner_ids: Collection[int], cards: Collection[Card]) -> Done:
    """Return what these people have done of some lessons and exercises, the earliest first; at most two queries."""
    done: Done = {}
    lessons = {card.uuid for card in cards if isinstance(card, LessonCard)}
    earlier = StepCompletion.objects.filter(
        enrollment__learner__in=learner_ids, content_uuid__in=lessons, how=StepCompletion.How.LEARNED
    ).select_related("enrollment")
    for each in earlier.order_by("completed_at"):
        of_person = done.setdefault(each.enrollment.learner_id, {})
        found = Earlier(each.completed_at, each.revision_id, StepCompletion.How.CREDITED)
        of_person.setdefault(each.content_uuid, []).append(found)
    exercises = {card.uuid: card for card in cards if isinstance(card, ExerciseCard)}
    if exercises:
        rows = _practiced(learner_ids, exercises).order_by("at", "pk")
        for learner_id, uuid, at in rows.values_list("actor", "object_id", "at"):
            practiced = Earlier(at, exercises[uuid].revision_id, StepCompletion.How.PRACTICED)
            done.setdefault(learner_id, {}).setdefault(uuid, []).append(practiced)
    return done


def _with(view: PathView, completions: list[StepCompletion], at: datetime) -> PathView:
    """Return a path as it is with some more steps completed; no query."""
    done = {s.progress.step.id: s.progress.completed_at for s in view.steps if s.progress.completed_at}
    return build_path_view(
        view.path, view.enrollment, {**done, **{each.step_id: each.completed_at for each in completions}}, at
    )


def _credits(view: PathView, learned: Done) -> list[StepCompletion]:
    enrollment = view.enrollment
    assert enrollment is not None, "only enrollments are credited"
    of_person = learned.get(enrollment.learner_id, {})
    found_credits = []
    for step in view.steps:
        if step.card is None or step.status not in {Status.OPEN, Status.LOCKED}:
            continue
        since = enrollment.counts_from
        found = [each for each in of_person.get(step.card.uuid, []) if since is None or each.at >= since]
        if found:
            found_credits.append(
                StepCompletion(
                    enrollment=enrollment,
                    step_id=step.progress.step.id,
                    content_uuid=step.card.uuid,
                    revision_id=found[-1].revision_id,
                    how=found[-1].how,
                    completed_at=found[-1].at,
                )
            )
    return found_credits


def is_closed(*, view: PathView, at: datetime) -> bool:
    """Return whether the last day on which a path could be completed is over where its learner lives."""
    enrollment = view.enrollment
    assert enrollment is not None, "a path that nobody is on does not close"
    closes_on = enrollment.closes_on
    return (
        closes_on is not None
        and enrollment.paused_on is None
        and closes_on < today_of(enrollment.learner, at)
    )


@transaction.atomic
def settle_enrollment(*, enrollment: Enrollment, at: datetime) -> bool:
    """Complete the path if nothing is left to do on it; returns whether it was.

    A path can be done without a last step being taken: an author removes or takes back what was still open.
    """
    view = path_views(library(), [_locked(enrollment)], at)[0]
    records = complete_path(view=view, at=at) if view.progress.is_complete else []
    record_all(records=records)
    return bool(records)


def settle_everyone(*, at: datetime) -> int:
    """Settle everyone who has nothing left to do on a path, each in a transaction; returns how many there were.

    Two queries for each thousand people, besides those who are settled.
    """
    begun = Enrollment.objects.in_progress().filter(completions__isnull=False).distinct().order_by("pk")
    begun = begun.select_related("learner")
    settled = last = 0
    while batch := list(begun.filter(pk__gt=last)[:SETTLED_AT_ONCE]):
        views = path_views(library(), batch, at)
        done = [v.enrollment for v in views if v.progress.is_complete and not is_closed(view=v, at=at)]
        settled += sum(settle_enrollment(enrollment=enrollment, at=at) for enrollment in done if enrollment)
        last = batch[-1].pk
    return settled


def _locked(enrollment: Enrollment) -> Enrollment:
    enrollments = Enrollment.objects.select_for_update(of=("self",)).select_related("learner", "version")
    locked: Enrollment = enrollments.get(pk=enrollment.pk)
    return locked


def complete_path(*, view: PathView, at: datetime) -> list[LearningRecord]:
    """Mark the enrollment complete, once and for ever, and return the record of it."""
    enrollment = view.enrollment
    if enrollment is None or enrollment.completed_at is not None:
        return []
    record = _completed(enrollment, view, at)
    enrollment.save(update_fields=COMPLETING)
    return [record]


def _complete_paths(views: Sequence[PathView], at: datetime) -> None:
    """Do the same for several enrollments that are open, and write the records; two queries."""
    done = {view.enrollment: view for view in views if view.enrollment is not None}
    records = [_completed(enrollment, view, at) for enrollment, view in done.items()]
    Enrollment.objects.bulk_update(done, COMPLETING)
    record_all(records=records)


def _completed(enrollment: Enrollment, view: PathView, at: datetime) -> LearningRecord:
    enrollment.completed_at = at
    enrollment.completed_revision_id = view.path.revision_id
    if enrollment.version is not None and enrollment.version.repeat_months:
        done_on = today_of(enrollment.learner, at)
        enrollment.expires_on = months_later(done_on, enrollment.version.repeat_months)
    return new_record(
        actor=enrollment.learner,
        verb=Verb.COMPLETED,
        object_type=ObjectType.PATH,
        object_id=view.path.uuid,
        object_title=view.path.title,
        object_version=str(view.path.revision_id or ""),
        at=at,
        context={"enrollment": enrollment.pk},
    )
