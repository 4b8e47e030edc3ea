"""The inbox: what somebody was told, newest first."""

from dataclasses import dataclass
from typing import Any

from lms.notifications.models import Notification
from lms.notifications.registry import all_types
from lms.notifications.selectors.inbox import Unread, inbox_of, unread_in
from lms.people.models import User
from lms.web.keyset import KeysetPage, keyset_page

ON_A_PAGE = 30


@dataclass(frozen=True)
class Inbox:
    """What the page shows."""

    page: KeysetPage[Notification]
    unread: Unread

    @property
    def lines(self) -> list[tuple[Notification, Any]]:
        """Each notification with what its type is called; nothing for a type that is gone."""
        labels = {each.name: each.label for each in all_types()}
        return [(row, labels.get(row.type, "")) for row in self.page.rows]


def inbox_page(person: User, cursor: str) -> Inbox:
    """Return a page of somebody's inbox; two queries."""
    rows = inbox_of(person)
    page = keyset_page(rows, order=("-at", "-pk"), cursor=cursor, size=ON_A_PAGE)
    return Inbox(page, unread_in(person))
