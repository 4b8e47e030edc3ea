"""Questions to notifications and to the ledger of what is sent."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.apps import apps
from django.db import connection, models, transaction
from django.db.models import Exists, F, OuterRef, Q

LONGEST_CLAIM = timedelta(minutes=10)

if TYPE_CHECKING:
    from lms.people.models import User


class DeliveryQuerySet(models.QuerySet[Any]):
    """Questions to a ledger of deliveries; what changes several rows does it in one statement."""

    def due(self, now: datetime, channel: str = "") -> "DeliveryQuerySet":
        """Those that can be sent now, on one channel or on any."""
        rows = self.filter(state="queued", due_at__lte=now)
        return rows.filter(channel=channel) if channel else rows

    def claimed(self, now: datetime) -> "DeliveryQuerySet":
        """Those that a worker has, as far as one knows."""
        return self.filter(state="sending", lease_until__gte=now)

    def open(self) -> "DeliveryQuerySet":
        """Those of which nobody can say yet what became of them."""
        return self.filter(state__in=["queued", "sending"])

    def lost(self) -> "DeliveryQuerySet":
        """Those that were not sent, or of which nobody knows."""
        return self.filter(state__in=["failed", "unknown"])

    def repeated(self, *, since: datetime) -> "DeliveryQuerySet":
        """Those that were sent once more since a moment although the first may have arrived."""
        return self.filter(state="sent", doubted_at__gte=since)

    def worth_sending(self, now: datetime) -> "DeliveryQuerySet":
        """Those whose time is not over."""
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=now))

    def claim(
        self, *, channel: str, lease: UUID, now: datetime, until: datetime, limit: int
    ) -> Sequence[Any]:
        """Take the oldest due rows for one worker; another that asks meanwhile gets others, or none.

        Args:
            channel: On which they go out.
            lease: Names the worker's claim.
            now: The present.
            until: When the claim ends by itself.
            limit: How many at most.
        """
        with transaction.atomic():
            free = self.due(now, channel).select_for_update(skip_locked=True, of=("self",))
            keys = list(free.order_by("due_at", "pk").values_list("pk", flat=True)[:limit])
            if not keys:
                return []
            self.filter(pk__in=keys).update(state="sending", lease=lease, lease_until=until, begun_at=None)
        return list(self.filter(pk__in=keys).select_related("recipient").order_by("due_at", "pk"))

    def keep_claim(self, *, lease: UUID, until: datetime) -> int:
        """Hold a claim for longer; returns how many rows are still held."""
        return self.filter(lease=lease, state="sending").update(lease_until=until)

    def hand_over(
        self, *, row: int | None, lease: UUID, at: datetime, sent: int | None, provider_id: str
    ) -> bool:
        """Note in one statement that one row was sent and that the next is being handed over.

        What a killed worker leaves is so at most one row of which nobody knows whether it has gone out. PostgreSQL does
        not wait for its disk here: a note survives whatever happens to a worker, and the last half second of notes is
        lost when the machine of the database itself goes down (docs/decisions/0013).

        Args:
            row: The next one; None after the last.
            lease: The claim it must still be in.
            at: Now.
            sent: The one before; None at the start.
            provider_id: What the other side called that.

        Returns:
            Whether the next one is still ours. False when the claim has ended and another worker has it.
        """
        table = connection.ops.quote_name(self.model._meta.db_table)
        statement = f"""
            UPDATE {table} SET
                state = CASE WHEN id = %s THEN 'sent' ELSE state END,
                sent_at = CASE WHEN id = %s THEN %s ELSE sent_at END,
                provider_id = CASE WHEN id = %s THEN %s ELSE provider_id END,
                begun_at = CASE WHEN id = %s THEN %s ELSE begun_at END
            WHERE (id = %s OR (id = %s AND state = 'sending' AND lease = %s)){_quickly()}
        """  # noqa: S608  the name is the table's own
        lease_value = lease if connection.features.has_native_uuid_field else lease.hex
        moment = connection.ops.adapt_datetimefield_value(at)
        values = [sent, sent, moment, sent, provider_id, row, moment, sent, row, lease_value]
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            return bool(cursor.rowcount == (sent is not None) + (row is not None))

    def give_back(self, *, lease: UUID) -> int:
        """Let go of what was claimed and not begun; returns how many rows."""
        return self.filter(lease=lease, state="sending", begun_at=None).update(
            state="queued", lease=None, lease_until=None
        )

    def left_behind(self, now: datetime) -> "DeliveryQuerySet":
        """Those whose worker is gone: its claim has ended and it has not said what became of them.

        So has a claim that ends long after now: a clock went wrong. A worker that lives finds out before it hands over.
        """
        ended = Q(lease_until__lt=now) | Q(lease_until__gt=now + LONGEST_CLAIM)
        return self.filter(ended, state="sending")

    def free_left_behind(self, *, now: datetime, repeatable: Collection[str]) -> tuple[int, int]:
        """Queue again what a lost worker had not begun, and settle what it was about to hand over.

        Args:
            now: The present.
            repeatable: Channels on which what may have arrived is sent once more; elsewhere, and the second time, it is
                set aside as unknown.

        Returns:
            How many were queued again without a doubt, and how many may have arrived.
        """
        lost = self.left_behind(now)
        clear: dict[str, Any] = {"lease": None, "lease_until": None}
        queued = lost.filter(begun_at=None).update(state="queued", **clear)
        doubt = clear | {
            "doubted_at": F("begun_at"),
            "reason": "The worker ended while handing it over; it may have arrived.",
        }
        again = lost.filter(channel__in=repeatable, doubted_at=None).update(
            state="queued", begun_at=None, attempts=F("attempts") + 1, **doubt
        )
        return queued, again + lost.update(state="unknown", **doubt)

    def move_to(self, channel: str, *, from_channel: str, now: datetime) -> int:
        """Send on another channel what is due, or was tried, on one that does not work; returns how many."""
        waiting = self.filter(Q(due_at__lte=now) | Q(attempts__gt=0), state="queued", channel=from_channel)
        return waiting.update(channel=channel, due_at=now, attempts=0)


def _quickly() -> str:
    """Return a condition that always holds, and that keeps this one transaction from waiting for the disk."""
    is_postgresql = connection.vendor == "postgresql"
    return " AND set_config('synchronous_commit', 'off', true) = 'off'" if is_postgresql else ""


class NotificationQuerySet(models.QuerySet[Any]):
    """Questions to notifications."""

    def of(self, person: "User") -> "NotificationQuerySet":
        """A person's own."""
        return self.filter(recipient=person)

    def unseen(self) -> "NotificationQuerySet":
        """Those that their recipient has not looked at."""
        return self.filter(seen_at=None)

    def in_inbox(self) -> "NotificationQuerySet":
        """Those that stand in the inbox: all but types that their recipient wants elsewhere only."""
        refused = _preferences("inbox").filter(type=OuterRef("type"), is_wanted=False)
        return self.filter(Q(is_required=True) | ~Exists(refused))

    def wanted_as_message(self) -> "NotificationQuerySet":
        """Those that their recipient has not stopped since: what is said of a type counts more than of everything."""
        of_type = _preferences("message").filter(type=OuterRef("type"))
        stopped_all = Exists(_preferences("message").filter(type="*", is_wanted=False))
        stopped = Exists(of_type.filter(is_wanted=False)) | stopped_all & ~Exists(
            of_type.filter(is_wanted=True)
        )
        return self.filter(Q(is_required=True) | ~stopped)

    def waiting(self) -> "NotificationQuerySet":
        """Those that go into the next digest: wanted there, in none yet, and not seen on the page meanwhile."""
        return self.filter(in_digest=True, digest=None).still_news()

    def still_news(self) -> "NotificationQuerySet":
        """Those that a message may tell: not stopped, and not seen on the page meanwhile unless required."""
        return self.filter(Q(is_required=True) | Q(seen_at=None)).wanted_as_message()


def _preferences(place: str) -> models.QuerySet[Any]:
    """Return what recipients of the rows of an outer query say about a place."""
    rows = apps.get_model("notifications", "TypePreference").objects
    return rows.filter(person=OuterRef("recipient"), place=place)


class SuppressionQuerySet(models.QuerySet[Any]):
    """Questions to addresses that nothing is sent to."""

    def among(self, addresses: Collection[str]) -> set[str]:
        """Return which of some addresses take nothing, in small letters."""
        wanted = {address.lower() for address in addresses}
        return set(self.filter(address__in=wanted).values_list("address", flat=True))
