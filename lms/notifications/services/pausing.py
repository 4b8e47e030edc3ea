"""Pausing every message for a while."""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction

from lms.core.services import write_audit_entry
from lms.notifications.models import DeliveryPreferences
from lms.people.models import User
from lms.people.time_zones import zone_or_default


@transaction.atomic
def pause_messages(*, person: User, days: int, at: datetime) -> date:
    """Send nothing to a person for some days; a longer pause that they have already stays.

    Args:
        person: Who asked for it.
        days: How many, counted from their today.
        at: Now.

    Returns:
        The first day on which they are reached again.
    """
    today = at.astimezone(zone_or_default(person.time_zone, settings.PRAXIS_TIME_ZONE)).date()
    until = today + timedelta(days=days)
    row, _created = DeliveryPreferences.objects.select_for_update().get_or_create(person=person)
    before = row.paused_until
    if before is not None and before >= until:
        return before
    row.paused_until = until
    row.save(update_fields=["paused_until"])
    write_audit_entry(
        actor=person.as_actor,
        action="notifications.pause",
        object_type="person",
        object_id=str(person.public_id),
        before={"paused_until": before and before.isoformat()},
        after={"paused_until": until.isoformat()},
        at=at,
    )
    return until
