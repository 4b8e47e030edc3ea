"""What the preview of a campaign says is what happens."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lms.notifications.models import DeliveryPreferences, TypePreference
from lms.people.models import Audience, Employment, User
from lms.tips.models import Holiday, TipDelivery, TipPlan, TipPreferences
from lms.tips.selectors.plans import weekly_plan_as
from lms.tips.selectors.previews import (
    Nothing,
    outcomes_of,
    preview_campaign,
    preview_weekly_plan,
    week_to_preview,
)
from lms.tips.services.planning import plan_tips
from lms.tips.services.plans import confirm_weekly_plan, start_campaign

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 30)
NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
NEXT_WEEK = NOW + timedelta(days=1)


@pytest.fixture
def campaign(db):
    """Return a function that writes a campaign for everybody; it rests."""

    def write(name="Names", rule=None, **fields):
        audience = Audience.objects.create(name=name, rule=rule or {"all": []})
        values = {"weekday": 3, "hour": 14, "first_week": MONDAY, "is_enabled": False, **fields}
        return TipPlan.objects.create(name=name, audience=audience, **values)

    return write


@pytest.fixture
def company(person_factory, tip_factory, weekly):
    """People in four zones, one of each case, and tips for all."""
    tips = [tip_factory() for _ in range(6)]
    people = [
        person_factory(time_zone=zone)
        for zone in ("Europe/Lisbon", "Asia/Singapore", "Pacific/Auckland", "Pacific/Honolulu", "") * 4
    ]
    Employment.objects.create(person=people[0], number="1", location="Porto", effective_from=date(2020, 1, 1))
    Holiday.objects.create(day=date(2026, 12, 2), location="Porto", name="A day off")
    DeliveryPreferences.objects.create(person=people[1], quiet_from=12, quiet_to=16)
    DeliveryPreferences.objects.create(person=people[2], paused_until=date(2026, 12, 20))
    TypePreference.objects.create(person=people[3], type="*", place="message", is_wanted=False)
    TipPreferences.objects.create(person=people[4], weekday=1, hour=10)
    people[5].status = "on_leave"
    people[5].save()
    for number, person in enumerate(people[6:12]):
        TipDelivery.objects.create(
            recipient=person, tip=tips[number % 6], week=MONDAY - timedelta(weeks=1), due_at=NOW, planned_at=NOW,
            channel="email", state="sent", why="everybody", propensity=1.0,
        )  # fmt: skip
    return people, tips


def planned_through_the_week(plan):
    """Let the planner run every six hours, from before the first zone's Monday until the week is over everywhere."""
    now = NOW
    while now < NOW + timedelta(days=9):
        plan_tips(now=now)
        now += timedelta(hours=6)
    return {
        row.recipient_id: (row.due_at, row.tip_id, row.why)
        for row in TipDelivery.objects.filter(week=MONDAY, plan=plan)
    }


@pytest.mark.parametrize("is_fixed", [False, True])
def test_the_preview_says_who_gets_which_tip_when_and_so_it_comes(campaign, company, is_fixed, mei):
    people, tips = company
    plan = campaign(tip=tips[2] if is_fixed else None)
    keys = [person.pk for person in people]

    preview = preview_campaign(plan, NOW)
    promised = outcomes_of(plan, keys, NOW)
    start_campaign(plan=plan, seen=preview.seen, actor=mei, at=NOW)
    happened = planned_through_the_week(plan)

    gets = {key: (each.moment, each.tip, each.why) for key, each in promised.items() if not each.nothing}
    assert {key: happened[key] for key in gets} == gets
    assert set(happened) & set(keys) == set(gets)
    assert len(happened) == preview.gets
    assert sorted({moment for _zone, moment, _n in preview.slots}) == sorted(
        {due for due, _tip, _why in happened.values()}
    )


def test_who_gets_none_is_told_apart_by_the_reason(campaign, company):
    people, _tips = company
    later = campaign("Later", rule={"people": [str(people[7].public_id)]}, is_enabled=True)
    earlier = TipPlan.objects.get(pk=later.pk)
    earlier.audience = Audience.objects.create(name="Earlier", rule={"all": []})
    earlier.pk, earlier.is_enabled, earlier.name = later.pk - 1_000, False, "Earlier"
    earlier.save(force_insert=True)
    TipDelivery.objects.create(
        recipient=people[8],
        tip=_tips[0],
        week=MONDAY,
        due_at=NOW,
        planned_at=NOW,
        channel="email",
        why="role",
        propensity=1.0,
    )

    promised = outcomes_of(earlier, [person.pk for person in people], NOW)

    found = {people.index(p): promised[p.pk].nothing for p in people if promised[p.pk].nothing}
    assert found == {
        2: Nothing.NO_DAY,
        3: Nothing.STOPPED,
        5: Nothing.AWAY,
        7: Nothing.OTHER,
        8: Nothing.HAS_ONE,
    }


