"""What goes with every new enrollment: its record in the ledger, and lessons that were learned before."""

from collections.abc import Collection, Sequence
from datetime import datetime

from lms.paths.library import Library, PathOutline, library
from lms.paths.models import Enrollment
from lms.paths.services.crediting import credit_all, people_having_done
from lms.people.models import User
from lms.records.models import LearningRecord
from lms.records.services import new_record, record_all

Verb = LearningRecord.Verb


def lock_people(*, people: Collection[int]) -> None:
    """Let one process at a time decide about a person, in the order of keys so that nobody waits in a circle."""
    list(User.objects.filter(pk__in=people).order_by("pk").select_for_update(no_key=True).values_list("pk"))


def register_all(*, enrollments: Sequence[Enrollment], at: datetime) -> None:
    """Write what follows from enrollments that began, came back or were withdrawn just now.

    Two queries, and a few more for each person who has learned one of the lessons before.
    """
    if not enrollments:
        return
    shelf = library()
    record_all(records=[_registration(each, shelf.paths[each.path_id], at) for each in enrollments])
    _credit([each for each in enrollments if each.withdrawn_at is None], shelf, at)


def _registration(enrollment: Enrollment, path: PathOutline, at: datetime) -> LearningRecord:
    """Return the unsaved record that someone was enrolled, or was withdrawn."""
    return new_record(
        actor=enrollment.learner_id,
        verb=Verb.REGISTERED if enrollment.withdrawn_at is None else Verb.WITHDREW,
        object_type=LearningRecord.ObjectType.PATH,
        object_id=path.uuid,
        object_title=path.title,
        object_version=str(path.revision_id or ""),
        at=at,
        context={"source": enrollment.source, "enrollment": enrollment.pk, "cycle": enrollment.cycle},
    )


def _credit(enrollments: Sequence[Enrollment], shelf: Library, at: datetime) -> None:
    """Count what these people have learned or practiced already; two queries when none of them has."""
    cards = [
        card for path in {each.path_id for each in enrollments} for card in shelf.paths[path].cards if card
    ]
    learners = [each.learner_id for each in enrollments]
    having = people_having_done(learner_ids=learners, cards=cards)
    if having:
        credit_all(enrollments=[each for each in enrollments if each.learner_id in having], at=at)
