"""The weekly plan, campaigns, and holidays, as administrators decide. What is queued follows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from lms.core.errors import ActionRefused
from lms.core.services import write_audit_entry
from lms.notifications.slots import monday_of
from lms.people.audience_rules import InvalidRule
from lms.people.models import Audience, User
from lms.people.selectors import company_day
from lms.tips.models import Holiday, Tip, TipDelivery, TipPlan
from lms.tips.selectors.plans import not_begun, weekly_plan_as
from lms.tips.selectors.previews import preview_campaign, preview_weekly_plan
from lms.tips.services.planning import mondays_around, move_with_holidays, move_with_plan

ONE_WEEK = timedelta(weeks=1)


@dataclass(frozen=True)
class CampaignText:
    """What a campaign says.

    Attributes:
        audience: The rule, see `lms.people.audience_rules`.
        tip: The one everybody gets; None for the one that fits each person.
        first_week: Any day of the first week; None for now.
        last_week: Any day of the last week; None for until it is ended.
    """

    name: str
    audience: dict[str, Any]
    tip: Tip | None
    weekday: int
    hour: int
    first_week: date | None
    last_week: date | None


@transaction.atomic
def confirm_weekly_plan(
    *, is_enabled: bool, weekday: int, hour: int, seen: str, actor: User, at: datetime
) -> TipPlan:
    """Set the weekly plan as somebody has just seen what it does.

    Args:
        is_enabled: Whether it is on.
        weekday: 1 for Monday to 7 for Sunday.
        hour: 0 to 23 where each person lives.
        seen: What the preview said, `Preview.seen`.
        actor: Who decides.
        at: Now.

    Raises:
        ActionRefused: The preview says something else by now.
    """
    # Under a lock, so that what is set is what is compared.
    list(TipPlan.objects.select_for_update().filter(audience=None).order_by("pk"))
    plan = weekly_plan_as(is_enabled=is_enabled, weekday=weekday, hour=hour)
    if preview_weekly_plan(plan, at).seen != seen:
        raise ActionRefused(
            _("Meanwhile something has changed. Look at who gets it once more, then confirm.")
        )
    return set_weekly_plan(is_enabled=is_enabled, weekday=weekday, hour=hour, actor=actor, at=at)


@transaction.atomic
def set_weekly_plan(*, is_enabled: bool, weekday: int, hour: int, actor: User, at: datetime) -> TipPlan:
    """Switch the weekly tip on or off for everybody, with its day and hour; doing it twice changes nothing.

    What is queued by it and not due yet moves along, an hour that is over this week means now; it is gone when off.
    Whom a plan that is on has not reached this week is reached also when the new hour is over.
    """
    plan = TipPlan.objects.select_for_update().filter(audience=None).order_by("-is_enabled", "pk").first()
    before = _facts(plan) if plan else None
    plan = plan or TipPlan(name=_("Weekly tip"))
    was_on = plan.is_enabled
    plan.is_enabled, plan.weekday, plan.hour = is_enabled, weekday, hour
    if before == _facts(plan):
        return plan
    if was_on and is_enabled:
        plan.freed_at = at
    plan.save()
    _note(actor, "set_weekly_plan", plan, before, at)
    if plan.is_enabled:
        move_with_plan(plan=plan, now=at)
    else:
        _take_back_queued(plan, at)
    return plan


@transaction.atomic
def save_campaign(*, plan: TipPlan | None, text: CampaignText, actor: User, at: datetime) -> TipPlan:
    """Save what a campaign says; it rests until it is started, also when it was in force.

    What is queued by it and not due yet is taken back. Its people get the weekly tip, an hour later at the earliest.

    Raises:
        ActionRefused: The name is taken, or it ends before it begins.
    """
    first, last = (monday_of(day) if day else None for day in (text.first_week, text.last_week))
    if first and last and last < first:
        raise ActionRefused(_("It ends before it begins. Choose a later last week."), field="last_week")
    before = _facts(plan) if plan else None
    if plan is not None:
        _let_go(plan, at)
    audience = plan.audience if plan and plan.audience else Audience()
    audience.name, audience.rule = _("Campaign: %(name)s") % {"name": text.name}, text.audience
    try:
        with transaction.atomic():
            audience.save()
    except IntegrityError:
        raise ActionRefused(_("Another campaign has this name."), field="name") from None
    plan = plan or TipPlan()
    plan.name, plan.audience, plan.tip = text.name, audience, text.tip
    plan.weekday, plan.hour = text.weekday, text.hour
    plan.first_week, plan.last_week, plan.is_enabled = first, last, False
    plan.save()
    _take_back_queued(plan, at)
    _note(actor, "save_campaign", plan, before, at)
    return plan


@transaction.atomic
def start_campaign(*, plan: TipPlan, seen: str, actor: User, at: datetime) -> None:
    """Put a campaign in force; the next run of the planner follows it.

    Args:
        plan: A campaign that rests.
        seen: What the preview said, `Preview.seen`.
        actor: Who decides.
        at: Now.

    Raises:
        ActionRefused: The preview says something else by now, its last week is over, or its audience cannot be
            understood.
    """
    # Under a lock, so that what is started is what is compared and not what somebody saves meanwhile.
    TipPlan.objects.select_for_update().get(pk=plan.pk)
    plan.refresh_from_db()
    if is_over(plan, at):
        raise ActionRefused(_("Its last week is over. Choose a later one."))
    try:
        preview = preview_campaign(plan, at)
    except InvalidRule:
        raise ActionRefused(
            _("Its audience cannot be understood, so nobody would get it. Edit the campaign and say who.")
        ) from None
    if preview.seen != seen:
        raise ActionRefused(
            _("Meanwhile something has changed. Look at who gets it once more, then confirm.")
        )
    before = _facts(plan)
    plan.is_enabled = True
    plan.save(update_fields=["is_enabled"])
    _note(actor, "start_campaign", plan, before, at)


@transaction.atomic
def end_campaign(*, plan: TipPlan, actor: User, at: datetime) -> None:
    """End a campaign; ending it twice changes nothing.

    What is queued by it and not due yet is taken back. Its people get what else is planned for them in that week; the
    weekly tip also when its hour is over.
    """
    if not plan.is_enabled or is_over(plan, at):
        return
    before = _facts(plan)
    _let_go(plan, at)
    plan.last_week = monday_of(company_day(at)) - ONE_WEEK
    plan.save(update_fields=["last_week", "freed_at", "freed_rule"])
    _take_back_queued(plan, at)
    _note(actor, "end_campaign", plan, before, at)


def is_over(plan: TipPlan, at: datetime) -> bool:
    """Whether the last week of a campaign has passed."""
    return plan.last_week is not None and plan.last_week < monday_of(company_day(at))


def _let_go(plan: TipPlan, at: datetime) -> None:
    """Note whom a campaign lets go, and when; nobody unless it is in force in a week that can still be planned."""
    if plan.audience is not None and any(plan.is_in_force(monday) for monday in mondays_around(at)):
        plan.freed_at, plan.freed_rule = at, plan.audience.rule


def _take_back_queued(plan: TipPlan, at: datetime) -> None:
    """Forget what is queued by a plan and not due yet, so that the next run plans it anew.

    What is due stands on Today already and may be answered there: it stays.
    """
    queued = not_begun(at).filter(plan=plan)
    # Under a lock, so that none goes out and is planned a second time.
    free = list(queued.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True))
    for start in range(0, len(free), 500):
        TipDelivery.objects.filter(pk__in=free[start : start + 500]).delete()


def _facts(plan: TipPlan) -> dict[str, Any]:
    return {
        "name": plan.name,
        "audience": plan.audience.rule if plan.audience else None,
        "tip": plan.tip.title if plan.tip else None,
        "weekday": plan.get_weekday_display(),
        "hour": f"{plan.hour:02d}:00",
        "first_week": plan.first_week,
        "last_week": plan.last_week,
        "is_in_force": plan.is_enabled,
    }


def _note(actor: User, what: str, plan: TipPlan, before: dict[str, Any] | None, at: datetime) -> None:
    after = _facts(plan)
    changed = [name for name, value in after.items() if before is None or before[name] != value]
    write_audit_entry(
        actor=actor.as_actor,
        action=f"tips.{what}",
        object_type="tips.plan",
        object_id=plan.name[:200],
        before={name: before[name] for name in changed} if before else None,
        after={name: after[name] for name in changed},
        at=at,
    )


@dataclass(frozen=True)
class NewHoliday:
    """A day on which nobody works; an empty location means everywhere."""

    day: date
    location: str
    name: str


class HolidaysAdded(NamedTuple):
    """What came of adding days.

    Attributes:
        new: How many were not known.
        moved: How many queued tips came to another moment.
    """

    new: int
    moved: int


@transaction.atomic
def add_holidays(*, holidays: Sequence[NewHoliday], actor: User, at: datetime) -> HolidaysAdded:
    """Add days on which nobody works, and move what is queued for them; one that is known gets the new name."""
    unique = {(each.day, each.location): each for each in holidays}
    known = set(Holiday.objects.values_list("day", "location"))
    Holiday.objects.bulk_create(
        [Holiday(day=each.day, location=each.location, name=each.name) for each in unique.values()],
        update_conflicts=True,
        unique_fields=["day", "location"],
        update_fields=["name"],
    )
    new = unique.keys() - known
    moved = move_with_holidays(days=new, now=at) if new else 0
    listed = [f"{each.day} {each.location or '*'} {each.name}" for each in [*unique.values()][:50]]
    _note_holidays(
        actor, "add_holidays", {"holidays": listed, "number": len(unique), "tips_moved": moved}, at
    )
    return HolidaysAdded(len(new), moved)


@transaction.atomic
def remove_holiday(*, holiday: Holiday, actor: User, at: datetime) -> int:
    """Let people work on a day, and move back what is queued; returns how many tips came to another moment."""
    Holiday.objects.filter(pk=holiday.pk).delete()
    moved = move_with_holidays(days=[(holiday.day, holiday.location)], now=at)
    told = f"{holiday.day} {holiday.location or '*'} {holiday.name}"
    _note_holidays(actor, "remove_holiday", {"holidays": [told], "tips_moved": moved}, at)
    return moved


def _note_holidays(actor: User, what: str, after: dict[str, Any], at: datetime) -> None:
    write_audit_entry(
        actor=actor.as_actor,
        action=f"tips.{what}",
        object_type="tips.holidays",
        object_id="*",
        after=after,
        at=at,
    )
