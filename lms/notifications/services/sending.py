"""Sending what is due: claim rows, write their messages, hand each over, note what became of it.

Before a row is handed over the ledger says so, and the same statement says that the one before was sent. So whenever a
worker is killed, there is at most one row of which nobody knows whether it has gone out: it ends as ``unknown`` and is
not sent again, unless its ledger wants that. Everything else that was claimed is queued again.
"""

import logging
import uuid
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.utils.translation import gettext as _

from lms.notifications.channels import FALLBACK, channels_set_up
from lms.notifications.channels.base import (
    Channel,
    ChannelDown,
    ClaimLost,
    Connection,
    Envelope,
    MayHaveArrived,
    NotAccepted,
    TryLater,
)
from lms.notifications.messages import Message
from lms.notifications.models import Delivery, Suppression
from lms.notifications.registry import NotWanted, Outgoing, all_ledgers
from lms.notifications.selectors.reach import reach_of
from lms.notifications.services.limiting import (
    leave_alone,
    note_that_it_works,
    take_allowance,
)
from lms.people.models import User

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime]
State = Delivery.State
TOGETHER = 200
LEASE = timedelta(seconds=60)
MOST_ATTEMPTS = 40
"""With the waits below about three days, as long as mail servers try (RFC 5321, 4.5.4.1, asks for four)."""
FIRST_RETRY = timedelta(minutes=1)
LONGEST_RETRY = timedelta(hours=2)
LONGEST_WAIT_IN_AN_OUTAGE = timedelta(minutes=10)
REACHABLE = {User.Status.ACTIVE}


def send_due(*, channel: Channel, now: Clock, until: datetime) -> int:
    """Send what is due on one channel, of all ledgers; returns how many were handed over.

    Args:
        channel: One that is set up.
        now: Tells the present.
        until: Begin with no further message after this moment.
    """
    total = 0
    for ledger in all_ledgers().values():
        while now() < until:
            batch = _claim(ledger, channel, now, until)
            if not batch.rows:
                break
            with ExitStack() as way_out:
                way_out.callback(ledger.rows.give_back, lease=batch.lease)
                if not _send(batch, now):
                    return total + len(batch.sent)
            total += len(batch.sent)
    return total


def settle_left_behind(*, now: datetime) -> int:
    """Settle what workers that are gone had claimed; returns how many rows."""
    settled = 0
    for ledger in all_ledgers().values():
        queued, unknown = ledger.rows.free_left_behind(now=now, resend=ledger.resend_when_unknown)
        settled += queued + unknown
        if unknown:
            logger.warning("%s: a worker was lost while handing over %s.", ledger.model.__name__, unknown)
    return settled


@dataclass
class _Batch:
    """Rows that one worker has claimed, and what has become of them so far."""

    ledger: Outgoing
    channel: Channel
    lease: uuid.UUID
    lease_until: datetime
    rows: Sequence[Any]
    until: datetime
    sent: list[Any] = field(default_factory=list)


def _claim(ledger: Outgoing, channel: Channel, now: Clock, turn_ends: datetime) -> _Batch:
    moment = now()
    lease, until = uuid.uuid4(), moment + LEASE
    waiting = ledger.rows.due(moment, channel.name)[:TOGETHER].count()
    allowed = take_allowance(channel=channel, wanted=waiting, now=moment) if waiting else 0
    if not allowed:
        return _Batch(ledger, channel, lease, until, [], turn_ends)
    rows = ledger.rows.claim(channel=channel.name, lease=lease, now=moment, until=until, limit=allowed)
    return _Batch(ledger, channel, lease, until, rows, turn_ends)


def _send(batch: _Batch, now: Clock) -> bool:
    """Hand over a batch; returns whether the channel takes more."""
    try:
        _write_and_hand_over(batch, now)
    except ChannelDown as why:
        state = leave_alone(channel=batch.channel, why=why, now=now())
        logger.warning("%s takes nothing until %s: %s", batch.channel.name, state.paused_until, why)
        return False
    return True


