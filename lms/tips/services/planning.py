"""Planning a week: a row for each person, with the tip that fits them and the moment at which it is due.

What docs/notifications.md says about zones is decided here: a row is written some time before its moment, one for each
person and ISO week in their zone, and never a second. Whoever moves to another zone before gets it at the hour there.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from functools import cached_property
from typing import NamedTuple
from uuid import UUID, uuid4

from django.db import IntegrityError
from django.db.models import Exists, F, OuterRef, QuerySet

from lms.core.bulk import insert_rows
from lms.notifications.models import Delivery, DeliveryPreferences, TypePreference
from lms.notifications.selectors.reach import DEFAULTS, EVERYTHING, Reach, reach_from
from lms.notifications.slots import in_week, moment_at, monday_of
from lms.people.models import Employment, User
from lms.people.selectors import people_in_audience
from lms.tips.choosing import Choice, Listener, Pool, choose
from lms.tips.models import Holiday, TipDelivery, TipPlan
from lms.tips.notification_types import WEEKLY
from lms.tips.selectors.choosing import Past, past_of, sendable_pool, skills_of

TOGETHER = 5000
LEAD = timedelta(hours=26)
"""How long before its moment a row is written: the last zone is 26 hours behind the first."""
GRACE = timedelta(hours=24)
"""How late a tip may still go out, such as after an outage or for somebody who has just joined."""
WORKDAYS = 5
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


ROW = (
    "uuid", "recipient", "channel", "due_at", "expires_at", "state", "attempts", "provider_id", "reason",
    "week", "time_zone", "tip", "plan", "recall", "why", "propensity", "usefulness",
)  # fmt: skip
"""The columns of a new row; the others begin empty."""


@dataclass
class Week:
    """What is the same for everybody in one week.

    Attributes:
        monday: Its first day.
        plan: For everybody; None when there is none in force.
        campaigns: For some, the one that counts first at the front.
        pool: The tips there are.
    """

    monday: date
    plan: TipPlan | None
    campaigns: list[TipPlan]
    pool: Pool
    _reaches: dict[tuple[object, ...], Reach] = field(default_factory=dict)
    _moments: dict[tuple[object, ...], datetime | None] = field(default_factory=dict)
    _ends: dict[tzinfo, datetime] = field(default_factory=dict)

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

    def moment_for(self, person: Person, plan: TipPlan, location: str) -> datetime | None:
        """Return when somebody gets their tip; None when this week has no day for it.

        A holiday moves it to the next working day of the week, or else to the last one before.
        """
        weekday, hour = plan.weekday, plan.hour
        if plan.audience_id is None and person.weekday is not None and person.hour is not None:
            weekday, hour = person.weekday, person.hour
        reach = self.reach(person)
        alike = (id(reach), weekday, hour, location)
        if alike not in self._moments:
            self._moments[alike] = self._moment(weekday, hour, location, reach)
        return self._moments[alike]

    def ends(self, zone: tzinfo) -> datetime:
        """Return when the week is over in a zone; then its tip is not worth sending any more."""
        if zone not in self._ends:
            self._ends[zone] = moment_at(self.monday + timedelta(weeks=1), 0, zone)
        return self._ends[zone]

    def _moment(self, weekday: int, hour: int, location: str, reach: Reach) -> datetime | None:
        off = self.holidays.get("", set()) | self.holidays.get(location, set())
        day = _working_day(self.monday, weekday, off)
        if day is None:
            return None
        moment = reach.next_opening(in_week(self.monday, day, hour, reach.zone))
        return moment if monday_of(reach.today(moment)) == self.monday else None


def _working_day(monday: date, weekday: int, off: Collection[date]) -> int | None:
    """Return the day itself, the next working day that is not off, or the last one before; None for none."""
    after = range(weekday + 1, WORKDAYS + 1)
    before = range(min(weekday - 1, WORKDAYS), 0, -1)
    days = (weekday, *after, *before)
    return next((day for day in days if monday + timedelta(days=day - 1) not in off), None)


def plan_tips(*, now: datetime, goes_on: Callable[[], bool] = lambda: True) -> int:
    """Write the rows whose moment comes within `LEAD`; returns how many. Running it twice writes none twice.

    Args:
        now: The present.
        goes_on: Asked between batches; the next run does what is left.

    Cost: for 5,000 people seven queries, and one for each campaign.
    """
    move_with_people(now=now)
    planned = 0
    for monday in mondays_around(now):
        week = week_of(monday, now)
        if week is not None:
            planned += sum(_plan_batch(week, batch, now) for batch in _batches(week, goes_on))
    return planned


def mondays_around(now: datetime) -> list[date]:
    """Return the Mondays of the weeks, anywhere in the world, that have moments within reach of now."""
    hours = (-12, 14)
    days = [(now - GRACE + timedelta(hours=hours[0])).date(), (now + LEAD + timedelta(hours=hours[1])).date()]
    return sorted({monday_of(day) for day in days})


def week_of(monday: date, now: datetime) -> Week | None:
    """Return what is the same for everybody in a week; None when no plan is in force. Five queries."""
    plans = list(TipPlan.objects.in_week(monday).select_related("audience").order_by("-pk"))
    everybody = next((plan for plan in plans if plan.audience_id is None), None)
    campaigns = [plan for plan in plans if plan.audience_id is not None]
    if everybody is None and not campaigns:
        return None
    return Week(monday, everybody, campaigns, sendable_pool(now.date()))


def _batches(week: Week, goes_on: Callable[[], bool]) -> Iterable[list[Person]]:
    last = 0
    people = _without_a_row(week.monday)
    while goes_on():
        rows = people.filter(pk__gt=last).order_by("pk").values_list(*FIELDS)[:TOGETHER]
        batch = [Person._make(row) for row in rows]
        if not batch:
            return
        yield batch
        last = batch[-1].key


def _without_a_row(monday: date) -> QuerySet[User]:
    has_one = TipDelivery.objects.filter(recipient=OuterRef("pk"), week=monday)
    said = TypePreference.objects.filter(person=OuterRef("pk"), place="message")
    wants_none = Exists(said.filter(type=WEEKLY, is_wanted=False))
    wants_nothing = Exists(said.filter(type=EVERYTHING, is_wanted=False))
    wants_this = Exists(said.filter(type=WEEKLY, is_wanted=True))
    people: QuerySet[User] = User.objects.filter(
        ~Exists(has_one), ~wants_none, wants_this | ~wants_nothing, status=User.Status.ACTIVE
    )
    return people


def _plan_batch(week: Week, batch: list[Person], now: datetime) -> int:
    due = _due(week, batch, now)
    if not due:
        return 0
    past = past_of(batch[0].key, batch[-1].key, week.monday)
    rows = []
    for person, plan, moment in due:
        choice = _choice(week, plan, person, past)
        if choice is not None:
            rows.append(_row(week, plan, person, moment, choice, past))
    try:
        return insert_rows(model=TipDelivery, fields=ROW, rows=rows)
    except IntegrityError:  # another worker plans, too; the next run finds whom both have left out
        return 0


def _due(week: Week, batch: list[Person], now: datetime) -> list[tuple[Person, TipPlan, datetime]]:
    """Return for whom it is time, by which plan, and when."""
    members = {plan.pk: _members(plan, batch, now) for plan in week.campaigns}
    locations = _locations(batch) if week.holidays else {}
    found = []
    for person in batch:
        plan = next((each for each in week.campaigns if person.key in members[each.pk]), week.plan)
        if plan is None:
            continue
        moment = week.moment_for(person, plan, locations.get(person.key, ""))
        if moment is not None and now - GRACE < moment <= now + LEAD:
            found.append((person, plan, moment))
    return found


def _members(plan: TipPlan, batch: list[Person], now: datetime) -> set[int]:
    assert plan.audience is not None, "a campaign has an audience"
    people = people_in_audience(plan.audience, now.date())
    keys = (batch[0].key, batch[-1].key)
    return set(people.filter(pk__range=keys).values_list("pk", flat=True))


def _locations(batch: list[Person]) -> dict[int, str]:
    jobs = Employment.objects.filter(
        person__gte=batch[0].key, person__lte=batch[-1].key, is_primary=True, effective_to=None
    )
    return dict(jobs.values_list("person", "location"))


def _choice(week: Week, plan: TipPlan, person: Person, past: Past) -> Choice | None:
    if plan.tip_id is not None and plan.tip_id not in past.had.get(person.key, {}):
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


def _row(
    week: Week, plan: TipPlan, person: Person, moment: datetime, choice: Choice, past: Past
) -> tuple[object, ...]:
    """Return the values of `ROW`."""
    reach = week.reach(person)
    card, tip = past.due.get(person.key, (None, None))
    return (
        uuid4(),
        person.key,
        reach.channel,
        moment,
        week.ends(reach.zone),
        Delivery.State.QUEUED.value,
        0,
        "",
        "",
        week.monday,
        person.time_zone,
        choice.tip,
        plan.pk,
        card if tip != choice.tip else None,
        choice.why,
        choice.propensity,
        "",
    )


def moment_of_one(person: User, row: TipDelivery, now: datetime) -> datetime | None:
    """Return when a tip that is queued comes, as things are now; None when there is no such moment in its week.

    A moment that is over is now, or when the quiet hours that now lies in end.
    """
    week = week_of(row.week, now)
    plan = row.plan or (week.plan if week else None)
    if week is None or plan is None:
        return None
    one = Person(*User.objects.filter(pk=person.pk).values_list(*FIELDS).get())
    location = _locations([one]).get(one.key, "") if week.holidays else ""
    moment = week.moment_for(one, plan, location)
    return None if moment is None else max(moment, week.reach(one).next_opening(now))


def move_with_people(*, now: datetime) -> int:
    """Move what waits for people who have changed their zone to the same hour there; returns how many rows.

    It stays in its week: whoever flies so far that the hour is over gets it at once.
    """
    moved = TipDelivery.objects.filter(state=Delivery.State.QUEUED).exclude(
        time_zone=F("recipient__time_zone")
    )
    rows = list(moved.select_related("plan", "recipient__delivery_preferences")[:TOGETHER])
    for row in rows:
        person = row.recipient
        own = getattr(person, "delivery_preferences", DEFAULTS)
        before, after = (reach_from(zone, own) for zone in (row.time_zone, person.time_zone))
        local = row.due_at.astimezone(before.zone)
        row.due_at = max(now, after.next_opening(moment_at(local.date(), local.hour, after.zone)))
        row.expires_at = moment_at(row.week + timedelta(weeks=1), 0, after.zone)
        row.time_zone = person.time_zone
    TipDelivery.objects.bulk_update(rows, ["due_at", "expires_at", "time_zone"], batch_size=500)
    return len(rows)
