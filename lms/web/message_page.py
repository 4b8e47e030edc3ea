"""What somebody gets, when and where: everything the page of it needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from lms.notifications.models import DeliveryPreferences
from lms.notifications.selectors.preferences import TypeChoice, delivery_preferences_of, what_is_wanted
from lms.people.models import User
from lms.people.selectors import today_of
from lms.tips.models import TipPreferences
from lms.tips.selectors.plans import plan_for_everybody
from lms.tips.services.preferences import TipTime
from lms.web.message_forms import BreakForm, TimesForm, in_groups


@dataclass(frozen=True)
class MessagePage:
    """What is shown.

    Attributes:
        choices: Types that can be chosen.
        required: Types that come whatever is chosen.
        is_stopped: Whether everything that can be stopped is.
        paused_until: The first day on which they are reached again; None while they are.
    """

    own: DeliveryPreferences
    choices: list[TypeChoice]
    required: list[TypeChoice]
    is_stopped: bool
    paused_until: date | None
    times: TimesForm
    pause: BreakForm


def message_page(
    person: User,
    now: datetime,
    *,
    times: Mapping[str, str] | None = None,
    pause: Mapping[str, str] | None = None,
) -> MessagePage:
    """Return what holds for somebody, with what was posted; four queries."""
    own = delivery_preferences_of(person)
    wanted = what_is_wanted(person)
    wish = TipPreferences.objects.filter(person=person).first()
    plan = plan_for_everybody()
    choices, required = in_groups(wanted)
    until = own.paused_until
    return MessagePage(
        own=own,
        choices=choices,
        required=required,
        is_stopped=wanted.is_stopped,
        paused_until=until if until and until > today_of(person, now) else None,
        times=TimesForm(
            times,
            own=own,
            tip=TipTime(wish.weekday, wish.hour) if wish else None,
            planned=TipTime(plan.weekday, plan.hour) if plan else None,
        ),
        pause=BreakForm(pause),
    )
