"""Keeping enrollments in line while people change: promptly for each of them, and once a day for everyone."""

from datetime import datetime
from time import monotonic

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from lms.core.sealing import seal_committed_rows
from lms.jobs.models import Job
from lms.jobs.services import start_job
from lms.paths.selectors.following import FOLLOWER
from lms.paths.services.assigning import assign_people
from lms.paths.services.leave import keep_leave
from lms.people.models import PersonChange
from lms.people.selectors import company_day
from lms.records.models import ConsumerPosition

KEEP_RULES = "paths.keep_rules"
AT_ONCE = 500
SEALED_AT_ONCE = 1000


def follow_people(*, at: datetime, for_seconds: float) -> int:
    """Bring everyone in line whose facts have changed; returns how many changes were read.

    The notes of changes are read in the order of their commits, and the position moves in the transaction of the
    effects. So nobody is missed, and a worker that dies leaves nothing half done.
    """
    stop_at = monotonic() + for_seconds
    while seal_committed_rows(PersonChange, batch_size=SEALED_AT_ONCE) == SEALED_AT_ONCE:
        pass
    read = total = _follow_some(at)
    while read == AT_ONCE and monotonic() < stop_at:
        read = _follow_some(at)
        total += read
    return total


@transaction.atomic
def _follow_some(at: datetime) -> int:
    places = ConsumerPosition.objects.select_for_update(skip_locked=True).filter(consumer=FOLLOWER)
    place = places.first()
    if place is None:
        place, is_new = ConsumerPosition.objects.get_or_create(consumer=FOLLOWER)
        if not is_new:
            return 0
    following = PersonChange.objects.filter(position__gt=place.position).order_by("position")
    changes = list(following.values_list("position", "person")[:AT_ONCE])
    if not changes:
        return 0
    people = {person for _position, person in changes}
    assign_people(people=people, at=at)
    keep_leave(at=at, people=people)
    place.position = changes[-1][0]
    place.save(update_fields=["position", "updated_at"])
    return len(changes)


def start_daily_round(*, at: datetime) -> Job:
    """Start the job that looks at everyone once a day: days pass, and with them "hired within the last 90 days"."""
    day = company_day(at)
    return start_job(
        kind=KEEP_RULES,
        title=_("Daily round of the assignment rules, %s") % date_format(day, "j F Y"),
        actor=None,
        at=at,
        key=f"{KEEP_RULES}:{day.isoformat()}",
    )