def _write_and_hand_over(batch: _Batch, now: Clock) -> None:
    try:
        envelopes = _written(batch, now())
        if envelopes:
            with batch.channel.connected() as connection:
                _hand_over_all(batch, envelopes, connection, now)
    finally:
        # Before a pause that the channel asked for after some messages: it would be forgotten.
        if batch.sent:
            note_that_it_works(channel=batch.channel, now=now())
            batch.ledger.sent(batch.sent, now())


def _hand_over_all(
    batch: _Batch, envelopes: Sequence[tuple[Any, Envelope]], connection: Connection, now: Clock
) -> None:
    """Hand over one after the other, until the turn is over or something unforeseen happens; the rest is given back."""
    notes = _Notes(batch, now)
    try:
        for row, envelope in envelopes:
            if now() >= batch.until:
                return
            _keep_claim(batch, now())
            notes.begun = False
            try:
                said = connection.hand_over(envelope, partial(notes.begin, row.pk))
            except ClaimLost:
                return
            except ChannelDown as error:
                # Perhaps it is this message that the other side cannot bear: the others go first next time.
                _put_behind(batch, row, error, now())
                raise
            except (NotAccepted, TryLater, MayHaveArrived) as error:
                _note_failure(batch, row, envelope, error, now())
            except SoftTimeLimitExceeded:
                if notes.begun:
                    _note_failure(batch, row, envelope, MayHaveArrived("It took too long."), now())
                raise
            except Exception as error:
                logger.exception("%s %s broke its channel", type(row).__name__, row.uuid)
                kind = MayHaveArrived if notes.begun else NotAccepted
                _note_failure(batch, row, envelope, kind(f"Our mistake: {error}"), now())
                return  # nobody knows what the other side expects now; the next batch begins anew
            else:
                notes.sent = (row.pk, said)
                batch.sent.append(row)
    finally:
        notes.end()


class _Notes:
    """Notes in the ledger that a message is being handed over, and in the same statement that the last one was sent."""

    def __init__(self, batch: _Batch, now: Clock) -> None:
        self.batch = batch
        self.now = now
        self.sent: tuple[int, str] | None = None
        self.begun = False

    def begin(self, row: int) -> None:
        """Note it; called by the channel at the last moment.

        Raises:
            ClaimLost: Another worker has the row.
        """
        if not self._note(row):
            raise ClaimLost
        self.begun = True

    def end(self) -> None:
        """Note what was sent last."""
        if self.sent is not None:
            self._note(None)

    def _note(self, row: int | None) -> bool:
        key, said = self.sent or (None, "")
        is_ours = self.batch.ledger.rows.hand_over(
            row=row, lease=self.batch.lease, at=self.now(), sent=key, provider_id=said
        )
        self.sent = None
        return is_ours


def _keep_claim(batch: _Batch, moment: datetime) -> None:
    if moment > batch.lease_until - LEASE / 2:
        batch.lease_until = moment + LEASE
        batch.ledger.rows.keep_claim(lease=batch.lease, until=batch.lease_until)


def _note_failure(batch: _Batch, row: Any, envelope: Envelope, error: Exception, at: datetime) -> None:
    own = batch.ledger.rows.filter(pk=row.pk, lease=batch.lease)
    match error:
        case MayHaveArrived():
            changes = _after_doubt(batch.ledger, row, at)
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


def _put_behind(batch: _Batch, row: Any, why: ChannelDown, at: datetime) -> None:
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


def _after_doubt(ledger: Outgoing, row: Any, at: datetime) -> dict[str, Any]:
    if ledger.resend_when_unknown and row.attempts + 1 < MOST_ATTEMPTS:
        return {"state": State.QUEUED, "due_at": at + _wait(row.attempts), "begun_at": None}
    return {"state": State.UNKNOWN}


