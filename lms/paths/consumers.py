"""What the paths app reads from the ledger."""

from lms.paths.services import credit_lessons_everywhere
from lms.people.services import note_changes
from lms.records.models import LearningRecord
from lms.records.registry import consumer


@consumer("paths.credit_shared_lessons", verbs=[LearningRecord.Verb.COMPLETED])
def credit_shared_lessons(record: LearningRecord) -> None:
    """Count a completed lesson or exercise on all of the person's paths: nobody does the same thing twice."""
    if record.object_type in {LearningRecord.ObjectType.LESSON, LearningRecord.ObjectType.EXERCISE}:
        learned_on = record.context.get("enrollment")
        credit_lessons_everywhere(learner_id=record.actor_id, at=record.at, besides=learned_on)


@consumer("paths.note_what_rules_ask", verbs=[LearningRecord.Verb.COMPLETED])
def note_what_rules_ask(record: LearningRecord) -> None:
    """Look at a person again when they have completed something: a rule may ask for it."""
    note_changes(people=[record.actor_id])
