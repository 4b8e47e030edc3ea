"""What the rules of achievements read from the ledger."""

from django.utils import timezone

from badges.services.following import follow_record
from lms.records.contributions import is_contribution
from lms.records.models import LearningRecord
from lms.records.registry import consumer

Verb = LearningRecord.Verb


ASKED_FOR = {Verb.COMPLETED, Verb.EARNED, Verb.ATTESTED, Verb.MEASURED}


# Contributions may have any verb: which ones count is declared by the apps that record them.
@consumer("badges.follow_rules", verbs=Verb)
def follow_rules(record: LearningRecord) -> None:
    """Award what somebody has earned with one more record.

    By completing, by earning what another badge builds on, by the word of a manager, by a result that reviewers have
    confirmed, or by contributing to a community.
    """
    if record.verb in ASKED_FOR or is_contribution(record):
        follow_record(record=record, at=timezone.now())
