"""Seeing that there are tips for everybody, and telling authors when there are not."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lms.notifications.services.notifying import Notice, notify_all
from lms.notifications.slots import monday_of
from lms.people.models import JobRole, User
from lms.people.permissions import AUTHORS
from lms.tips.notification_types import POOL
from lms.tips.selectors.choosing import sendable_pool
from lms.tips.selectors.weeks import people_without_a_tip

ONE_WEEK = timedelta(weeks=1)


def tell_authors_of_empty_pools(*, now: datetime) -> int:
    """Tell authors, once a month each, where tips are missing; returns how many things there are to tell.

    They are told of each role that gets only what is for everybody, when there is nothing for everybody, and how many
    people got none last week.
    """
    roles = JobRole.objects.filter(people__status=User.Status.ACTIVE).distinct().in_bulk()
    pool = sendable_pool(now.date())
    told = [_for_role(roles[role]) for role in sorted(pool.roles_without_a_tip(set(roles)))]
    if not pool.for_role(None).candidates:
        told.append(_for_everybody())
    if number := people_without_a_tip(monday_of(now.date()) - ONE_WEEK):
        told.append(_none_last_week(number))
    authors = list(User.objects.current().filter(groups__name=AUTHORS).values_list("pk", flat=True))
    month = monday_of(now.date()).strftime("%Y-%m")
    notify_all(
        type=POOL,
        notices=[
            Notice(
                recipient=author,
                event=f"{lack.event}:{month}",
                title=lack.title,
                text=lack.text,
                path="/cms/snippets/tips/tip/",
            )
            for lack in told
            for author in authors
        ],
        at=now,
    )
    return len(told)


class _Lack(NamedTuple):
    """What is missing, in words; `event` names it."""

    event: str
    title: str
    text: str


def _for_role(role: JobRole) -> _Lack:
    return _Lack(
        role.code,
        _("No tip is left for %(role)s") % {"role": role.name},
        _("People of this role get tips for everybody. Write some for them, or review what is overdue."),
    )


def _for_everybody() -> _Lack:
    return _Lack(
        "*",
        _("No tip is left for everybody"),
        _(
            "Whoever has no tips for their role gets none. Write some for everybody, or review what is overdue."
        ),
    )


def _none_last_week(number: int) -> _Lack:
    title = ngettext(
        "%(number)s person got no tip last week", "%(number)s people got no tip last week", number
    )
    return _Lack(
        "*none",
        title % {"number": number},
        _(
            "They want tips. They have had every tip there is for them, or holidays or a break left no day for one. "
            "Write some more, or review what is overdue."
        ),
    )
