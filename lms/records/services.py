"""Writing to the ledger, and delivering it to its consumers."""

import logging
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from lms.core.sealing import seal_committed_rows
from lms.people.models import User
from lms.records.models import ConsumerPosition, LearningRecord, SetAsideRecord
from lms.records.registry import Consumer, all_consumers, get_consumer

logger = logging.getLogger(__name__)

BATCH_SIZE = 200
ATTEMPTS_BEFORE_SETTING_ASIDE = 5


def new_record(
    *,
    actor: User,
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
        actor: Who did it.
        verb: One of `LearningRecord.Verb`.
        object_type: One of `LearningRecord.ObjectType`.
        object_id: Stable id of the object, never a page id.
        object_title: What it was called then.
        at: Timezone-aware moment it happened.
        object_version: Revision it happened with; empty where the object has none.
        result: Such as ``{"success": true}``; never text that a learner wrote.
        context: Such as the enrollment it belongs to.
    """
    return LearningRecord(
        actor=actor,
        verb=verb,
        object_type=object_type,
        object_id=object_id,
        object_version=object_version,
        object_title=object_title[:300],
        result=result or {},
        context=context or {},
        at=at,
    )


def record_all(records: Iterable[LearningRecord]) -> list[LearningRecord]:
    """Insert records in one query, inside the caller's transaction, and wake the consumers once it commits."""
    written = LearningRecord.objects.bulk_create(list(records))
    if written:
        transaction.on_commit(_wake_consumers, robust=True)
    return written


def _wake_consumers() -> None:
    """Ask a worker to deliver soon. Without a broker nothing is lost: the sweep delivers."""
    try:
        current_app.send_task("lms.records.tasks.deliver_records")
    except (OperationalError, OSError):
        logger.warning("The broker cannot be reached; consumers wait for the next sweep.")


def record_learning(**fields: Any) -> LearningRecord:
    """Insert one record; takes what `new_record` takes."""
    return record_all([new_record(**fields)])[0]


def deliver_to_all() -> int:
    """Order the committed records, then let every consumer catch up; returns how many records were handled.

    A consumer that fails does not stop the others.
    """
    while seal_committed_rows(LearningRecord):
        pass
    handled = 0
    for consumer in all_consumers():
        while count := deliver_batch(consumer):
            handled += count
    return handled


def deliver_batch(consumer: Consumer) -> int:
    """Hand the next records to one consumer and move its position, in one transaction.

    A record that fails is tried again at the next delivery, and set aside after `ATTEMPTS_BEFORE_SETTING_ASIDE`.

    Returns:
        How many records it got past; 0 when it is up to date, has just failed, or another worker holds it.
    """
    ConsumerPosition.objects.get_or_create(consumer=consumer.name)
    with transaction.atomic():
        place = ConsumerPosition.objects.select_for_update(skip_locked=True).filter(consumer=consumer.name).first()
        if place is None:
            return 0
        records = LearningRecord.objects.filter(position__gt=place.position).order_by("position")[:BATCH_SIZE]
        passed = 0
        for record in records:
            if not _handle_one(consumer, record, place):
                break
            place.position, place.attempts = record.position, 0
            passed += 1
        place.save()
    return passed


def _handle_one(consumer: Consumer, record: LearningRecord, place: ConsumerPosition) -> bool:
    """Return whether the consumer may go on to the next record."""
    if record.verb not in consumer.verbs:
        return True
    try:
        with transaction.atomic():
            consumer.handle(record)
    except Exception as error:
        logger.exception("Consumer %s failed on record %s", consumer.name, record.uuid)
        place.attempts += 1
        if place.attempts < ATTEMPTS_BEFORE_SETTING_ASIDE:
            return False
        SetAsideRecord.objects.get_or_create(
            consumer=consumer.name, record=record, defaults={"error": f"{type(error).__name__}: {error}"}
        )
    return True


def replay_consumer(name: str, *, from_position: int = 0) -> None:
    """Send one consumer back, so that it reads the ledger again from after `from_position`.

    Raises:
        KeyError: No consumer has that name.
    """
    get_consumer(name)
    with transaction.atomic():
        SetAsideRecord.objects.filter(consumer=name, record__position__gt=from_position).delete()
        ConsumerPosition.objects.update_or_create(
            consumer=name, defaults={"position": from_position, "attempts": 0}
        )
