"""Writing, sealing and verifying the audit trail; one run for each slot of a schedule."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from lms.core.audit import Verification, set_entry_digest, verify_chain
from lms.core.models import AuditEntry, ScheduleRun
from lms.core.sealing import lock_head, seal_committed_rows

RUNS_ARE_KEPT = timedelta(days=1)


def write_audit_entry(
    *,
    actor: str,
    action: str,
    object_type: str,
    object_id: str,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
    at: datetime | None = None,
) -> AuditEntry:
    """Write one entry, inside the transaction of the change it speaks of.

    Args:
        actor: Kind and id of who did it, such as ``user:6f0d…`` or ``command:load_content``.
        action: App and verb, such as ``people.import``.
        object_type: Model or thing that changed.
        object_id: Its public id.
        before: The changed values before, dates and UUIDs included; None when it is new.
        after: The changed values after; None when it is gone.
        reason: Why, in the actor's words.
        at: Moment of the change; now when None.
    """
    return AuditEntry.objects.create(
        at=at or timezone.now(),
        actor=actor,
        action=action,
        object_type=object_type,
        object_id=object_id,
        before=before,
        after=after,
        reason=reason,
    )


def claim_slot(*, name: str, every: timedelta, at: datetime) -> bool:
    """Take the present slot of a schedule; False when it is taken, so that two beats do no more work than one.

    Slots are counted from 1970, so every process sees the same ones. Runs older than a day are removed.

    Args:
        name: Of the schedule, as beat calls it.
        every: How long a slot is; whole seconds, and as long as the schedule has between two runs.
        at: Now.
    """
    length = int(every.total_seconds())
    slot = datetime.fromtimestamp(int(at.timestamp()) // length * length, UTC)
    runs = ScheduleRun.objects.filter(name=name)
    with transaction.atomic():
        if runs.filter(slot__gt=slot + 2 * every).exists():
            runs.filter(
                slot__gte=slot
            ).delete()  # the clock was set back: what is there was begun another time
        _run, is_ours = ScheduleRun.objects.get_or_create(name=name, slot=slot, defaults={"at": at})
        if is_ours:
            runs.filter(slot__lt=slot - RUNS_ARE_KEPT).delete()
    return is_ours


def seal_audit_trail() -> int:
    """Chain every committed entry that is not chained yet; returns how many."""
    total = 0
    while sealed := seal_committed_rows(AuditEntry, set_digest=set_entry_digest):
        total += sealed
    return total


def verify_audit_trail() -> Verification:
    """Walk the sealed entries in flat memory and report the first fault."""
    with transaction.atomic():
        # Only under its lock do the head and the entries behind it belong to the same moment.
        head = lock_head(AuditEntry)
        sealed = AuditEntry.objects.exclude(position=None).order_by("position")
        last = sealed.last()
    # What a sealer adds from here on is left to the next verification.
    entries = sealed.filter(position__lte=max(head.position, last.position if last else 0))
    return verify_chain(entries.iterator(), head_position=head.position, head_digest=head.digest)