def test_a_tip_pool_that_is_empty_is_said(campaign, person_factory):
    person = person_factory()

    assert outcomes_of(campaign(), [person.pk], NOW)[person.pk].nothing == Nothing.NO_TIP


FRIDAY = datetime(2026, 12, 4, 12, 0, tzinfo=UTC)


def test_an_hour_that_was_more_than_a_day_ago_is_said(campaign, person_factory, tip_factory):
    """On Thursday 14:00 in Auckland it is 01:00 in UTC, and in Honolulu it is that hour a day later."""
    tip_factory()
    plan = campaign(weekday=4, hour=14)
    auckland, honolulu = (person_factory(time_zone=f"Pacific/{city}") for city in ("Auckland", "Honolulu"))

    promised = outcomes_of(plan, [auckland.pk, honolulu.pk], FRIDAY)

    assert promised[auckland.pk].nothing == Nothing.OVER
    assert promised[honolulu.pk].moment == datetime(2026, 12, 4, 0, 0, tzinfo=UTC)


def test_a_week_whose_hour_is_over_for_all_is_not_shown_unless_it_is_the_last(
    campaign, person_factory, tip_factory
):
    tip_factory()
    person, plan = person_factory(), campaign(weekday=1, hour=9)

    assert preview_campaign(plan, FRIDAY).monday == MONDAY + timedelta(weeks=1)
    assert preview_campaign(plan, FRIDAY).gets == 1
    plan.last_week = MONDAY
    assert outcomes_of(plan, [person.pk], FRIDAY)[person.pk].nothing == Nothing.OVER


def test_a_campaign_whose_hour_is_over_takes_nobody_s_weekly_tip(
    campaign, weekly, person_factory, tip_factory
):
    tip_factory()
    person_factory(time_zone="UTC")
    TipPlan.objects.filter(pk=weekly.pk).update(weekday=5, hour=15)
    campaign(weekday=1, hour=9, is_enabled=True)

    plan_tips(now=FRIDAY)

    assert list(TipDelivery.objects.values_list("plan", "due_at")) == [(weekly.pk, FRIDAY.replace(hour=15))]


def test_the_week_is_the_first_in_which_it_acts(campaign):
    """On the Sunday, the Wednesday of that week is over."""
    assert week_to_preview(campaign(), NOW) == MONDAY
    assert week_to_preview(campaign("Now", first_week=None), NOW) == MONDAY
    assert week_to_preview(campaign("Late", first_week=None, weekday=7), NOW) == MONDAY - timedelta(weeks=1)
    assert week_to_preview(campaign("Past", first_week=date(2026, 1, 5)), NEXT_WEEK) == MONDAY


def test_the_summary_adds_up_to_the_audience(campaign, company):
    people, _tips = company

    preview = preview_campaign(campaign(), NOW)

    assert (preview.gets, preview.gets_none) == (len(people) - 3, 3)
    assert preview.nothing == {Nothing.AWAY: 1, Nothing.STOPPED: 1, Nothing.NO_DAY: 1}


def in_sum(promised):
    """Return how many get a tip at each moment in each zone, and how many get none for each reason."""
    slots = Counter((each.time_zone, each.moment) for each in promised.values() if not each.nothing)
    return slots, Counter(each.nothing for each in promised.values() if each.nothing)


@pytest.mark.parametrize("is_fixed", [False, True])
def test_what_is_counted_for_all_is_what_each_of_them_gets(
    campaign, company, ada, tip_factory, tip_delivery, is_fixed
):
    """Ada has no tip left: one for her role she called not useful, the others she has had within eight weeks."""
    people, tips = company
    own = tip_factory(roles=[ada.job_role])
    tip_delivery(ada, own, week=MONDAY - timedelta(weeks=40), state="sent", usefulness="not_useful")
    for weeks, tip in enumerate(tips, 1):
        tip_delivery(ada, tip, week=MONDAY - timedelta(weeks=weeks), state="sent")
        tip_delivery(people[0], tip, week=MONDAY - timedelta(weeks=weeks), state="dropped")
    plan = campaign(tip=tips[0] if is_fixed else None)
    campaign("Later", rule={"people": [str(people[7].public_id)]}, is_enabled=True)

    preview = preview_campaign(plan, NOW)

    everybody = outcomes_of(plan, [*User.objects.current().values_list("pk", flat=True)], NOW)
    slots, nothing = in_sum(everybody)
    assert everybody[ada.pk].nothing == Nothing.NO_TIP
    assert {(zone, at): number for zone, at, number in preview.slots} == slots
    assert preview.nothing == nothing
    assert set(nothing) == {Nothing.AWAY, Nothing.STOPPED, Nothing.OTHER, Nothing.NO_DAY, Nothing.NO_TIP}


