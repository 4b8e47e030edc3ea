"""Seeing that there are tips for everybody, and telling authors when there are not."""

from datetime import datetime

from django.utils.translation import gettext as _

from lms.notifications.services.notifying import Notice, notify_all
from lms.notifications.slots import monday_of
from lms.people.models import JobRole, User
from lms.people.permissions import AUTHORS
from lms.tips.notification_types import POOL
from lms.tips.selectors.choosing import sendable_pool


def tell_authors_of_empty_pools(*, now: datetime) -> int:
    """Tell authors, once a month, of each role that gets only what is for everybody; returns how many there are."""
    roles = JobRole.objects.filter(people__status=User.Status.ACTIVE).distinct().in_bulk()
    lacking = sendable_pool(now.date()).roles_without_a_tip(set(roles))
    authors = list(User.objects.current().filter(groups__name=AUTHORS).values_list("pk", flat=True))
    month = monday_of(now.date()).strftime("%Y-%m")
    notify_all(
        type=POOL,
        notices=[
            Notice(
                recipient=author,
                event=f"{roles[role].code}:{month}",
                title=_("No tip is left for %(role)s") % {"role": roles[role].name},
                text=_(
                    "People of this role get tips for everybody. Write some for them, or review what is overdue."
                ),
                path="/cms/snippets/tips/tip/",
            )
            for role in sorted(lacking)
            for author in authors
        ],
        at=now,
    )
    return len(lacking)
