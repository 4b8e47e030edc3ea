"""The tip plan and campaigns, as administrators see them.

No page says which tip somebody gets when it is chosen for them, nor why: that may hang on what they answered, which is
theirs alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lms.people.audience_rules import AllOf, InvalidRule, Rule, describe, parse_rule
from lms.people.models import User
from lms.people.selectors import names_in
from lms.people.time_zones import zone_or_default
from lms.tips.models import Tip, TipPlan
from lms.tips.selectors.plans import campaigns, plan_for_everybody_or_off, weekly_plan_as
from lms.tips.selectors.previews import (
    Nothing,
    Outcome,
    Preview,
    audience_of,
    outcomes_of,
    preview_campaign,
    preview_weekly_plan,
)
from lms.tips.services.plans import is_over
from lms.web.keyset import KeysetPage, keyset_page

WORDS = {
    Nothing.AWAY: gettext_lazy("is on leave or has not started"),
    Nothing.STOPPED: gettext_lazy("has stopped the weekly tip"),
    Nothing.HAS_ONE: gettext_lazy("has the tip of that week already, sent or queued"),
    Nothing.OTHER: gettext_lazy("gets the tip of a later campaign"),
    Nothing.NO_DAY: gettext_lazy("has no day for it that week: holidays, or a break"),
    Nothing.OVER: gettext_lazy("its hour was more than a day ago there"),
    Nothing.NO_TIP: gettext_lazy("has had every tip there is"),
}
OF_WEEKLY_PLAN = {**WORDS, Nothing.OTHER: gettext_lazy("gets the tip of a campaign")}
PEOPLE_ON_A_PAGE = 50
CAMPAIGNS_ON_A_PAGE = 20
MOMENTS_SHOWN = 20


@dataclass(frozen=True)
class CampaignLine:
    """A campaign in the list.

    Attributes:
        audience: In words; what is wrong with its rule when that cannot be understood.
        state: "rests", "in_force" or "over".
        rested: As `rested_tip`.
        is_read: Whether its audience can be understood.
    """

    plan: TipPlan
    audience: str
    state: str
    rested: Tip | None
    is_read: bool


@dataclass(frozen=True)
class PlanPage:
    """The overview."""

    plan: TipPlan | None
    lines: list[CampaignLine]
    page: KeysetPage[TipPlan]


def plan_page(now: datetime, cursor: str) -> PlanPage:
    """Return the weekly plan and a page of the campaigns, the newest first; five queries."""
    page = keyset_page(campaigns(), order=("-pk",), cursor=cursor, size=CAMPAIGNS_ON_A_PAGE)
    found = page.rows
    texts, unread = _audiences(found)
    lines = [
        CampaignLine(
            plan, texts[plan.pk], state_of(plan, now), rested_tip(plan, now), is_read=plan.pk not in unread
        )
        for plan in found
    ]
    return PlanPage(plan_for_everybody_or_off(), lines, page)


def state_of(plan: TipPlan, now: datetime) -> str:
    """Return how a campaign stands."""
    return "over" if is_over(plan, now) else "in_force" if plan.is_enabled else "rests"


def rested_tip(plan: TipPlan, now: datetime) -> Tip | None:
    """Return the tip that a campaign chose and that may not be sent now; None for none."""
    return plan.tip if plan.tip and not plan.tip.is_sendable(now.date()) else None


@dataclass(frozen=True)
class PersonLine:
    """What happens for one person, in words.

    Attributes:
        moment: In their zone; None when they get nothing.
        is_at_once: Whether it is over, and not for so long that nothing is sent.
    """

    person: User
    moment: datetime | None
    what: str
    is_at_once: bool = False


@dataclass(frozen=True)
class Slot:
    """How many get it at a moment, which is in their zone; one that is over means at once."""

    zone: str
    moment: datetime
    number: int
    is_over: bool


@dataclass(frozen=True)
class Effect:
    """What a plan does in its next week.

    Attributes:
        slots: The first moments at which somebody gets a tip, and how many.
        later: How many get one at a moment after those.
        nothing: How many get none, and why.
        people: A page of them by name.
    """

    preview: Preview
    slots: list[Slot]
    later: int
    nothing: list[tuple[int, Any]]
    people: list[PersonLine]
    page: KeysetPage[User]


@dataclass(frozen=True)
class CampaignPage:
    """One campaign, and what it does in its next week.

    Attributes:
        effect: None when the rule of its audience cannot be understood, or when it is over.
        problem: Why there is none.
        rested: As `rested_tip`.
    """

    plan: TipPlan
    audience: str
    state: str
    effect: Effect | None = None
    problem: str = ""
    rested: Tip | None = None


def campaign_page(plan: TipPlan, now: datetime, cursor: str) -> CampaignPage:
    """Return what a campaign says and does, with a page of its people by name."""
    state, audience = state_of(plan, now), _audiences([plan])[0][plan.pk]
    if state == "over":
        return CampaignPage(plan, audience, state)
    try:
        effect = _effect(preview_campaign(plan, now), now, cursor)
    except InvalidRule as invalid:
        return CampaignPage(plan, audience, state, problem=invalid.message)
    return CampaignPage(plan, audience, state, effect, rested=rested_tip(plan, now))


@dataclass(frozen=True)
class WeeklyPlanPage:
    """The weekly plan as it would be, and what it would do.

    Attributes:
        is_change: Whether it is not like this yet.
        preview: Of all.
        effect: None when it would be off.
    """

    plan: TipPlan
    is_change: bool
    preview: Preview
    effect: Effect | None


def weekly_plan_page(
    now: datetime, cursor: str, *, is_enabled: bool, weekday: int, hour: int
) -> WeeklyPlanPage:
    """Return what the weekly plan would do, with a page of people by name."""
    stored = plan_for_everybody_or_off() or TipPlan()
    plan = weekly_plan_as(is_enabled=is_enabled, weekday=weekday, hour=hour)
    said = (plan.is_enabled, plan.weekday, plan.hour)
    is_change = (stored.is_enabled, stored.weekday, stored.hour) != said
    preview = preview_weekly_plan(plan, now)
    effect = _effect(preview, now, cursor) if plan.is_enabled else None
    return WeeklyPlanPage(plan, is_change, preview, effect)


def _effect(preview: Preview, now: datetime, cursor: str) -> Effect:
    plan = preview.plan
    page = keyset_page(
        audience_of(plan, now), order=("full_name", "pk"), cursor=cursor, size=PEOPLE_ON_A_PAGE
    )
    outcomes = outcomes_of(plan, [person.pk for person in page.rows], now, monday=preview.monday)
    slots = [
        Slot(_zone_name(zone), _local(at, zone), number, is_over=at <= now)
        for zone, at, number in preview.slots[:MOMENTS_SHOWN]
    ]
    return Effect(
        preview=preview,
        slots=slots,
        later=sum(number for _zone, _at, number in preview.slots[MOMENTS_SHOWN:]),
        nothing=[(number, _words(plan)[reason]) for reason, number in preview.nothing.items()],
        people=[_line(person, outcomes[person.pk], preview, now) for person in page.rows],
        page=page,
    )


def _line(person: User, outcome: Outcome, preview: Preview, now: datetime) -> PersonLine:
    plan = preview.plan
    if outcome.nothing is not None or outcome.moment is None:
        return PersonLine(person, None, str(_words(plan)[outcome.nothing or Nothing.NO_DAY]))
    is_fixed = plan.tip_id is not None and outcome.tip == plan.tip_id
    what = plan.tip.title if is_fixed and plan.tip else _("one that fits them")
    moment = _local(outcome.moment, outcome.time_zone)
    return PersonLine(person, moment, what, is_at_once=outcome.moment <= now)


def _words(plan: TipPlan) -> Mapping[Nothing, Any]:
    """Return why somebody gets nothing by a plan, in words."""
    return OF_WEEKLY_PLAN if plan.audience is None else WORDS


def _local(moment: datetime, zone: str) -> datetime:
    return moment.astimezone(zone_or_default(zone, settings.PRAXIS_TIME_ZONE))


def _zone_name(zone: str) -> str:
    return (zone or settings.PRAXIS_TIME_ZONE).replace("_", " ")


def _audiences(plans: Sequence[TipPlan]) -> tuple[dict[int, str], set[int]]:
    """Return in words for whom each campaign is, and the keys of those whose rule cannot be understood."""
    parsed: dict[int, Rule | str] = {}
    for plan in plans:
        assert plan.audience is not None, "a campaign has an audience"
        try:
            parsed[plan.pk] = parse_rule(plan.audience.rule)
        except InvalidRule as invalid:
            parsed[plan.pk] = invalid.message
    names = names_in(AllOf(tuple(rule for rule in parsed.values() if not isinstance(rule, str))))
    texts = {
        key: rule if isinstance(rule, str) else describe(rule, names=names) for key, rule in parsed.items()
    }
    return texts, {key for key, rule in parsed.items() if isinstance(rule, str)}
