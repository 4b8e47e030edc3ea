"""Ending nominations for what their nominees were awarded otherwise: there is nothing left to review."""

from collections.abc import Sequence
from datetime import datetime

from badges.models import Award, Nomination
from badges.services.history import actor_name
from lms.core.models import AuditEntry
from lms.people.models import User


def close_nominations(*, awards: Sequence[Award], actor: User | None, at: datetime) -> int:
    """Close the open nominations of people for what they hold now; returns how many. Call it in the transaction.

    One that a reviewer decides about at this moment is left to them, so that nobody waits for each other. Evidence and
    what reviewers said stay.

    Cost: one query, three more where there is something to close.
    """
    held = {(award.achievement_id, award.recipient_id): award for award in awards}
    open_now = Nomination.objects.open().filter(
        achievement__in={award.achievement_id for award in awards},
        nominee__in=[award.recipient_id for award in awards],
    )
    locked = open_now.select_for_update(of=("self",), skip_locked=True).order_by("pk")
    closed = [each for each in locked if (each.achievement_id, each.nominee_id) in held]
    if not closed:
        return 0
    for nomination in closed:
        nomination.state, nomination.ended_at = Nomination.State.CLOSED, at
        nomination.award = held[nomination.achievement_id, nomination.nominee_id]
    Nomination.objects.bulk_update(closed, ["state", "ended_at", "award"])
    AuditEntry.objects.bulk_create(
        [
            AuditEntry(
                at=at,
                actor=actor_name(actor),
                action="badges.close_nomination",
                object_type="nomination",
                object_id=str(nomination.public_id),
            )
            for nomination in closed
        ]
    )
    return len(closed)
