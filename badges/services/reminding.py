"""What a day changes: reminders before a credential expires, and the note that it has."""

from datetime import datetime, timedelta

from django.db import transaction

from badges.models import Award, AwardEvent
from badges.services.history import SYSTEM
from badges.services.telling import tell_expiring

REMINDER_DAYS = (60, 30, 7, 0)


@transaction.atomic
def remind_of_expiry(*, at: datetime) -> list[AwardEvent]:
    """Send and note the reminders that are due, each once for each date of expiry; returns the new ones.

    Of several that were missed, as after a long outage, only the nearest to the end is noted: nobody is told three
    times on one day.
    """
    ending = Award.objects.expiring(at - timedelta(days=1), at + timedelta(days=max(REMINDER_DAYS)))
    own = list(ending.exclude(recipient=None).select_related("version"))
    days = {award.pk: _days_to_remind(award, at) for award in own}
    keys = {award.pk: _key(award, days[award.pk]) for award in own}
    noted = set(AwardEvent.objects.filter(once__in=keys.values()).values_list("once", flat=True))
    due = [award for award in own if keys[award.pk] not in noted]
    tell_expiring(awards=[(award, days[award.pk]) for award in due], at=at)
    return AwardEvent.objects.bulk_create(
        [
            AwardEvent(
                award=award,
                kind=AwardEvent.Kind.REMINDED,
                at=at,
                actor=SYSTEM,
                details={"days": days[award.pk]},
                once=keys[award.pk],
            )
            for award in due
        ]
    )


def _days_to_remind(award: Award, at: datetime) -> int:
    assert award.valid_until is not None, "only what expires is asked for"
    left = award.valid_until - at
    return min(days for days in REMINDER_DAYS if left <= timedelta(days=days) or days == max(REMINDER_DAYS))


def _key(award: Award, days: int) -> str:
    return f"reminded:{award.pk}:{award.cycle}:{days}"


@transaction.atomic
def note_expired(*, at: datetime) -> int:
    """Add the step to the life of each award that has expired since; returns how many."""
    ended = Award.objects.expiring(at - timedelta(days=30), at)
    keys = {f"expired:{award.pk}:{award.cycle}": award for award in ended}
    noted = set(AwardEvent.objects.filter(once__in=keys).values_list("once", flat=True))
    AwardEvent.objects.bulk_create(
        [
            AwardEvent(award=award, kind=AwardEvent.Kind.EXPIRED, at=at, actor=SYSTEM, once=key)
            for key, award in keys.items()
            if key not in noted
        ]
    )
    return len(keys) - len(noted)
