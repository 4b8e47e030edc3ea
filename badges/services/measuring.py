"""Measured results that reviewers have confirmed: the ledger keeps that there was one, and nothing of what it says."""

from datetime import datetime

from badges.models import Evidence, Nomination
from badges.selectors.evidence import results_among
from lms.records.models import LearningRecord
from lms.records.services import new_record, record_all


def record_results(*, nomination: Nomination, at: datetime) -> list[LearningRecord]:
    """Record each measured result of a nomination that was just accepted; returns the records.

    Call it in the transaction of the decision, which happens once. What the nominee kept from the reviewers was not
    confirmed by them. Title and words stay where their nominee decides who reads them: the ledger, which many read and
    nobody can erase, keeps the id alone. Whether a result still counts follows from the award of its nomination.
    """
    results = results_among(nomination.evidence.order_by("pk"))
    return record_all(records=[_record(nomination, piece, at) for piece in results]) if results else []


def _record(nomination: Nomination, piece: Evidence, at: datetime) -> LearningRecord:
    return new_record(
        actor=nomination.nominee,
        verb=LearningRecord.Verb.MEASURED,
        object_type=LearningRecord.ObjectType.ACHIEVEMENT,
        object_id=nomination.achievement.public_id,
        object_title=nomination.version.name,
        object_version=str(nomination.version.number),
        result={"success": True},
        context={"nomination": str(nomination.public_id), "evidence": str(piece.public_id)},
        at=at,
    )
