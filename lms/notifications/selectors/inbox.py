"""What somebody was told, as their inbox shows it."""

from dataclasses import dataclass

from django.db.models import Count, Max

from lms.notifications.models import Notification
from lms.notifications.querysets import NotificationQuerySet
from lms.people.models import User

MOST_COUNTED = 10


@dataclass(frozen=True)
class Unread:
    """What somebody has not looked at.

    Attributes:
        count: How many.
        latest: Key of the one that was written last; 0 when there is none.
    """

    count: int
    latest: int


def inbox_of(person: User) -> NotificationQuerySet:
    """Return what stands in somebody's inbox, in no order."""
    rows: NotificationQuerySet = Notification.objects.of(person).in_inbox()
    return rows


def unread_in(person: User) -> Unread:
    """Return how much is unread; one query."""
    found = inbox_of(person).unseen().order_by().aggregate(count=Count("pk"), latest=Max("pk"))
    return Unread(found["count"], found["latest"] or 0)


def unread_count(person: User) -> int:
    """Return how much is unread, ten at most: every page shows it; one query, by index."""
    return inbox_of(person).unseen().order_by()[:MOST_COUNTED].count()
