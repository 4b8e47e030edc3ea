"""When somebody wants their tip. What is queued moves with the wish, and stays in its week."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from lms.core.errors import ActionRefused
from lms.core.services import write_audit_entry
from lms.notifications.models import Delivery
from lms.notifications.services.preferences import (
    ReachWish,
    check_channel,
    quiet_hour_refusal,
    set_pause,
    set_reach,
)
from lms.notifications.slots import is_quiet_hour
from lms.people.models import User
from lms.tips.models import TipDelivery, TipPreferences
from lms.tips.models.plans import WEEKDAYS
from lms.tips.services.planning import moment_of_one

DAYS = dict(WEEKDAYS)


@dataclass(frozen=True)
class TipTime:
    """A day and an hour.

    Attributes:
        weekday: 1 for Monday to 7 for Sunday.
        hour: 0 to 23 where they live.
    """

    weekday: int
    hour: int


def set_times(*, person: User, wish: ReachWish, tip: TipTime | None, at: datetime) -> None:
    """Save when and where somebody is reached, with their tip.

    Args:
        person: Whom.
        wish: For everything.
        tip: For the tip; None for the day and hour that the company plans.
        at: Now.

    Raises:
        ActionRefused: An hour lies in the quiet hours, or the channel cannot be used; nothing is saved.
    """
    if tip is not None and is_quiet_hour(tip.hour, wish.quiet_from, wish.quiet_to):
        raise ActionRefused(quiet_hour_refusal(tip.hour, wish), field="tip_hour")
    check_channel(person=person, name=wish.channel)
    with transaction.atomic():
        set_reach(person=person, wish=wish, at=at)
        _set_tip_time(person, tip, at)
        move_queued_tips(person=person, now=at)


@transaction.atomic
def take_a_break(*, person: User, until: date | None, at: datetime) -> None:
    """Reach somebody no more before a day, or again from now on, with what is queued.

    Raises:
        ActionRefused: The day is not in the future, or more than a year away.
    """
    set_pause(person=person, until=until, at=at)
    move_queued_tips(person=person, now=at)


def _set_tip_time(person: User, tip: TipTime | None, at: datetime) -> None:
    row = TipPreferences.objects.filter(person=person).first()
    before = TipTime(row.weekday, row.hour) if row else None
    if before == tip:
        return
    if tip is None:
        TipPreferences.objects.filter(person=person).delete()
    else:
        values = {"weekday": tip.weekday, "hour": tip.hour}
        TipPreferences.objects.update_or_create(person=person, defaults=values)
    write_audit_entry(
        actor=person.as_actor,
        action="tips.set_time",
        object_type="person",
        object_id=str(person.public_id),
        before={"tip_time": _told(before)},
        after={"tip_time": _told(tip)},
        at=at,
    )


def _told(tip: TipTime | None) -> str:
    return f"{DAYS[tip.weekday]}, {tip.hour:02d}:00" if tip else _("as the company plans")


def move_queued_tips(*, person: User, now: datetime) -> int:
    """Move what is queued to when its recipient wants it now; returns how many.

    A moment that is over this week comes at once.
    """
    moved = 0
    queued = TipDelivery.objects.filter(recipient=person, state=Delivery.State.QUEUED, attempts=0)
    for row in queued.select_related("plan"):
        moment = moment_of_one(person, row, now)
        if moment is not None and moment != row.due_at:
            row.move_to(moment, now=now)
            moved += queued.filter(pk=row.pk).update(due_at=row.due_at, planned_at=row.planned_at)
    return moved
