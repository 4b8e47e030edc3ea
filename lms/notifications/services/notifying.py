"""Telling people that something happened: once for each event, in the transaction of what happened."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from lms.notifications.models import Notification, TypePreference
from lms.notifications.registry import NotificationType, find_type
from lms.notifications.selectors.reach import EVERYTHING
from lms.people.models import User


@dataclass(frozen=True)
class Notice:
    """What one person is told.

    Attributes:
        recipient: Who, or their primary key.
        event: Names what happened; the same person is told of the same event once, however often it is said.
        title: One line.
        text: A sentence or two more; empty for none.
        path: Where it leads, from the root of the site; empty for nowhere.
    """

    recipient: User | int
    event: str
    title: str
    text: str = ""
    path: str = ""

    @property
    def key(self) -> int:
        """The recipient's primary key."""
        return self.recipient if isinstance(self.recipient, int) else self.recipient.pk


def notify(*, type: str, notice: Notice, at: datetime) -> None:  # noqa: A002  the field's word
    """Tell one person of one event; takes what `notify_all` takes."""
    notify_all(type=type, notices=[notice], at=at)


def notify_all(*, type: str, notices: Iterable[Notice], at: datetime) -> None:  # noqa: A002
    """Tell people of an event; what somebody was told already is not told again.

    Args:
        type: Name of a registered type.
        notices: At most one for each person and event.
        at: When it happened.

    Raises:
        KeyError: There is no such type.

    Cost: two queries, however many people.
    """
    kind = find_type(type)
    told = list(notices)
    unwanted_in_inbox, changed = _own_choices({each.key for each in told}, kind)
    Notification.objects.bulk_create(
        [
            Notification(
                recipient_id=each.key,
                type=type,
                event=each.event,
                title=each.title[:200],
                text=each.text[:1000],
                path=each.path,
                is_required=kind.is_required,
                in_digest=kind.is_required or changed.get(each.key, kind.in_digest),
                at=at,
            )
            for each in told
            if kind.is_required or each.key not in unwanted_in_inbox or changed.get(each.key, kind.in_digest)
        ],
        ignore_conflicts=True,
        batch_size=1000,
    )


def _own_choices(people: Collection[int], kind: NotificationType) -> tuple[set[int], dict[int, bool]]:
    """Return who wants nothing of a type in the inbox, and who has changed whether it goes into their digest."""
    rows = TypePreference.objects.filter(person__in=people, type__in=[kind.name, EVERYTHING])
    inbox: set[int] = set()
    digest: dict[int, bool] = {}
    for person, name, place, is_wanted in rows.values_list("person", "type", "place", "is_wanted"):
        if place == "inbox" and not is_wanted:
            inbox.add(person)
        elif place == "message" and (name == kind.name or person not in digest):
            digest[person] = is_wanted
    return inbox, digest
