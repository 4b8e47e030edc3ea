"""Sending what is due: claim rows, write their messages, hand each over, note what became of it.

Before a row is handed over the ledger says so, and the same statement says that the one before was sent. So whenever a
worker is killed, there is at most one row of which nobody knows whether it has gone out. Where the other side knows a
repetition it is sent once more, and keeps the mark; elsewhere, and the second time, it ends as ``unknown``. Everything
else that was claimed is queued again. docs/decisions/0013 weighs this.
"""

import logging
import uuid
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded

from lms.notifications.channels import CHANNELS
from lms.notifications.channels.base import (
    Channel,
    ChannelDown,
    ClaimLost,
    Connection,
    Handing,
    MayHaveArrived,
    NotAccepted,
    TryLater,
)
from lms.notifications.registry import Outgoing, all_ledgers
from lms.notifications.services.batches import Batch, note_failure, put_behind
from lms.notifications.services.limiting import (
    leave_alone,
    note_that_it_works,
    take_allowance,
)
from lms.notifications.services.writing import Writing

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime]
TOGETHER = 200
LEASE = timedelta(seconds=150)
HELD_ANEW_AFTER = timedelta(seconds=30)
"""What is left of a claim when a message is begun is longer than a channel may take for it: for mail three replies and
the text within ten seconds each, and `ANSWER` (channels/email.py)."""


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
            if batch.is_last:
                break
    return total


def settle_left_behind(*, now: datetime) -> int:
    """Settle what workers that are gone had claimed; returns how many rows."""
    settled = 0
    repeatable = [name for name, channel in CHANNELS.items() if channel.knows_repetitions]
    for ledger in all_ledgers().values():
        queued, doubtful = ledger.rows.free_left_behind(now=now, repeatable=repeatable)
        settled += queued + doubtful
        if doubtful:
            logger.warning("%s: a worker was lost while handing over %s.", ledger.model.__name__, doubtful)
    return settled


def _claim(ledger: Outgoing, channel: Channel, now: Clock, turn_ends: datetime) -> Batch:
    moment = now()
    lease, until = uuid.uuid4(), moment + LEASE
    wanted = ledger.rows.due(moment, channel.name)[:TOGETHER].count() if channel.per_second else TOGETHER
    allowed = take_allowance(channel=channel, wanted=wanted, now=moment) if wanted else 0
    rows: Sequence[Any] = []
    if allowed:
        rows = ledger.rows.claim(channel=channel.name, lease=lease, now=moment, until=until, limit=allowed)
    return Batch(ledger, channel, lease, until, rows, turn_ends, is_last=len(rows) < allowed)


def _send(batch: Batch, now: Clock) -> bool:
    """Hand over a batch; returns whether the channel takes more."""
    try:
        _write_and_hand_over(batch, now)
    except ChannelDown as why:
        state = leave_alone(channel=batch.channel, why=why, now=now())
        logger.warning("%s takes nothing until %s: %s", batch.channel.name, state.paused_until, state.reason)
        return False
    return True


def _write_and_hand_over(batch: Batch, now: Clock) -> None:
    writing = Writing(batch, now())
    try:
        if writing:
            with batch.channel.connected() as connection:
                _hand_over_all(batch, writing, connection, now)
    finally:
        # Before a pause that the channel asked for after some messages: it would be forgotten.
        if batch.sent:
            note_that_it_works(channel=batch.channel, now=now())
            batch.ledger.sent(batch.sent, now())
        writing.settle()


def _hand_over_all(batch: Batch, writing: Writing, connection: Connection, now: Clock) -> None:
    """Hand over one after the other, until the turn is over or something unforeseen happens; the rest is given back."""
    notes = _Notes(batch, writing, now)
    try:
        for row, envelope in writing:
            if now() >= batch.until:
                return
            _keep_claim(batch, now())
            notes.next = row.pk
            notes.is_begun = False
            try:
                said = connection.hand_over(envelope, notes)
            except ClaimLost:
                return
            except ChannelDown as error:
                # Perhaps it is this message that the other side cannot bear: the others go first next time.
                put_behind(batch, row, error, now())
                raise
            except (NotAccepted, TryLater, MayHaveArrived) as error:
                note_failure(batch, row, envelope, error, now())
            except SoftTimeLimitExceeded:
                if notes.is_begun:
                    note_failure(batch, row, envelope, MayHaveArrived("It took too long."), now())
                raise
            except Exception as error:
                logger.exception("%s %s broke its channel", type(row).__name__, row.uuid)
                kind = MayHaveArrived if notes.is_begun else NotAccepted
                note_failure(batch, row, envelope, kind(f"Our mistake: {error}"), now())
                return  # nobody knows what the other side expects now; the next batch begins anew
            else:
                notes.sent = (row.pk, said)
                batch.sent.append(row)
    finally:
        notes.end()


class _Notes(Handing):
    """Notes in the ledger that a message is being handed over, and in the same statement that the last one was sent."""

    def __init__(self, batch: Batch, writing: Writing, now: Clock) -> None:
        self.batch = batch
        self.writing = writing
        self.now = now
        self.next: int | None = None
        self.sent: tuple[int, str] | None = None
        self.is_begun = False

    def begin(self) -> None:
        """Note it.

        Raises:
            ClaimLost: Another worker has the row.
        """
        if not self._note(self.next):
            raise ClaimLost
        self.is_begun = True

    def underway(self) -> None:
        """Write the next message while the other side is busy with this one."""
        self.writing.write_ahead()

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


def _keep_claim(batch: Batch, moment: datetime) -> None:
    if moment > batch.lease_until - LEASE + HELD_ANEW_AFTER:
        batch.lease_until = moment + LEASE
        batch.ledger.rows.keep_claim(lease=batch.lease, until=batch.lease_until)
