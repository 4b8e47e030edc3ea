"""What the paths app reads from the ledger."""

from lms.paths.services import credit_lessons_everywhere
from lms.records.models import LearningRecord
from lms.records.registry import consumer


@consumer("paths.credit_shared_lessons", verbs=[LearningRecord.Verb.COMPLETED])
def credit_shared_lessons(record: LearningRecord) -> None:
    """Count a completed lesson on the person's other paths too: nobody reads the same lesson twice."""
    if record.object_type == LearningRecord.ObjectType.LESSON:
        learned_on = record.context.get("enrollment")
        credit_lessons_everywhere(learner_id=record.actor_id, at=record.at, besides=learned_on)
