"""What one worker has claimed, and what becomes of each of its rows."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from lms.notifications.channels import FALLBACK
from lms.notifications.channels.base import Channel, Envelope, MayHaveArrived, NotAccepted, TryLater
from lms.notifications.models import Delivery, Suppression
from lms.notifications.registry import Outgoing

State = Delivery.State
MOST_ATTEMPTS = 40
"""With the waits below about three days, as long as mail servers try (RFC 5321, 4.5.4.1, asks for four)."""
FIRST_RETRY = timedelta(minutes=1)
LONGEST_RETRY = timedelta(hours=2)
LONGEST_WAIT_IN_AN_OUTAGE = timedelta(minutes=10)


@dataclass
class Batch:
    """Rows that one worker has claimed, and what has become of them so far.

    Attributes:
        lease: Names the claim.
        lease_until: When it ends by itself.
        until: No further message is begun after this moment.
        is_last: Whether no more was due when it was claimed.
        sent: Rows that the other side has taken.
    """

    ledger: Outgoing
    channel: Channel
    lease: uuid.UUID
    lease_until: datetime
    rows: Sequence[Any]
    until: datetime
    is_last: bool
    sent: list[Any] = field(default_factory=list)


def note_failure(batch: Batch, row: Any, envelope: Envelope, error: Exception, at: datetime) -> None:
    """Note why a message was not taken, and whether and when it is tried again."""
    own = batch.ledger.rows.filter(pk=row.pk, lease=batch.lease)
    match error:
        case MayHaveArrived():
            changes = _after_doubt(batch.channel, row, at)
        case TryLater() if row.attempts + 1 < MOST_ATTEMPTS:
            changes = {"state": State.QUEUED, "due_at": at + _wait(row.attempts), "begun_at": None}
        case NotAccepted() if error.is_address_dead and batch.channel.name != FALLBACK:
            # Whoever has left a chat still has a mailbox.
            changes = {"state": State.QUEUED, "channel": FALLBACK, "begun_at": None}
        case _:
            changes = {"state": State.FAILED, "begun_at": None}
    own.update(**changes, attempts=row.attempts + 1, reason=str(error)[:500], lease=None, lease_until=None)
    if isinstance(error, NotAccepted) and error.is_address_dead and batch.channel.name == FALLBACK:
        Suppression.objects.get_or_create(
            address=envelope.to.lower(),
            defaults={"reason": Suppression.Reason.BOUNCED, "said": str(error)[:500], "at": at},
        )


def put_behind(batch: Batch, row: Any, why: Exception, at: datetime) -> None:
    """Let a message wait that met a channel which takes nothing; an outage, however long, gives nothing up."""
    wait = min(_wait(row.attempts), LONGEST_WAIT_IN_AN_OUTAGE)
    batch.ledger.rows.filter(pk=row.pk, lease=batch.lease).update(
        state=State.QUEUED,
        due_at=at + wait,
        begun_at=None,
        attempts=min(row.attempts + 1, MOST_ATTEMPTS - 2),
        reason=str(why)[:500],
        lease=None,
        lease_until=None,
    )


def _after_doubt(channel: Channel, row: Any, at: datetime) -> dict[str, Any]:
    if channel.knows_repetitions and row.doubted_at is None:
        return {"state": State.QUEUED, "due_at": at + _wait(row.attempts), "begun_at": None, "doubted_at": at}
    return {"state": State.UNKNOWN, "doubted_at": at}


def _wait(attempts: int) -> timedelta:
    wait: timedelta = FIRST_RETRY * 2 ** min(attempts, 10)
    return min(LONGEST_RETRY, wait)