def _wait(attempts: int) -> timedelta:
    wait: timedelta = FIRST_RETRY * 2 ** min(attempts, 10)
    return min(LONGEST_RETRY, wait)


def _written(batch: _Batch, at: datetime) -> list[tuple[Any, Envelope]]:
    """Return what is to be handed over; rows that nobody wants, and those that cannot be written, are settled."""
    wanted, dropped, later = _still_wanted(batch.rows, at)
    for row, moment in later.items():
        batch.ledger.rows.filter(pk=row.pk, lease=batch.lease).update(
            state=State.QUEUED, due_at=moment, lease=None, lease_until=None
        )
    addresses = batch.channel.addresses_of([row.recipient for row in wanted])
    dead = Suppression.objects.among(addresses.values()) if batch.channel.name == FALLBACK else set()
    prepared = batch.ledger.prepare(wanted, at)
    envelopes: list[tuple[Any, Envelope]] = []
    elsewhere: list[Any] = []
    broken: dict[Any, str] = {}
    for row in wanted:
        address = addresses.get(row.recipient_id, "")
        if not address:
            elsewhere.append(row)
        elif address.lower() in dead:
            broken[row] = _("Mail to this address bounced. Correct the address, then try again.")
        else:
            outcome = _composed(batch, row, prepared)
            if isinstance(outcome, Message):
                name = row.recipient.full_name
                envelopes.append((row, Envelope(row.uuid, address, name, outcome)))
            elif isinstance(outcome, NotWanted):
                dropped[row] = str(outcome)
            else:
                broken[row] = _("The message cannot be written: %(error)s") % {"error": outcome}
    _settle(batch, dropped, State.DROPPED)
    _settle(batch, broken, State.FAILED)
    _send_elsewhere(batch, elsewhere)
    return envelopes


def _still_wanted(rows: Sequence[Any], at: datetime) -> tuple[list[Any], dict[Any, str], dict[Any, datetime]]:
    """Return what is to be sent now, what not at all and why, and what only later."""
    wanted, dropped, later = [], {}, {}
    reach = reach_of([row.recipient for row in rows])
    for row in rows:
        own = reach[row.recipient_id]
        opens = own.next_opening(at)
        if row.recipient.status not in REACHABLE:
            dropped[row] = _("Its recipient is %(status)s.") % {"status": row.recipient.get_status_display()}
        elif row.expires_at is not None and row.expires_at <= max(at, opens):
            dropped[row] = _("It was not worth sending any more when it could be sent.")
        elif opens > at:
            later[row] = opens
        else:
            wanted.append(row)
    return wanted, dropped, later


def _composed(batch: _Batch, row: Any, prepared: Any) -> Message | Exception:
    """Return the message, or what keeps it from being written; one broken text must not hold up the others."""
    try:
        return batch.ledger.compose(row, prepared)
    except NotWanted as reason:
        return reason
    except Exception as error:
        logger.exception("%s %s cannot be written", type(row).__name__, row.uuid)
        return error


def _settle(batch: _Batch, reasons: dict[Any, str], state: str) -> None:
    by_reason: dict[str, list[int]] = {}
    for row, reason in reasons.items():
        by_reason.setdefault(reason[:500], []).append(row.pk)
    for reason, keys in by_reason.items():
        batch.ledger.rows.filter(pk__in=keys, lease=batch.lease).update(
            state=state, reason=reason, lease=None, lease_until=None
        )


def _send_elsewhere(batch: _Batch, rows: Sequence[Any]) -> None:
    """Send by e-mail to people whom the channel does not know."""
    batch.ledger.rows.filter(pk__in=[row.pk for row in rows], lease=batch.lease).update(
        state=State.QUEUED, channel=FALLBACK, lease=None, lease_until=None
    )


def sendable_channels() -> list[Channel]:
    """Return the channels through which something can go out, the fallback first."""
    found = channels_set_up()
    return sorted(found, key=lambda channel: channel.name != FALLBACK)
