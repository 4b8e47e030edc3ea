"""What the paths app reads from the ledger."""

from lms.paths.models import Enrollment
from lms.paths.services import credit_earlier_lessons
from lms.records.models import LearningRecord
from lms.records.registry import consumer


@consumer("paths.credit_shared_lessons", verbs=[LearningRecord.Verb.COMPLETED])
def credit_shared_lessons(record: LearningRecord) -> None:
    """Count a completed lesson on the person's other paths too: nobody reads the same lesson twice."""
    if record.object_type != LearningRecord.ObjectType.LESSON:
        return
    others = (
        Enrollment.objects.in_progress()
        .filter(learner=record.actor_id)
        .exclude(pk=record.context.get("enrollment"))
    )
    for enrollment in others:
        credit_earlier_lessons(enrollment=enrollment, at=record.at)