@pytest.mark.parametrize("had_in", [7, 8])
def test_somebody_who_has_had_the_only_tip_gets_it_again_after_eight_weeks(
    campaign, person_factory, tip_factory, tip_delivery, had_in
):
    tip_delivery(person_factory(), tip_factory(), week=MONDAY - timedelta(weeks=had_in), state="sent")

    assert preview_campaign(campaign(), NOW).gets == (had_in == 8)


WEDNESDAY = datetime(2026, 12, 2, 12, 0, tzinfo=UTC)


def test_the_weekly_plan_as_it_would_be_is_what_each_of_them_gets(company, campaign):
    """One has chosen Monday at ten, which is over by two hours; another is in a campaign."""
    people, _tips = company
    campaign("Names", rule={"people": [str(people[7].public_id)]}, is_enabled=True, weekday=5)
    plan = weekly_plan_as(is_enabled=True, weekday=4, hour=22)

    preview = preview_weekly_plan(plan, NEXT_WEEK)

    keys = [*User.objects.current().values_list("pk", flat=True)]
    slots, nothing = in_sum(outcomes_of(plan, keys, NEXT_WEEK, monday=MONDAY))
    assert preview.soon == slots.pop(("", NEXT_WEEK + timedelta(hours=1))) == 1
    assert {(zone, at): number for zone, at, number in preview.slots} == slots
    assert preview.nothing == nothing
    assert set(nothing) == {Nothing.AWAY, Nothing.STOPPED, Nothing.OTHER, Nothing.NO_DAY}


def test_who_is_reached_after_all_by_a_plan_that_is_moved_to_a_day_that_is_over_is_said(
    weekly, mei, person_factory, tip_factory, tip_delivery
):
    tip_factory()
    TipPlan.objects.update(weekday=5)
    reached, waiting = person_factory(), person_factory()
    tip_delivery(reached, week=MONDAY, state="sent")
    plan = weekly_plan_as(is_enabled=True, weekday=1, hour=9)

    preview = preview_weekly_plan(plan, WEDNESDAY)

    assert (preview.monday, preview.soon, preview.slots) == (MONDAY, 2, [])  # Mei is the other
    assert preview.nothing == {Nothing.HAS_ONE: 1}
    a_little_later = WEDNESDAY + timedelta(minutes=2)
    confirm_weekly_plan(is_enabled=True, weekday=1, hour=9, seen=preview.seen, actor=mei, at=a_little_later)
    plan_tips(now=WEDNESDAY + timedelta(hours=2))
    assert TipDelivery.objects.filter(recipient=waiting, week=MONDAY).exists()


def test_a_week_in_which_nobody_gets_one_by_the_weekly_plan_is_not_shown(person_factory, tip_factory):
    tip_factory()
    person_factory()

    preview = preview_weekly_plan(weekly_plan_as(is_enabled=True, weekday=1, hour=9), WEDNESDAY)

    assert (preview.monday, preview.gets) == (MONDAY + timedelta(weeks=1), 1)


def test_a_preview_costs_the_same_for_one_and_for_fifty(campaign, person_factory, tip_factory):
    tip_factory()
    campaign("Later", is_enabled=True)
    plan, counts = campaign(), []
    for number in (1, 50):
        for each in range(number):
            person_factory(time_zone=["Europe/Lisbon", "Asia/Singapore"][each % 2])
        with CaptureQueriesContext(connection) as queries:
            preview_campaign(plan, NOW)
            preview_weekly_plan(weekly_plan_as(is_enabled=True, weekday=2, hour=9), NEXT_WEEK)
        counts.append(len(queries))

    assert counts[0] == counts[1]
    assert counts[0] <= 21


def test_a_page_of_people_costs_the_same_for_one_and_for_fifty(campaign, person_factory, tip_factory):
    tip_factory()
    plan, people = campaign(), [person_factory() for _ in range(50)]
    counts = []
    for number in (1, 50):
        with CaptureQueriesContext(connection) as queries:
            outcomes_of(plan, [person.pk for person in people[:number]], NOW)
        counts.append(len(queries))

    assert counts[0] == counts[1]
