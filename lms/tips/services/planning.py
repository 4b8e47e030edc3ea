"""Planning a week: a row for each person, with the tip that fits them and the moment at which it is due.

What docs/notifications.md says about zones is decided here: a row is written some time before its moment, one for each
person and ISO week in their zone, and never a second. Whoever moves to another zone before gets it at the hour there.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import groupby
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet

from lms.core.bulk import insert_rows
from lms.notifications.models import Delivery
from lms.notifications.selectors.reach import DEFAULTS, reach_from
from lms.notifications.slots import moment_at, monday_of
from lms.people.models import User
from lms.tips.choosing import Choice
from lms.tips.models import TipDelivery, TipPlan
from lms.tips.moments import Days
from lms.tips.selectors.choosing import Past, past_of
from lms.tips.selectors.plans import not_begun
from lms.tips.selectors.weeks import (
    FIELDS,
    GRACE,
    Person,
    Week,
    choice_for,
    locations_of,
    people_who_want_tips,
    plans_for,
    week_of,
)

TOGETHER = 10_000
LEAD = timedelta(hours=26)
"""How long before its moment a row is written: the last zone is 26 hours behind the first."""
ROW = (
    "uuid", "recipient", "channel", "due_at", "expires_at", "state", "attempts", "provider_id", "reason",
    "week", "planned_at", "time_zone", "tip", "plan", "recall", "why", "propensity", "usefulness",
)  # fmt: skip
"""The columns of a new row; the others begin empty."""


def plan_tips(*, now: datetime, goes_on: Callable[[], bool] = lambda: True) -> int:
    """Write the rows whose moment comes within `LEAD`; returns how many. Running it twice writes none twice.

    Args:
        now: The present.
        goes_on: Asked between batches; the next run does what is left.

    Cost: for 10,000 people thirteen queries, and one for each campaign, also for one that let its people go. Plans are
    read for each batch anew, so that one that is switched off or ended during a run holds from the next batch on.
    """
    move_with_people(now=now)
    planned = 0
    for monday in mondays_around(now):
        if week_of(monday, now) is not None:
            planned += sum(_plan_batch(monday, batch, now) for batch in _batches(monday, goes_on))
    return planned


def mondays_around(now: datetime) -> list[date]:
    """Return the Mondays of the weeks, anywhere in the world, that have moments within reach of now."""
    hours = (-12, 14)
    days = [(now - GRACE + timedelta(hours=hours[0])).date(), (now + LEAD + timedelta(hours=hours[1])).date()]
    return sorted({monday_of(day) for day in days})


def _batches(monday: date, goes_on: Callable[[], bool]) -> Iterable[list[Person]]:
    last = 0
    people = people_who_want_tips()
    while goes_on():
        rows = people.filter(pk__gt=last).order_by("pk").values_list(*FIELDS)[:TOGETHER]
        batch = [Person._make(row) for row in rows]
        if not batch:
            return
        last = batch[-1].key
        # Asked apart: rows of a week that are just being written are in no statistics yet, and PostgreSQL then looked
        # through all of them once for each person.
        planned = TipDelivery.objects.filter(week=monday, recipient__gte=batch[0].key, recipient__lte=last)
        done = set(planned.values_list("recipient", flat=True))
        if left := [person for person in batch if person.key not in done]:
            yield left


def _plan_batch(monday: date, batch: list[Person], now: datetime) -> int:
    week = week_of(monday, now)
    due = _due(week, batch, now) if week else []
    if week is None or not due:
        return 0
    people = [person.key for person, _plan, _moment in due]
    past = past_of(people, week.monday, asking=week.asking)
    rows = []
    for person, plan, moment in due:
        choice = choice_for(week, plan, person, past)
        if choice is not None:
            rows.append(_row(week, plan, person, moment, choice, past))
    try:
        return insert_rows(model=TipDelivery, fields=ROW, rows=rows)
    except IntegrityError:  # another worker plans, too; the next run finds whom both have left out
        return 0


def _due(week: Week, batch: list[Person], now: datetime) -> list[tuple[Person, TipPlan, datetime]]:
    """Return for whom it is time, by which plan, and when."""
    return [
        (turn.person, turn.plan, turn.moment)
        for turn in plans_for(week, batch, now)
        if turn.plan is not None and turn.moment is not None and now - GRACE < turn.moment <= now + LEAD
        if not week.is_too_early(turn, now)
    ]


def _row(
    week: Week, plan: TipPlan, person: Person, moment: datetime, choice: Choice, past: Past
) -> tuple[object, ...]:
    """Return the values of `ROW`."""
    reach = week.reach(person)
    returning = past.due.get(person.key)
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
        moment,
        person.time_zone,
        choice.tip,
        plan.pk,
        returning.card if returning is not None and returning.tip != choice.tip else None,
        choice.why,
        choice.propensity,
        "",
    )


def moment_of_one(person: User, row: TipDelivery, now: datetime) -> datetime | None:
    """Return when a tip that is queued comes, as things are now; None when there is no such moment in its week.

    A moment that is over is the first from now on.
    """
    week = week_of(row.week, now)
    plan = row.plan or (week.plan if week else None)
    if week is None or plan is None:
        return None
    one = Person(*User.objects.filter(pk=person.pk).values_list(*FIELDS).get())
    location = locations_of([one.key]).get(one.key, "") if week.holidays else ""
    return week.moment_for(one, plan, location, not_before=now)


def move_with_plan(*, plan: TipPlan, now: datetime) -> int:
    """Move what is queued by a plan and not due yet to its day and hour as they are now; returns how many rows.

    A moment that is over is the first from now on: nobody loses a tip that was queued. What would come only after its
    week stays where it is.
    """
    return _move(not_begun(now).filter(plan=plan), now, lambda _day, _location: True)


def move_with_holidays(*, days: Collection[tuple[date, str]], now: datetime) -> int:
    """Move what is queued and not due yet where people work on some days no more, or again; returns how many rows.

    What stands on one of these days, or belongs there and is not over, goes to the moment at which it would be planned
    now. All else stays where it is, and so does a tip in whose week no day is left: nobody loses one that was queued.

    Args:
        days: Each with its location; an empty one means everywhere.
        now: The present.
    """
    changed = set(days)
    return _move(
        not_begun(now).filter(week__in={monday_of(day) for day, _location in changed}),
        now,
        lambda day, location: not changed.isdisjoint({(day, ""), (day, location)}),
    )


def _locked(queued: QuerySet[TipDelivery], most: int | None = None) -> list[int]:
    """Return the keys of rows that no other worker has, under a lock, so that none goes out while it is moved."""
    free = queued.order_by("pk").select_for_update(skip_locked=True, of=("self",))
    return list(free.values_list("pk", flat=True)[:most])


def _move(queued: QuerySet[TipDelivery], now: datetime, concerns: Callable[[date, str], bool]) -> int:
    """Move rows to where they would be planned now.

    Args:
        queued: The rows.
        now: The present.
        concerns: Takes a day on which a row stands or belongs, and its location; any that concerns it moves it.
    """
    keys = _locked(queued)
    moved = 0
    for start in range(0, len(keys), TOGETHER):
        rows = TipDelivery.objects.filter(pk__in=keys[start : start + TOGETHER]).select_related("plan")
        changed: list[TipDelivery] = []
        for monday, of_week in groupby(rows.order_by("week", "pk"), key=lambda row: row.week):
            week = week_of(monday, now)
            if week is not None:
                changed += _moved(week, list(of_week), now, concerns)
        TipDelivery.objects.bulk_update(changed, ["due_at", "planned_at"], batch_size=500)
        moved += len(changed)
    return moved


def _moved(
    week: Week, rows: list[TipDelivery], now: datetime, concerns: Callable[[date, str], bool]
) -> Iterator[TipDelivery]:
    keys = [row.recipient_id for row in rows]
    found = User.objects.filter(pk__in=keys).values_list(*FIELDS)
    people = {person.key: person for person in map(Person._make, found)}
    locations = locations_of(keys)
    for row in rows:
        person, location = people[row.recipient_id], locations.get(row.recipient_id, "")
        if row.plan is None:
            continue
        wished = week.moment_for(person, row.plan, location)
        zone = week.reach(person).zone
        stands = [row.planned_at, *([wished] if wished is not None and wished > now else [])]
        if not any(concerns(each.astimezone(zone).date(), location) for each in stands):
            continue
        moment = week.moment_for(person, row.plan, location, not_before=now)
        if moment is None or moment == row.due_at or (row.expires_at and moment >= row.expires_at):
            continue
        row.move_to(moment, now=now)
        yield row


@transaction.atomic
def move_with_people(*, now: datetime) -> int:
    """Move what waits for people who have changed their zone to the same hour there; returns how many rows.

    It stays in its week: whoever flies so far that the hour is over gets it at once. What is due already, and waits for
    its channel, waits on. What a worker has just taken is left to it.
    """
    queued = TipDelivery.objects.filter(state=Delivery.State.QUEUED)
    keys = _locked(queued.exclude(time_zone=F("recipient__time_zone")), most=TOGETHER)
    rows = list(queued.filter(pk__in=keys).select_related("recipient__delivery_preferences"))
    for row in rows:
        person = row.recipient
        own = getattr(person, "delivery_preferences", DEFAULTS)
        before, after = (reach_from(zone, own) for zone in (row.time_zone, person.time_zone))
        if row.planned_at > now:
            local = row.planned_at.astimezone(before.zone)
            days = Days(row.week, after.zone, after.quiet_from, after.quiet_to)
            begin = after.next_opening(now)
            row.move_to(days.moment(local.isoweekday(), local.hour, not_before=begin) or begin, now=now)
        row.expires_at = moment_at(row.week + timedelta(weeks=1), 0, after.zone)
        row.time_zone = person.time_zone
    fields = ["due_at", "planned_at", "expires_at", "time_zone"]
    TipDelivery.objects.bulk_update(rows, fields, batch_size=500)
    return len(rows)
