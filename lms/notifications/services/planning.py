"""Planning digests: one row for whoever has something waiting, at their hour, within their weekly cap."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from lms.notifications.models import Delivery, Digest, Notification
from lms.notifications.selectors.reach import Reach, reach_of
from lms.notifications.slots import monday_of
from lms.people.models import User

TOGETHER = 1000
LONGER_THAN_A_WEEK = timedelta(days=9)
WAIT_FOR_MORE = timedelta(minutes=10)
"""What happens together is told together, also shortly before the hour."""


def plan_digests(*, now: datetime, goes_on: Callable[[], bool] = lambda: True) -> int:
    """Queue a digest for everyone who has something waiting and none queued; returns for how many.

    Whoever has had as many digests this week as they want waits for the next, unless something required waits.

    Args:
        now: The present.
        goes_on: Asked between batches; the next run does what is left.
    """
    planned, last = 0, 0
    while goes_on():
        people = list(_with_something_waiting(now).filter(pk__gt=last).order_by("pk")[:TOGETHER])
        if not people:
            break
        planned += _plan(people, now)
        last = people[-1].pk
    return planned


@transaction.atomic
def plan_digest_again(*, person: User, now: datetime) -> None:
    """Plan somebody's next digest anew, after they have changed when or where they are reached.

    One that a worker has claimed, or that was tried already, stays as it is.
    """
    queued = Digest.objects.filter(recipient=person, state=Delivery.State.QUEUED, attempts=0, begun_at=None)
    # Under a lock, so that none goes out and is forgotten.
    free = list(queued.select_for_update(skip_locked=True).values_list("pk", flat=True))
    Digest.objects.filter(pk__in=free).delete()
    people = list(_with_something_waiting(now).filter(pk=person.pk))
    if people:
        _plan(people, now)


def _with_something_waiting(now: datetime) -> QuerySet[User]:
    waiting = Notification.objects.waiting().filter(recipient=OuterRef("pk"), at__lte=now - WAIT_FOR_MORE)
    queued = Digest.objects.open().filter(recipient=OuterRef("pk"))
    people: QuerySet[User] = User.objects.filter(Exists(waiting), ~Exists(queued), status=User.Status.ACTIVE)
    return people


def _plan(people: list[User], now: datetime) -> int:
    reach = reach_of(people)
    keys = [person.pk for person in people]
    waiting = Notification.objects.waiting().filter(recipient__in=keys, is_required=True)
    required = set(waiting.values_list("recipient", flat=True))
    digests = _digests_around(keys, now)
    rows = []
    for person in people:
        own = reach[person.pk]
        due: datetime | None = own.next_digest(now)
        if person.pk not in required:
            due = _within_cap(own, own.next_digest(now), digests.get(person.pk, []))
        if due is not None:
            rows.append(Digest(recipient=person, channel=own.channel, due_at=due, day=own.today(due)))
    Digest.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _digests_around(people: list[int], now: datetime) -> dict[int, list[datetime]]:
    """Return when each of some people was or will be sent a digest."""
    found: dict[int, list[datetime]] = {}
    alive = [Delivery.State.SENT, Delivery.State.UNKNOWN, Delivery.State.QUEUED, Delivery.State.SENDING]
    rows = Digest.objects.filter(recipient__in=people, state__in=alive, due_at__gte=now - LONGER_THAN_A_WEEK)
    for person, at in rows.values_list("recipient", "due_at"):
        found.setdefault(person, []).append(at)
    return found


def _within_cap(own: Reach, due: datetime, digests: list[datetime]) -> datetime | None:
    """Return when a digest may go out; None when its week is full: the next one is planned when it has begun."""
    monday = monday_of(own.today(due))
    this_week = [at for at in digests if monday_of(own.today(at)) == monday]
    return due if len(this_week) < own.weekly_cap else None
