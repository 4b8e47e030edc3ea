"""A week as it will be: when each person gets a tip, by which plan, and which one.

Planning writes rows by this, and previews show it, so that what was shown is what happens.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from lms.notifications.models import DeliveryPreferences, TypePreference
from lms.notifications.selectors.reach import DEFAULTS, EVERYTHING, Reach, reach_from
from lms.notifications.slots import moment_at
from lms.people.audience_rules import InvalidRule, parse_rule
from lms.people.models import Audience, Employment, User
from lms.people.selectors import people_in_audience
from lms.tips.choosing import Choice, Listener, Pool, choose
from lms.tips.models import Holiday, TipDelivery, TipPlan
from lms.tips.moments import Days
from lms.tips.notification_types import WEEKLY
from lms.tips.selectors.choosing import Past, sendable_pool, skills_of
from lms.tips.selectors.keys import among

logger = logging.getLogger(__name__)

GRACE = timedelta(hours=24)
"""How late a tip may still go out, such as after an outage or for somebody who has just joined."""
PATIENCE = timedelta(hours=1)
"""For how long whoever was let go by a plan waits for another tip: what was only edited can be started again first."""
FIELDS = (
    "pk",
    "public_id",
    "time_zone",
    "job_role",
    "tip_preferences__weekday",
    "tip_preferences__hour",
    *(
        f"delivery_preferences__{name}"
        for name in ("channel", "digest_hour", "quiet_from", "quiet_to", "weekly_cap", "paused_until")
    ),
)


class Person(NamedTuple):
    """Somebody to plan for, as one row of a query."""

    key: int
    identity: UUID
    time_zone: str
    role: int | None
    weekday: int | None
    hour: int | None
    channel: str | None
    digest_hour: int | None
    quiet_from: int | None
    quiet_to: int | None
    weekly_cap: int | None
    paused_until: date | None

    @property
    def preferences(self) -> DeliveryPreferences:
        """How they are reached."""
        if self.channel is None:
            return DEFAULTS
        return DeliveryPreferences(
            person_id=self.key,
            channel=self.channel,
            digest_hour=self.digest_hour or 0,
            quiet_from=self.quiet_from or 0,
            quiet_to=self.quiet_to or 0,
            weekly_cap=self.weekly_cap or 0,
            paused_until=self.paused_until,
        )


class Turn(NamedTuple):
    """By which plan somebody gets a tip, and when; None for none.

    Attributes:
        freed_at: When a plan last let them go; None for never.
    """

    person: Person
    plan: TipPlan | None
    moment: datetime | None
    freed_at: datetime | None


@dataclass
class Week:
    """What is the same for everybody in one week.

    Attributes:
        monday: Its first day.
        plan: For everybody; None when there is none in force.
        campaigns: For some, the one that counts first at the front.
        pool: The tips there are.
        freed_at: When the weekly plan was last moved; None for never. It lets everybody go.
        freeing: The campaigns that let their people go in it, or since: by being edited or ended.
    """

    monday: date
    plan: TipPlan | None
    campaigns: list[TipPlan]
    pool: Pool
    freed_at: datetime | None = None
    freeing: list[TipPlan] = field(default_factory=list)
    _reaches: dict[tuple[object, ...], Reach] = field(default_factory=dict)
    _moments: dict[tuple[object, ...], datetime | None] = field(default_factory=dict)
    _ends: dict[tzinfo, datetime] = field(default_factory=dict)

    @cached_property
    def sendable(self) -> frozenset[int]:
        """Keys of the tips there are."""
        return frozenset(each.key for each in self.pool.candidates)

    @cached_property
    def asking(self) -> frozenset[int]:
        """Keys of the tips there are that ask something."""
        return self.pool.asking

    @cached_property
    def holidays(self) -> dict[str, set[date]]:
        """The days of the week on which nobody works, by location; one query."""
        found: dict[str, set[date]] = {}
        days = Holiday.objects.filter(day__range=(self.monday, self.monday + timedelta(days=6)))
        for location, day in days.values_list("location", "day"):
            found.setdefault(location, set()).add(day)
        return found

    def reach(self, person: Person) -> Reach:
        """Return how somebody is reached; looked up once for all who are reached alike."""
        alike = (person.time_zone, person.channel, person.quiet_from, person.quiet_to, person.paused_until)
        if alike not in self._reaches:
            self._reaches[alike] = reach_from(person.time_zone, person.preferences)
        return self._reaches[alike]

    def moment_for(
        self, person: Person, plan: TipPlan, location: str, *, not_before: datetime | None = None
    ) -> datetime | None:
        """Return when somebody gets their tip, as `lms.tips.moments` rules; None when this week has no day for it.

        Args:
            person: Who.
            plan: By which plan.
            location: Where they work; its holidays count.
            not_before: What would have come before comes at the first moment from then on; None when it may be over.
        """
        weekday, hour = plan.weekday, plan.hour
        if plan.audience_id is None and person.weekday is not None and person.hour is not None:
            weekday, hour = person.weekday, person.hour
        reach = self.reach(person)
        alike = (id(reach), weekday, hour, location, not_before)
        if alike not in self._moments:
            days = self._days(reach, location)
            until = reach.paused_until
            break_ends = moment_at(until, 0, reach.zone) if until is not None else None
            self._moments[alike] = days.moment(weekday, hour, not_before=_later(break_ends, not_before))
        return self._moments[alike]

    def last_freed(self, by: Iterable[TipPlan]) -> datetime | None:
        """Return when the weekly plan, or one of the campaigns that let somebody go, last did; None for never."""
        return _later(self.freed_at, *(plan.freed_at for plan in by))

    def weekly_moment(self, person: Person, location: str, freed_at: datetime | None) -> datetime | None:
        """Return when the weekly plan, which must be in force, reaches somebody; None when this week has no day for it.

        Where its hour was over when a plan let them go, they get it at the first moment an hour later.
        """
        assert self.plan is not None, "asked only of a week with a weekly plan"
        moment = self.moment_for(person, self.plan, location)
        if moment is None or freed_at is None or moment > freed_at:
            return moment
        return self.moment_for(person, self.plan, location, not_before=freed_at + PATIENCE)

    def is_caught_up(self, person: Person, location: str, freed_at: datetime | None) -> bool:
        """Whether the weekly plan reaches somebody later, since its hour was over when a plan let them go."""
        moment = self.moment_for(person, self.plan, location) if self.plan is not None else None
        return moment is not None and freed_at is not None and moment <= freed_at

    def is_too_early(self, turn: "Turn", now: datetime) -> bool:
        """Whether a tip is not queued yet: a plan has just let its recipient go and may be started again."""
        if turn.freed_at is None or turn.moment is None or turn.plan != self.plan:
            return False
        return now < turn.freed_at + PATIENCE <= turn.moment

    def ends(self, zone: tzinfo) -> datetime:
        """Return when the week is over in a zone; then its tip is not worth sending any more."""
        if zone not in self._ends:
            self._ends[zone] = moment_at(self.monday + timedelta(weeks=1), 0, zone)
        return self._ends[zone]

    def _days(self, reach: Reach, location: str) -> Days:
        off = self.holidays.get("", set()) | self.holidays.get(location, set())
        return Days(self.monday, reach.zone, reach.quiet_from, reach.quiet_to, off)


def _later(*moments: datetime | None) -> datetime | None:
    """Return the last of some moments; None for none."""
    return max((moment for moment in moments if moment is not None), default=None)


def week_of(monday: date, now: datetime, *, planned: TipPlan | None = None) -> Week | None:
    """Return what is the same for everybody in a week; None when no plan is in force. Five queries.

    A campaign whose audience cannot be understood is for nobody; Manage says so.

    Args:
        monday: The first day of the week.
        now: The present.
        planned: A plan that is not in force, or not like this, and is looked at as if it were; perhaps not saved.
    """
    found = list(TipPlan.objects.that_touch(monday).select_related("audience").order_by("-pk"))
    plans = [plan for plan in found if plan.is_in_force(monday)]
    everybody = next((plan for plan in plans if plan.audience_id is None), None)
    campaigns = [
        plan for plan in plans if plan.audience_id is not None and (plan == planned or _is_read(plan))
    ]
    if planned is not None and planned.audience_id is None:
        everybody = planned
    elif planned is not None:
        campaigns = sorted([planned, *(each for each in campaigns if each != planned)], key=_newest_first)
    if everybody is None and not campaigns:
        return None
    freed_at = _later(*(plan.freed_at for plan in found if plan.audience_id is None))
    freeing = [plan for plan in found if plan.has_freed_since(monday) and _whom_it_freed_is_known(plan)]
    return Week(monday, everybody, campaigns, sendable_pool(now.date()), freed_at, freeing)


def _whom_it_freed_is_known(plan: TipPlan) -> bool:
    try:
        parse_rule(freed_audience(plan).rule)
    except InvalidRule:  # it was for nobody
        return False
    return True


def freed_audience(plan: TipPlan) -> Audience:
    """Return whom a campaign let go: its audience as it was then, not saved."""
    audience = _audience(plan)
    return Audience(pk=audience.pk, rule=audience.rule if plan.freed_rule is None else plan.freed_rule)


def _is_read(plan: TipPlan) -> bool:
    try:
        parse_rule(_audience(plan).rule)
    except InvalidRule as invalid:
        logger.warning("The audience of campaign %s cannot be understood: %s", plan.pk, invalid.message)
        return False
    return True


def _newest_first(plan: TipPlan) -> int:
    return -plan.pk


def has_a_tip(monday: date) -> Exists:
    """Return the condition on people that they have a tip of that week, sent or not."""
    return Exists(TipDelivery.objects.filter(recipient=OuterRef("pk"), week=monday))


def has_stopped() -> Q:
    """Return the condition on people that they want no tips: what they say of tips counts more than of everything."""
    said = TypePreference.objects.filter(person=OuterRef("pk"), place="message")
    wants_none = Exists(said.filter(type=WEEKLY, is_wanted=False))
    wants_nothing = Exists(said.filter(type=EVERYTHING, is_wanted=False))
    wants_this = Exists(said.filter(type=WEEKLY, is_wanted=True))
    return Q(wants_none) | Q(wants_nothing) & ~Q(wants_this)


def people_to_plan(monday: date) -> QuerySet[User]:
    """Return who gets a tip in a week and has none yet."""
    return people_who_want_tips().filter(~has_a_tip(monday))


def people_who_want_tips() -> QuerySet[User]:
    """Return everyone who works here now and has not stopped tips."""
    people: QuerySet[User] = User.objects.filter(~has_stopped(), status=User.Status.ACTIVE)
    return people


def people_without_a_tip(monday: date) -> int:
    """Return how many people who had joined before a week and want tips got none in it; three queries.

    None did while no plan for everybody was in force, nor before the first tip ever.
    """
    is_on = TipPlan.objects.in_week(monday).filter(audience=None).exists()
    if not (is_on and TipDelivery.objects.filter(week__lte=monday).exists()):
        return 0
    return people_to_plan(monday).filter(joined_at__lt=moment_at(monday, 0, UTC)).count()


def plans_for(week: Week, batch: Sequence[Person], now: datetime) -> list[Turn]:
    """Return by which plan each of some people gets a tip, and when.

    Two queries, one for each campaign, and one for each that let its people go.

    A campaign whose moment is over for somebody leaves them to the next: their weekly tip may still lie ahead.

    Args:
        week: Which.
        batch: Some people.
        now: The present; who is in an audience may hang on the day.
    """
    keys = [person.key for person in batch]
    if not keys:
        return []
    members = {plan.pk: _members(_audience(plan), keys, now) for plan in week.campaigns}
    freed = {plan.pk: _members(freed_audience(plan), keys, now) for plan in week.freeing}
    locations = locations_of(keys) if week.holidays else {}
    found = []
    for person in batch:
        theirs = Theirs(
            [each for each in week.campaigns if person.key in members[each.pk]],
            [each for each in week.freeing if person.key in freed[each.pk]],
            locations.get(person.key, ""),
        )
        found.append(turn_of(week, person, theirs, now))
    return found


class Theirs(NamedTuple):
    """What else decides when somebody gets a tip.

    Attributes:
        campaigns: Those that they are in the audience of, the one that counts first at the front.
        freeing: Those that let them go.
        location: Where they work.
    """

    campaigns: Sequence[TipPlan]
    freeing: Sequence[TipPlan]
    location: str


def turn_of(week: Week, person: Person, theirs: Theirs, now: datetime) -> Turn:
    """Return by which plan somebody gets a tip, and when. No query but for the days off, once a week."""
    freed_at = week.last_freed(theirs.freeing)
    for plan in theirs.campaigns:
        moment = week.moment_for(person, plan, theirs.location)
        if not is_past(moment, now):
            return Turn(person, plan, moment, freed_at)
    moment = week.weekly_moment(person, theirs.location, freed_at) if week.plan is not None else None
    return Turn(person, week.plan, moment, freed_at)


def is_past(moment: datetime | None, now: datetime) -> bool:
    """Whether a moment is over for so long that its tip does not go out any more; no moment is not."""
    return moment is not None and moment <= now - GRACE


def _audience(plan: TipPlan) -> Audience:
    assert plan.audience is not None, "a campaign has an audience"
    return plan.audience


def _members(audience: Audience, keys: Sequence[int], now: datetime) -> set[int]:
    people = people_in_audience(audience, now.date())
    return {key for these in among(keys) for key in people.filter(these("pk")).values_list("pk", flat=True)}


def locations_of(keys: Sequence[int]) -> dict[int, str]:
    """Return where some people work, by their keys."""
    jobs = Employment.objects.filter(is_primary=True, effective_to=None)
    found: dict[int, str] = {}
    for these in among(keys):
        found.update(jobs.filter(these("person")).values_list("person", "location"))
    return found


def choice_for(week: Week, plan: TipPlan, person: Person, past: Past) -> Choice | None:
    """Return the tip that somebody gets by a plan; None when none is left for them.

    The one that a campaign chose comes while it may be sent, to whoever has not had it.
    """
    if plan.tip_id in week.sendable and plan.tip_id not in past.had.get(person.key, {}):
        return Choice(plan.tip_id, TipDelivery.Why.CAMPAIGN, 1.0)
    unwanted = past.unwanted.get(person.key, set())
    listener = Listener(
        identity=person.identity.bytes,
        role=person.role,
        level=past.levels.get(person.key, "basic"),
        had=past.had.get(person.key, {}),
        weak_skills=skills_of(week.pool, past.missed.get(person.key, set())),
        unwanted=unwanted,
        disliked_skills=skills_of(week.pool, unwanted),
    )
    return choose(week.pool, listener, week.monday)
