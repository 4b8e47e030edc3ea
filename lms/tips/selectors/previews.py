"""What a plan would do in a week: who gets a tip and when, and who gets none and why.

When and by which plan is asked of the same functions that planning asks (`lms.tips.selectors.weeks`). For all people at
once it is asked once for each way in which they differ, such as zone and quiet hours, of which the database counts the
people: however many there are, it is one query. What each gets is asked for a page of names.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import takewhile
from typing import Any
from uuid import UUID

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThanOrEqual

from lms.notifications.selectors.reach import DEFAULTS
from lms.notifications.slots import monday_of
from lms.people.models import Employment, User
from lms.people.selectors import company_day, people_in_audience
from lms.tips.choosing import WEEKS_BEFORE_AGAIN, WEEKS_WHEN_NOTHING_IS_LEFT, Pool
from lms.tips.models import Tip, TipDelivery, TipPlan
from lms.tips.selectors.choosing import NEVER_HAD, Past, past_of
from lms.tips.selectors.plans import not_begun, plan_for_everybody
from lms.tips.selectors.weeks import (
    FIELDS,
    Person,
    Theirs,
    Turn,
    Week,
    choice_for,
    freed_audience,
    has_a_tip,
    has_stopped,
    is_past,
    locations_of,
    people_who_want_tips,
    plans_for,
    turn_of,
    week_of,
)

ONE_WEEK = timedelta(weeks=1)
NOBODY = UUID(int=0)
NOT_USEFUL = TipDelivery.Usefulness.NOT_USEFUL


class Nothing(StrEnum):
    """Why somebody gets nothing by a plan."""

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
class Preview:
    """What a plan would do in its next week, for all whom it is for.

    Attributes:
        plan: The plan, as it would be.
        monday: The week.
        slots: For each zone and moment, how many get it then; the earliest moment first.
        soon: How many get it an hour after the change, since its hour is over.
        nothing: For each reason, how many get none.
        queued: How many tips it has queued that move along, or are taken back when it is switched off.
        loses: How many who want tips get none by it any more, since it is switched off.
    """

    plan: TipPlan
    monday: date
    slots: list[tuple[str, datetime, int]] = field(default_factory=list)
    soon: int = 0
    nothing: dict[Nothing, int] = field(default_factory=dict)
    queued: int = 0
    loses: int = 0

    @property
    def gets(self) -> int:
        """How many get a tip."""
        return sum(number for _zone, _moment, number in self.slots) + self.soon

    @property
    def gets_none(self) -> int:
        """How many it is for who get none."""
        return sum(self.nothing.values())

    @property
    def seen(self) -> str:
        """What must be the same when it is confirmed, as a digest: what the plan says, and how many get it when."""
        plan = self.plan
        said = [
            plan.pk, plan.name, plan.audience and plan.audience.rule, plan.tip_id, plan.weekday, plan.hour,
            plan.is_enabled, plan.first_week, plan.last_week, self.monday, self.slots, self.soon, self.nothing,
            self.loses,
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
    following = this + ONE_WEEK
    is_last = plan.last_week is not None and plan.last_week < following
    return this if is_last or not _is_over_for_all(plan, this, now) else following


def _is_over_for_all(plan: TipPlan, monday: date, now: datetime) -> bool:
    """Whether no moment of a week is left, for any way in which the audience is reached at any location."""
    week = Week(monday, None, [plan], Pool([]))
    ways = audience_of(plan, now).annotate(**_reach(monday)).order_by().values_list(*REACH).distinct()
    people = [_reached(*way) for way in ways] or [_reached("", *QUIET, None)]
    moments = [week.moment_for(each, plan, at) for each in people for at in {"", *week.holidays}]
    return all(moment is None or is_past(moment, now) for moment in moments)


def audience_of(plan: TipPlan, now: datetime) -> QuerySet[User]:
    """Return whom a plan is for.

    Raises:
        InvalidRule: The rule of its audience cannot be understood.
    """
    return User.objects.current() if plan.audience is None else people_in_audience(plan.audience, now.date())


def preview_campaign(plan: TipPlan, now: datetime) -> Preview:
    """Return what a campaign would do, as if it were in force; ten queries, whatever the number of people.

    Raises:
        InvalidRule: The rule of its audience cannot be understood.
    """
    return _preview(plan, week_to_preview(plan, now), now)


def preview_weekly_plan(plan: TipPlan, now: datetime) -> Preview:
    """Return what the weekly plan would do as it would be, in the first week in which anybody gets a tip by it.

    Cost: some eight queries, or twice as many when nobody gets one this week.
    """
    this = monday_of(company_day(now))
    if not plan.is_enabled:
        found = Preview(plan, this, loses=people_who_want_tips().count())
    elif not (found := _preview(plan, this, now)).gets:
        found = _preview(plan, this + ONE_WEEK, now)
    if plan.pk is not None:
        found.queued = not_begun(now).filter(plan=plan.pk).count()
    return found


def outcomes_of(
    plan: TipPlan, people: Sequence[int], now: datetime, *, monday: date | None = None
) -> dict[int, Outcome]:
    """Return what a plan would do for some of the people it is for, by their keys; for a page of them.

    Args:
        plan: A campaign, or the weekly plan as it would be.
        people: Their keys.
        now: The present.
        monday: Of the week; None for that of `week_to_preview`.
    """
    if not people:
        return {}
    week = _week(plan, monday or week_to_preview(plan, now), now)
    past = past_of(people, week.monday)
    return {each.person: each for each in _outcomes(plan, week, people, past, now)}


def _week(plan: TipPlan, monday: date, now: datetime) -> Week:
    week = week_of(monday, now, planned=plan)
    assert week is not None, "the plan itself is in it"
    if plan.audience is None:
        stored = plan_for_everybody()
        if stored is not None and (stored.weekday, stored.hour) != (plan.weekday, plan.hour):
            week.freed_at = now  # as it will be once the new hour is saved
    return week


@dataclass(frozen=True)
class _Case:
    """One person, or all who are alike in everything that decides by which plan they get a tip and when.

    Attributes:
        facts: Whether they work here now, have stopped tips, and have one of that week.
        turn: By which plan, and when.
    """

    location: str
    facts: tuple[bool, bool, bool]
    turn: Turn


def _nothing(plan: TipPlan, week: Week, case: _Case, now: datetime) -> Nothing | None:
    """Return why somebody gets nothing by a plan, whatever tips there are; None when they get one."""
    is_active, has_stopped_tips, has_one = case.facts
    if not is_active:
        return Nothing.AWAY
    if has_stopped_tips:
        return Nothing.STOPPED
    if has_one:
        return Nothing.HAS_ONE
    if case.turn.plan != plan:
        own = week.moment_for(case.turn.person, plan, case.location) if plan.audience is not None else None
        return Nothing.OVER if is_past(own, now) else Nothing.OTHER
    if case.turn.moment is None:
        return Nothing.NO_DAY
    return Nothing.OVER if is_past(case.turn.moment, now) else None


def _facts(monday: date) -> dict[str, Combinable]:
    """Return what is asked of people for `_Case.facts`."""
    return {
        "is_active_now": _whether(Q(status=User.Status.ACTIVE)),
        "stopped": _whether(has_stopped()),
        "has_one": has_a_tip(monday),
    }


def _whether(condition: Q) -> "ExpressionWrapper[Q]":
    return ExpressionWrapper(condition, output_field=BooleanField())


def _is_among(people: QuerySet[User]) -> "ExpressionWrapper[Q]":
    return _whether(Q(pk__in=people.values("pk")))


def _freed_by(plan: TipPlan, now: datetime) -> QuerySet[User]:
    return people_in_audience(freed_audience(plan), now.date())


def _outcomes(
    plan: TipPlan, week: Week, people: Sequence[int], past: Past, now: datetime
) -> Iterator[Outcome]:
    facts = _facts(week.monday)
    rows = User.objects.filter(pk__in=people).order_by("pk").annotate(**facts)
    found = {row[len(facts)]: row for row in rows.values_list(*facts, *FIELDS)}
    people_found = [Person._make(row[len(facts) :]) for row in found.values()]
    locations = locations_of(people) if week.holidays else {}
    for turn in plans_for(week, people_found, now):
        person = turn.person
        case = _Case(locations.get(person.key, ""), found[person.key][: len(facts)], turn)
        nothing = _nothing(plan, week, case, now)
        choice = choice_for(week, plan, person, past) if nothing is None else None
        if choice is None:
            yield Outcome(person.key, person.time_zone, nothing or Nothing.NO_TIP)
        else:
            yield Outcome(person.key, person.time_zone, None, turn.moment, choice.tip, choice.why)


QUIET = (DEFAULTS.quiet_from, DEFAULTS.quiet_to)
REACH = ("time_zone", "own_quiet_from", "own_quiet_to", "break_until")
WISH = ("tip_preferences__weekday", "tip_preferences__hour")


def _reach(monday: date) -> dict[str, Combinable]:
    """Return what is asked of people for `REACH`: how they are reached, as far as it decides when in a week."""
    own = "delivery_preferences__"
    until = F(f"{own}paused_until")
    return {
        "own_quiet_from": Coalesce(F(f"{own}quiet_from"), Value(QUIET[0])),
        "own_quiet_to": Coalesce(F(f"{own}quiet_to"), Value(QUIET[1])),
        "break_until": Case(When(**{f"{own}paused_until__gt": monday}, then=until)),
    }


def _reached(time_zone: str, *reach: Any, wish: tuple[int | None, int | None] = (None, None)) -> Person:
    """Return somebody who is reached in a way, of whom nothing else is known."""
    quiet_from, quiet_to, break_until = reach
    channel = DEFAULTS.channel
    return Person(0, NOBODY, time_zone, None, *wish, channel, None, quiet_from, quiet_to, None, break_until)


def _preview(plan: TipPlan, monday: date, now: datetime) -> Preview:
    week = _week(plan, monday, now)
    preview = Preview(plan, monday)
    slots: Counter[tuple[str, datetime]] = Counter()
    nothing: Counter[Nothing] = Counter()
    for case, lacks_tips, number in _alike(plan, week, now):
        why_not, turn = _nothing(plan, week, case, now), case.turn
        if why_not is not None or lacks_tips or turn.moment is None:
            nothing[why_not or Nothing.NO_TIP] += number
        elif turn.plan == week.plan and week.is_caught_up(turn.person, case.location, turn.freed_at):
            preview.soon += number
        else:
            slots[turn.person.time_zone, turn.moment] += number
    preview.slots = sorted(((zone, at, n) for (zone, at), n in slots.items()), key=lambda slot: slot[1:])
    preview.nothing = {reason: nothing[reason] for reason in Nothing if nothing[reason]}
    return preview


def _alike(plan: TipPlan, week: Week, now: datetime) -> Iterator[tuple[_Case, bool, int]]:
    """Yield everybody a plan is for by what decides when they get a tip; whether none is left for them; and how many.

    Cost: one query, whose rows are as many as there are such ways to differ.
    """
    # What comes behind the plan itself changes nothing for it.
    rivals = {f"is_in_{each.pk}": each for each in takewhile(lambda each: each != plan, week.campaigns)}
    own = [plan] if plan.audience is not None else []
    # Who was let go gets the weekly tip, so it changes nothing for a campaign.
    freeing = {} if own else {f"was_in_{each.pk}": each for each in week.freeing}
    facts = _facts(week.monday)
    asked = {
        **facts,
        **_reach(week.monday),
        "place": _place(week),
        "lacks_tips": _lacks_tips(plan, week),
        **{name: _is_among(audience_of(each, now)) for name, each in rivals.items()},
        **{name: _is_among(_freed_by(each, now)) for name, each in freeing.items()},
    }
    wish = () if own else WISH
    names = (*facts, *REACH, "place", "lacks_tips", *rivals, *freeing, *wish)
    rows = audience_of(plan, now).annotate(**asked).order_by().values_list(*names)
    for row in rows.annotate(number=Count("pk")).iterator():
        said = dict(zip((*names, "number"), row, strict=True))
        wished = (said[WISH[0]], said[WISH[1]]) if wish else (None, None)
        person = _reached(*(said[name] for name in REACH), wish=wished)
        theirs = Theirs(
            [*(each for name, each in rivals.items() if said[name]), *own],
            [each for name, each in freeing.items() if said[name]],
            said["place"],
        )
        turn = turn_of(week, person, theirs, now)
        case = _Case(said["place"], tuple(said[name] for name in facts), turn)
        yield case, said["lacks_tips"], said["number"]


def _place(week: Week) -> Combinable:
    """Return where somebody works, as far as a day off that week hangs on it."""
    places = [place for place in week.holidays if place]
    if not places:
        return Value("", output_field=CharField())
    jobs = Employment.objects.filter(
        person=OuterRef("pk"), is_primary=True, effective_to=None, location__in=places
    )
    return Coalesce(Subquery(jobs.values("location")[:1]), Value(""), output_field=CharField())


def _lacks_tips(plan: TipPlan, week: Week) -> "ExpressionWrapper[Q]":
    """Return the condition on people that no tip is left for them, as `lms.tips.choosing.choose` and the plan decide.

    None is left for whoever has called each tip in their reach not useful, or has had it within eight weeks.
    """
    rows = TipDelivery.objects.exclude(NEVER_HAD).filter(recipient=OuterRef("pk"))
    not_useful = Q(usefulness=NOT_USEFUL)
    latest = week.monday - timedelta(weeks=WEEKS_WHEN_NOTHING_IS_LEFT)
    roles = Tip.roles.through.objects
    for_them = roles.filter(tip=OuterRef("tip"), jobrole=OuterRef("recipient__job_role"))
    in_reach = Q(tip__in=week.pool.for_role(None).keys) | Q(Exists(for_them), tip__in=week.sendable)
    blocked = rows.filter(not_useful | Q(week__gt=latest)).filter(in_reach).order_by().values("recipient")
    number = Subquery(blocked.annotate(number=Count("tip", distinct=True)).values("number"))
    sizes = [When(job_role=role, then=Value(size)) for role, size in week.pool.sizes.items()]
    reach = Case(*sizes, default=Value(len(week.pool.for_role(None).keys)), output_field=IntegerField())
    lacks = Q(GreaterThanOrEqual(Coalesce(number, 0), reach))
    if plan.tip_id in week.sendable:
        since = week.monday - timedelta(weeks=WEEKS_BEFORE_AGAIN)
        lacks &= Q(Exists(rows.filter(Q(week__gte=since) | not_useful, tip=plan.tip_id)))
    return _whether(lacks)
