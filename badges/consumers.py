"""What the rules of achievements read from the ledger."""

from django.utils import timezone

from badges.services.following import follow_record
from lms.records.models import LearningRecord
from lms.records.registry import consumer

Verb = LearningRecord.Verb


@consumer("badges.follow_rules", verbs=[Verb.COMPLETED, Verb.EARNED, Verb.ATTESTED])
def follow_rules(record: LearningRecord) -> None:
    """Award what somebody has earned by completing, by earning what another badge builds on, or by a manager's word."""
    follow_record(record=record, at=timezone.now())
