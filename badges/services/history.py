"""Writing down what became of an award: its own steps, the ledger, the audit trail."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from badges.models import Award, AwardEvent
from lms.core.services import write_audit_entry
from lms.people.models import User
from lms.records.models import LearningRecord
from lms.records.services import new_record

SYSTEM = "system:badges"


def actor_name(actor: User | None) -> str:
    """Return who did it, as the audit trail names them; Praxis itself when it is None."""
    return actor.as_actor if actor else SYSTEM


def note(
    awards: Iterable[Award],
    kind: str,
    *,
    at: datetime,
    actor: User | None,
    details: dict[str, Any] | None = None,
) -> None:
    """Add a step to the life of each award; one query."""
    AwardEvent.objects.bulk_create(
        [
            AwardEvent(award=award, kind=kind, at=at, actor=actor_name(actor), details=details or {})
            for award in awards
        ]
    )


def record_of(award: Award, verb: str, at: datetime) -> LearningRecord:
    """Return an unsaved record for the ledger that a person earned, renewed or lost something."""
    assert award.recipient_id is not None, "only a person's own award is recorded"
    return new_record(
        actor=award.recipient_id,
        verb=verb,
        object_type=LearningRecord.ObjectType.ACHIEVEMENT,
        object_id=award.achievement.public_id,
        object_title=award.version.name,
        object_version=str(award.version.number),
        at=at,
        context={"award": str(award.public_id)},
    )


def audit(action: str, award: Award, *, actor: User | None, at: datetime, **rest: Any) -> None:
    """Write an entry about an award, which names its holder; takes what `write_audit_entry` takes."""
    holder = {"holder": str(award.recipient.public_id)} if award.recipient else {}
    write_audit_entry(
        actor=actor_name(actor),
        action=f"badges.{action}",
        object_type="award",
        object_id=str(award.public_id),
        at=at,
        **{**rest, "after": {**rest.get("after", {}), **holder}},
    )
