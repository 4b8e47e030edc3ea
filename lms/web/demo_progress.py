"""Progress for the demo company: some have done their path, some are on the way, a few are late.

Written in sets, since hundreds of people would take minutes one click at a time; but as completing writes it, with its
learning records, so that every page and every figure adds up. The same person always gets the same share.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from django.db import transaction

from lms.paths.library import ExerciseCard, PathOutline, library
from lms.paths.models import Enrollment, StepCompletion
from lms.records.models import LearningRecord
from lms.records.services import new_record, record_all

SHARES = [1.0, 0.5, 0.0, 1.0, 0.3, 0.0, 1.0, 0.7, 0.2, 1.0, 0.0, 0.5, 1.0, 0.0, 0.4]
LATE = {5, 8, 14}
"""Places in `SHARES` of people whose path is past its day."""

BEGAN = timedelta(days=21)
BEGAN_LATE = timedelta(days=40)
NAMESPACE = UUID("7c0a2f5e-3a53-4b4e-9a55-6f6a0d1b9f61")
Verb = LearningRecord.Verb


@transaction.atomic
def give_progress(enrollments: Iterable[Enrollment], *, now: datetime, days_to_complete: int) -> None:
    """Let people have done their share, over the last weeks.

    Args:
        enrollments: Ones that nobody has begun.
        now: The present.
        days_to_complete: Days from the assignment until it is due, as the rules say.
    """
    shelf = library()
    completions: list[StepCompletion] = []
    records: list[LearningRecord] = []
    changed = []
    for enrollment in enrollments:
        place = uuid5(NAMESPACE, f"{enrollment.learner_id} {enrollment.path_id}").int % len(SHARES)
        began = now - (BEGAN_LATE if place in LATE else BEGAN)
        enrollment.enrolled_at = enrollment.assigned_at = began
        enrollment.due_on = began.date() + timedelta(days=days_to_complete)
        path = shelf.paths[enrollment.path_id]
        done = _steps_done(enrollment, path, SHARES[place], began)
        completions += done
        records += [_record(enrollment, path, each) for each in done]
        if SHARES[place] == 1.0:
            enrollment.completed_at = done[-1].completed_at
            enrollment.completed_revision_id = path.revision_id
            records.append(_record(enrollment, path, done[-1], whole=True))
        changed.append(enrollment)
    columns = ["enrolled_at", "assigned_at", "due_on", "completed_at", "completed_revision"]
    Enrollment.objects.bulk_update(changed, columns, batch_size=200)
    StepCompletion.objects.bulk_create(completions, batch_size=500)
    record_all(records=records)


def _steps_done(
    enrollment: Enrollment, path: PathOutline, share: float, began: datetime
) -> list[StepCompletion]:
    """Return completions of the first steps, one every other day or so."""
    count = round(len(path.steps) * share)
    rhythm = timedelta(hours=18 + enrollment.learner_id % 24)
    return [
        StepCompletion(
            enrollment=enrollment,
            step_id=step.id,
            content_uuid=card.uuid,
            revision_id=card.revision_id,
            completed_at=began + rhythm * (number + 1),
        )
        for number, (step, card) in enumerate(zip(path.steps[:count], path.cards, strict=False))
        if card is not None
    ]


def _record(
    enrollment: Enrollment, path: PathOutline, done: StepCompletion, *, whole: bool = False
) -> LearningRecord:
    card = next(each for each in path.cards if each and each.uuid == done.content_uuid)
    of_card = LearningRecord.ObjectType.LESSON
    if isinstance(card, ExerciseCard):
        of_card = LearningRecord.ObjectType.EXERCISE
    context = {"enrollment": enrollment.pk}
    return new_record(
        actor=enrollment.learner_id,
        verb=Verb.COMPLETED,
        object_type=LearningRecord.ObjectType.PATH if whole else of_card,
        object_id=path.uuid if whole else card.uuid,
        object_title=path.title if whole else card.title,
        object_version=str((path.revision_id if whole else card.revision_id) or ""),
        at=done.completed_at,
        context=context if whole else {**context, "path": str(path.uuid)},
    )
