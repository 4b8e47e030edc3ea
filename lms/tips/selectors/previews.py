"""What a campaign would do in a week: who gets a tip, when and which, and who gets none and why.

Everything is asked of the same functions that planning asks (`lms.tips.selectors.weeks`).
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, ExpressionWrapper, QuerySet

from lms.notifications.slots import monday_of
from lms.people.models import User
from lms.people.selectors import company_day, people_in_audience
from lms.tips.choosing import Pool
from lms.tips.models import TipPlan
from lms.tips.selectors.choosing import Past, past_of
from lms.tips.selectors.weeks import (
    FIELDS,
    Person,
    Week,
    choice_for,
    has_a_tip,
    has_stopped,
    is_past,
    locations_of,
    plans_for,
    week_of,
)

TOGETHER = 5000
NOBODY = UUID(int=0)
WAYS = tuple(
    f"delivery_preferences__{name}" for name in ("channel", "quiet_from", "quiet_to", "paused_until")
)


class Nothing(StrEnum):
    """Why somebody gets nothing by a campaign."""

    AWAY = "away"
    STOPPED = "stopped"
    HAS_ONE = "has_one"
    OTHER = "other"
    NO_DAY = "no_day"
    OVER = "over"
    NO_TIP = "no_tip"


@dataclass(frozen=True)
class Outcome:
    """What happens for one person.

    Attributes:
        person: Their key.
        time_zone: Theirs, as it is stored.
        nothing: Why they get nothing; None when they get a tip.
        moment: When they get it; None when they do not.
        tip: Key of the tip; None for none.
        why: As `TipDelivery.Why`; empty for none.
    """

    person: int
    time_zone: str
    nothing: Nothing | None
    moment: datetime | None = None
    tip: int | None = None
    why: str = ""


@dataclass
class CampaignPreview:
    """What a campaign would do in its next week, for all of its audience.

    Attributes:
        plan: The campaign.
        monday: The week.
        slots: For each zone and moment, how many get it then; the earliest moment first.
        nothing: For each reason, how many get none.
    """

    plan: TipPlan
    monday: date
    slots: list[tuple[str, datetime, int]] = field(default_factory=list)
    nothing: dict[Nothing, int] = field(default_factory=dict)

    @property
    def gets(self) -> int:
        """How many get a tip."""
        return sum(number for _zone, _moment, number in self.slots)

    @property
    def gets_none(self) -> int:
        """How many are in the audience and get none."""
        return sum(self.nothing.values())

    @property
    def seen(self) -> str:
        """What must be the same when it is confirmed, as a digest: what the campaign says, and how many get it when."""
        plan = self.plan
        said = [
            plan.pk, plan.name, plan.audience and plan.audience.rule, plan.tip_id, plan.weekday, plan.hour,
            plan.first_week, plan.last_week, self.monday, self.slots, self.nothing,
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(said, default=str, sort_keys=True).encode()).hexdigest()


def week_to_preview(plan: TipPlan, now: datetime) -> date:
    """Return the Monday of the first week in which a campaign acts from now on; four queries.

    This week is left out when its hour is over by more than `GRACE` for all, unless it is the last.

    Raises:
        InvalidRule: The rule of its audience cannot be understood.
    """
    this = monday_of(company_day(now))
    if plan.first_week and plan.first_week > this:
        return plan.first_week
    following = this + timedelta(weeks=1)
    is_last = plan.last_week is not None and plan.last_week < following
    return this if is_last or not _is_over_for_all(plan, this, now) else following


def _is_over_for_all(plan: TipPlan, monday: date, now: datetime) -> bool:
    """Whether no moment of a week is left, for any way in which the audience is reached at any location."""
    week = Week(monday, None, [plan], Pool([]))
    ways = audience_of(plan, now).order_by().values_list("time_zone", *WAYS).distinct()
    people = [_reached(*way) for way in ways] or [_reached("", None, None, None, None)]
    moments = [week.moment_for(each, plan, at) for each in people for at in {"", *week.holidays}]
    return all(moment is None or is_past(moment, now) for moment in moments)


def _reached(time_zone: str, channel: str | None, *quiet_and_pause: Any) -> Person:
    """Return somebody who is reached in a way, of whom nothing else is known."""
    quiet_from, quiet_to, paused_until = quiet_and_pause
    return Person(
        0, NOBODY, time_zone, None, None, None, channel, None, quiet_from, quiet_to, None, paused_until
    )


def audience_of(plan: TipPlan, now: datetime) -> QuerySet[User]:
    """Return who is in the audience of a campaign.

    Raises:
        InvalidRule: Its rule cannot be understood.
    """
    assert plan.audience is not None, "a campaign has an audience"
    return people_in_audience(plan.audience, now.date())


def preview_campaign(plan: TipPlan, now: datetime) -> CampaignPreview:
    """Return what a campaign would do, as if it were in force; in flat memory, ten queries for 5,000 people.

    Raises:
        InvalidRule: The rule of its audience cannot be understood.
    """
    preview = CampaignPreview(plan, week_to_preview(plan, now))
    week = week_of(preview.monday, now, planned=plan)
    assert week is not None, "the campaign itself is in it"
    slots: Counter[tuple[str, datetime]] = Counter()
    nothing: Counter[Nothing] = Counter()
    for batch in _batches(audience_of(plan, now)):
        past = past_of(batch, preview.monday)
        for outcome in _outcomes(plan, week, batch, past, now):
            if outcome.moment is not None and outcome.nothing is None:
                slots[outcome.time_zone, outcome.moment] += 1
            elif outcome.nothing is not None:
                nothing[outcome.nothing] += 1
    preview.slots = sorted(((zone, at, n) for (zone, at), n in slots.items()), key=lambda slot: slot[1:])
    preview.nothing = {reason: nothing[reason] for reason in Nothing if nothing[reason]}
    return preview


def outcomes_of(plan: TipPlan, people: Sequence[int], now: datetime) -> dict[int, Outcome]:
    """Return what a campaign would do for some people of its audience, by their keys; for a page of them."""
    if not people:
        return {}
    monday = week_to_preview(plan, now)
    week = week_of(monday, now, planned=plan)
    assert week is not None, "the campaign itself is in it"
    past = past_of(people, monday)
    return {each.person: each for each in _outcomes(plan, week, people, past, now)}


def _batches(people: QuerySet[User]) -> Iterator[list[int]]:
    last = 0
    while batch := list(people.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:TOGETHER]):
        yield batch
        last = batch[-1]


def _outcomes(
    plan: TipPlan, week: Week, people: Sequence[int], past: Past, now: datetime
) -> Iterator[Outcome]:
    rows = User.objects.filter(pk__in=people).order_by("pk").annotate(
        has_one=has_a_tip(week.monday),
        stopped=ExpressionWrapper(has_stopped(), output_field=BooleanField()),
    )  # fmt: skip
    facts = {
        row[0]: (Person._make(row[3:]), *row[:3])
        for row in rows.values_list("pk", "has_one", "stopped", *FIELDS)
    }
    status = dict(rows.values_list("pk", "status"))
    planned = plans_for(week, [person for person, *_rest in facts.values()], now)
    locations = locations_of(people) if week.holidays else {}
    for person, by, moment in planned:
        _person, _key, has_one, stopped = facts[person.key]
        outcome = Outcome(person.key, person.time_zone, None, moment)
        if status[person.key] != User.Status.ACTIVE:
            yield _none(outcome, Nothing.AWAY)
        elif stopped:
            yield _none(outcome, Nothing.STOPPED)
        elif has_one:
            yield _none(outcome, Nothing.HAS_ONE)
        elif by != plan:
            own = week.moment_for(person, plan, locations.get(person.key, ""))
            yield _none(outcome, Nothing.OVER if is_past(own, now) else Nothing.OTHER)
        elif moment is None:
            yield _none(outcome, Nothing.NO_DAY)
        elif (choice := choice_for(week, plan, person, past)) is None:
            yield _none(outcome, Nothing.NO_TIP)
        else:
            yield Outcome(person.key, person.time_zone, None, moment, choice.tip, choice.why)


def _none(outcome: Outcome, why: Nothing) -> Outcome:
    return Outcome(outcome.person, outcome.time_zone, why)
