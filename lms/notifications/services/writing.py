"""Writing the messages of a batch: who still wants theirs, and what each says."""

import logging
from collections.abc import Hashable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from celery.exceptions import SoftTimeLimitExceeded
from django.utils.translation import gettext as _

from lms.notifications.channels import FALLBACK
from lms.notifications.channels.base import Envelope
from lms.notifications.models import Suppression
from lms.notifications.registry import NotWanted
from lms.notifications.selectors.reach import reach_of
from lms.notifications.services.batches import Batch, State
from lms.people.models import User

logger = logging.getLogger(__name__)
REACHABLE = {User.Status.ACTIVE}
T = TypeVar("T", bound=Hashable)


class Writing:
    """The messages of a batch, each written when it is asked for, or one ahead.

    Rows that nobody wants any more, and those that cannot be written, are passed over and settled at the end.
    """

    def __init__(self, batch: Batch, at: datetime) -> None:
        """Look up, in a fixed number of queries, all that the messages need."""
        self.batch = batch
        self.dropped: dict[Any, str] = {}
        self.broken: dict[Any, str] = {}
        self.elsewhere: list[Any] = []
        wanted, self.dropped, self.later = _still_wanted(batch.rows, at)
        self._messages = self._write(wanted, at)
        self._ahead: list[tuple[Any, Envelope]] = []
        self.write_ahead()

    def __bool__(self) -> bool:
        return bool(self._ahead)

    def __iter__(self) -> Iterator[tuple[Any, Envelope]]:
        """Yield each row with its message."""
        while self._ahead:
            yield self._ahead.pop(0)
            if not self._ahead:
                self.write_ahead()

    def write_ahead(self) -> None:
        """Write the next message already."""
        self._ahead += [each for each in [next(self._messages, None)] if each is not None]

    def settle(self) -> None:
        """Note what becomes of the rows that were passed over."""
        for moment, keys in _grouped(self.later).items():
            _let_go(self.batch, keys, state=State.QUEUED, due_at=moment)
        dropped = {row: why for row, why in self.dropped.items() if row.doubted_at is None}
        _settle(self.batch, dropped, State.DROPPED)
        if dropped:
            self.batch.ledger.dropped(list(dropped))
        # What may have arrived was not dropped, even if nobody wants it any more.
        _settle(self.batch, {row: self.dropped[row] for row in self.dropped.keys() - dropped}, State.UNKNOWN)
        _settle(self.batch, self.broken, State.FAILED)
        # By e-mail to people whom the channel does not know.
        _let_go(self.batch, [row.pk for row in self.elsewhere], state=State.QUEUED, channel=FALLBACK)

    def _write(self, wanted: Sequence[Any], at: datetime) -> Iterator[tuple[Any, Envelope]]:
        batch = self.batch
        addresses = batch.channel.addresses_of([row.recipient for row in wanted])
        dead = Suppression.objects.among(addresses.values()) if batch.channel.name == FALLBACK else set()
        prepared = batch.ledger.prepare(wanted, at)
        for row in wanted:
            address = addresses.get(row.recipient_id, "")
            if not address:
                self.elsewhere.append(row)
            elif address.lower() in dead:
                self.broken[row] = _("Mail to this address bounced. Correct the address, then try again.")
            elif envelope := self._written(row, address, prepared):
                yield row, envelope

    def _written(self, row: Any, address: str, prepared: Any) -> Envelope | None:
        """Return the message, or None; one broken text must not hold up the others."""
        try:
            message = self.batch.ledger.compose(row, prepared)
            plain = Envelope(row.uuid, address, row.recipient.full_name, message)
            return plain.with_form(self.batch.channel.form_of(plain))
        except NotWanted as reason:
            self.dropped[row] = str(reason)
        except SoftTimeLimitExceeded:
            raise
        except Exception as error:
            logger.exception("%s %s cannot be written", type(row).__name__, row.uuid)
            self.broken[row] = _("The message cannot be written: %(error)s") % {"error": error}
        return None


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


def _settle(batch: Batch, reasons: dict[Any, str], state: str) -> None:
    for reason, keys in _grouped({row: reason[:500] for row, reason in reasons.items()}).items():
        _let_go(batch, keys, state=state, reason=reason)


def _grouped(rows: Mapping[Any, T]) -> dict[T, list[int]]:
    """Return the keys of rows by what is said of them."""
    groups: dict[T, list[int]] = {}
    for row, said in rows.items():
        groups.setdefault(said, []).append(row.pk)
    return groups


def _let_go(batch: Batch, keys: Sequence[int], **changes: Any) -> None:
    """Change some rows, as far as they are still ours, and end the claim on them."""
    own = batch.ledger.rows.filter(pk__in=keys, lease=batch.lease)
    own.update(**changes, lease=None, lease_until=None)
