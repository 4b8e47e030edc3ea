"""Reading what one was told. What was seen on the page is not told again in the next digest."""

from datetime import datetime

from lms.notifications.models import Notification
from lms.people.models import User


def note_seen(*, notification: Notification, at: datetime) -> None:
    """Note that a notification was looked at, the first time."""
    Notification.objects.filter(pk=notification.pk, seen_at=None).update(seen_at=at)


def note_all_seen(*, person: User, latest: int, at: datetime) -> int:
    """Note that somebody has looked at all that was in their inbox; returns how many were new to them.

    Args:
        person: Whose.
        latest: Key of the newest that the page counted: what came since stays unread.
        at: Now.
    """
    return Notification.objects.of(person).in_inbox().unseen().filter(pk__lte=latest).update(seen_at=at)
