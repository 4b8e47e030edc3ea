"""Writing to the ledger, and delivering it to its consumers."""

import logging
import math
from collections.abc import Iterable
from datetime import datetime, timedelta
from time import monotonic, sleep
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from lms.core.errors import ActionRefused
from lms.core.nudges import nudge_on_commit
from lms.core.sealing import seal_committed_rows
from lms.core.services import write_audit_entry
from lms.people.models import User
from lms.records.models import ConsumerPosition, LearningRecord, SetAsideRecord
from lms.records.registry import Consumer, all_consumers, get_consumer

logger = logging.getLogger(__name__)

BATCH_SIZE = 200
LONGEST_BETWEEN_LOOKS = 0.11
"""Seconds: SQLite's own handler of a busy database looks every tenth of a second once it has waited for a while."""
ATTEMPTS_BEFORE_SETTING_ASIDE = 5
FIRST_RETRY_AFTER = timedelta(seconds=15)
TASK = "lms.records.tasks.deliver_records"


def new_record(  # noqa: PLR0913  one argument for each column
    *,
    actor: User | int,
    verb: str,
    object_type: str,
    object_id: UUID,
    object_title: str,
    at: datetime,
    object_version: str = "",
    result: dict[str, Any] | None = None,
    context: dict[str, Any] | None = None,
) -> LearningRecord:
    """Return an unsaved record, for `record_all`.

    Args:
        actor: Who did it, or their primary key.
        verb: One of `LearningRecord.Verb`.
        object_type: One of `LearningRecord.ObjectType`.
        object_id: Stable id of the object, never a page id.
        object_title: What it was called then.
        at: Timezone-aware moment it happened.
        object_version: Revision it happened with; empty where the object has none.
        result: Such as ``{"success": true}``; never text that a learner wrote.
        context: Such as the enrollment it belongs to.

    Raises:
        ValueError: No such verb or object type; what is written here can never be corrected.
    """
    return LearningRecord(
        actor_id=actor if isinstance(actor, int) else actor.pk,
        verb=LearningRecord.Verb(verb),
        object_type=LearningRecord.ObjectType(object_type),
        object_id=object_id,
        object_version=object_version,
        object_title=object_title[:300],
        result=result or {},
        context=context or {},
        at=at,
    )


def record_all(*, records: Iterable[LearningRecord]) -> list[LearningRecord]:
    """Insert records in one query, in the caller's transaction, and wake the consumers once it commits."""
    written = LearningRecord.objects.bulk_create(list(records))
    if written:
        nudge_on_commit(TASK)
    return written


def record_learning(**fields: Any) -> LearningRecord:
    """Insert one record; takes what `new_record` takes."""
    return record_all(records=[new_record(**fields)])[0]


def deliver_to_all(*, for_seconds: float = math.inf) -> int:
    """Order the committed records, then let the consumers catch up in turns, a batch each.

    Args:
        for_seconds: When this time is over, stop after the batches of that turn.

    Returns:
        How many records the consumers got past, each counted on its own.
    """
    stop_at = monotonic() + for_seconds
    while seal_committed_rows(LearningRecord):
        pass
    total = 0
    behind = all_consumers()
    while behind and monotonic() < stop_at:
        passed = {consumer: _deliver_batch_or_log(consumer) for consumer in behind}
        total += sum(passed.values())
        behind = [consumer for consumer in behind if passed[consumer]]
        if behind:
            _let_others_write()
    return total


def _let_others_write() -> None:
    """Let in whoever waits to write on SQLite, which has one writer at a time and no queue: they look now and then.

    Without it a page that signs somebody in waits until all is delivered, and fails when that takes long.
    """
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        sleep(LONGEST_BETWEEN_LOOKS)


def _deliver_batch_or_log(consumer: Consumer) -> int:
    """Deliver a batch; a failure of the whole batch does not hold up the other consumers."""
    try:
        return deliver_batch(consumer=consumer)
    except Exception:
        logger.exception("Consumer %s could not take a batch; the next sweep tries again", consumer.name)
        return 0


def deliver_batch(*, consumer: Consumer) -> int:
    """Hand the next records to one consumer and move its position, in one transaction.

    A record that fails is tried again after 15, 30, 60 and 120 seconds, and the consumer waits for it, since
    records come in order. When it fails once more it is set aside and the consumer goes on.

    Returns:
        How many records it got past; 0 when it is up to date, waits, or is held by another worker.
    """
    ConsumerPosition.objects.get_or_create(consumer=consumer.name)
    with transaction.atomic():
        places = ConsumerPosition.objects.select_for_update(skip_locked=True)
        place = places.filter(consumer=consumer.name).first()
        if place is None or place.is_waiting(timezone.now()):
            return 0
        _check_constraints_at_once()
        start, passed = place.position, 0
        following = LearningRecord.objects.select_related("actor").filter(position__gt=start)
        for record in following.order_by("position")[:BATCH_SIZE]:
            if not _get_past(record, consumer, place):
                break
            place.move_past(record)
            passed += 1
        if passed or place.attempts:
            place.save()
    return passed


def _check_constraints_at_once() -> None:
    """Let a broken reference show at the record that breaks it; at the commit it costs the whole batch.

    SQLite cannot; there the batch fails and is logged until the consumer is mended.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _get_past(record: LearningRecord, consumer: Consumer, place: ConsumerPosition) -> bool:
    """Return whether the consumer may go on to the next record; note in its place when it may not."""
    if record.verb not in consumer.verbs:
        return True
    try:
        with transaction.atomic():
            consumer.handle(record)
    except Exception as error:
        logger.exception("Consumer %s failed on record %s", consumer.name, record.uuid)
        place.attempts += 1
        if place.attempts < ATTEMPTS_BEFORE_SETTING_ASIDE:
            place.retry_at = timezone.now() + FIRST_RETRY_AFTER * 2 ** (place.attempts - 1)
            return False
        SetAsideRecord.objects.get_or_create(
            consumer=consumer.name, record=record, defaults={"error": f"{type(error).__name__}: {error}"}
        )
    return True


@transaction.atomic
def replay_consumer(*, name: str, actor: str, from_position: int = 0) -> None:
    """Send one consumer back, so that it reads the ledger again, and what it had set aside.

    Args:
        name: The consumer.
        actor: Who sends it back, for the audit trail.
        from_position: The last position that it does not read again.

    Raises:
        ActionRefused: No consumer has that name, or it has not come as far as `from_position`.
    """
    get_consumer(name)
    place, _ = ConsumerPosition.objects.select_for_update().get_or_create(consumer=name)
    if not 0 <= from_position <= place.position:
        raise ActionRefused(
            f"{name} is at position {place.position}; send it back to one from 0 to {place.position}. "
            f"Sending it forward would lose records."
        )
    SetAsideRecord.objects.filter(consumer=name, record__position__gt=from_position).delete()
    before = place.position
    place.position, place.attempts, place.retry_at = from_position, 0, None
    place.save()
    write_audit_entry(
        actor=actor,
        action="records.replay",
        object_type="consumer",
        object_id=name,
        before={"position": before},
        after={"position": from_position},
    )
