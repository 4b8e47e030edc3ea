"""A week planned: who gets what and when."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lms.notifications.models import Delivery, DeliveryPreferences, Notification, TypePreference
from lms.people.models import Audience, Employment
from lms.tips.models import Holiday, TipDelivery, TipPlan, TipPreferences
from lms.tips.selectors.choosing import past_of
from lms.tips.selectors.weeks import locations_of
from lms.tips.services.planning import move_with_people, plan_tips
from lms.tips.services.watching import tell_authors_of_empty_pools

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 30)
BEFORE = datetime(2026, 11, 30, 9, 30, tzinfo=UTC)


def utc(year, month, day, hour=0, minute=0):
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


@pytest.fixture
def singapore(person_factory):
    return person_factory(time_zone="Asia/Singapore")


def planned():
    return {row.recipient: row.due_at for row in TipDelivery.objects.select_related("recipient")}


def test_tuesday_nine_is_hours_earlier_in_singapore(weekly, tip_factory, lisbon, singapore):
    tip_factory()

    assert plan_tips(now=BEFORE) == 2

    assert planned() == {singapore: utc(2026, 12, 1, 1), lisbon: utc(2026, 12, 1, 9)}
    assert set(TipDelivery.objects.values_list("week", "state")) == {(MONDAY, "queued")}


def test_planning_twice_writes_nothing_twice(weekly, tip_factory, lisbon):
    tip_factory()

    assert [plan_tips(now=BEFORE), plan_tips(now=BEFORE + timedelta(hours=5))] == [1, 0]


def test_nothing_is_planned_without_a_plan(tip_factory, lisbon):
    tip_factory()

    assert plan_tips(now=BEFORE) == 0


@pytest.mark.proof
def test_a_year_of_weeks_across_both_changes_of_the_clock_brings_one_tip_a_week(
    weekly, tip_factory, lisbon, singapore, person_factory
):
    """Auckland and Honolulu are the zones that are farthest apart in this cast: 22 or 23 hours."""
    people = [lisbon, singapore, person_factory(time_zone="Pacific/Auckland")]
    people.append(person_factory(time_zone="Pacific/Honolulu"))
    for _ in range(60):
        tip_factory(review_by=date(2028, 1, 31))

    now = BEFORE
    while now < BEFORE + timedelta(weeks=52):
        plan_tips(now=now)
        now += timedelta(hours=12)

    for person in people:
        rows = TipDelivery.objects.filter(recipient=person).order_by("week")
        assert [row.week for row in rows][:52] == [MONDAY + timedelta(weeks=week) for week in range(52)]
        local = {row.due_at.astimezone(ZoneInfo(person.time_zone)) for row in rows}
        assert {(moment.isoweekday(), moment.hour, moment.minute) for moment in local} == {(2, 9, 0)}
        tips = list(rows.values_list("tip", flat=True))
        assert all(len(set(tips[at : at + 26])) == len(tips[at : at + 26]) for at in range(len(tips)))


def test_ones_own_day_and_hour_come_before_the_plan(weekly, tip_factory, lisbon):
    tip_factory()
    TipPreferences.objects.create(person=lisbon, weekday=4, hour=15)

    assert plan_tips(now=BEFORE) == 0
    assert plan_tips(now=BEFORE + timedelta(days=3)) == 1

    assert planned() == {lisbon: utc(2026, 12, 3, 15)}


def test_an_hour_in_quiet_hours_moves_to_their_end(weekly, tip_factory, lisbon):
    tip_factory()
    DeliveryPreferences.objects.create(person=lisbon, quiet_from=18, quiet_to=10)

    plan_tips(now=BEFORE)

    assert planned() == {lisbon: utc(2026, 12, 1, 10)}


@pytest.mark.parametrize(
    ("off", "expected"),
    [
        ([1], utc(2026, 12, 2, 9)),
        ([1, 2, 3, 4], utc(2026, 11, 30, 9)),
    ],
)
def test_a_holiday_moves_the_tip_within_its_week(weekly, tip_factory, lisbon, off, expected):
    tip_factory()
    for day in off:
        Holiday.objects.create(day=date(2026, 12, day), name="Restoration of Independence")

    plan_tips(now=expected - timedelta(hours=1))

    assert planned() == {lisbon: expected}


def test_a_week_in_which_nobody_works_brings_no_tip(weekly, tip_factory, lisbon):
    tip_factory()
    for day in range(5):
        Holiday.objects.create(day=MONDAY + timedelta(days=day), name="Closed")

    for day in range(8):
        plan_tips(now=BEFORE + timedelta(days=day))

    assert not TipDelivery.objects.filter(week=MONDAY).exists()


def test_a_holiday_elsewhere_moves_nothing(weekly, tip_factory, lisbon, singapore):
    for person, location in ((lisbon, "Porto"), (singapore, "Singapore")):
        Employment.objects.create(
            person=person, number=str(person.pk), location=location, effective_from=date(2020, 1, 1)
        )
    tip_factory()
    Holiday.objects.create(day=date(2026, 12, 1), location="Porto", name="Restoration of Independence")

    plan_tips(now=utc(2026, 12, 1, 0, 30))
    plan_tips(now=utc(2026, 12, 1, 12))

    assert planned() == {singapore: utc(2026, 12, 1, 1), lisbon: utc(2026, 12, 2, 9)}


@pytest.mark.parametrize("kind", ["tips.weekly", "*"])
def test_whoever_has_stopped_gets_none(weekly, tip_factory, lisbon, kind):
    tip_factory()
    TypePreference.objects.create(person=lisbon, type=kind, place="message", is_wanted=False)

    assert plan_tips(now=BEFORE) == 0


def test_whoever_has_stopped_everything_but_tips_gets_them(weekly, tip_factory, lisbon):
    tip_factory()
    TypePreference.objects.create(person=lisbon, type="*", place="message", is_wanted=False)
    TypePreference.objects.create(person=lisbon, type="tips.weekly", place="message", is_wanted=True)

    assert plan_tips(now=BEFORE) == 1


@pytest.mark.parametrize("status", ["on_leave", "left", "suspended", "prehire"])
def test_only_people_who_work_here_now_get_one(weekly, tip_factory, lisbon, status):
    tip_factory()
    lisbon.status = status
    lisbon.save()

    assert plan_tips(now=BEFORE) == 0


def test_whoever_has_no_zone_gets_it_by_that_of_the_company(weekly, tip_factory, person_factory, settings):
    settings.PRAXIS_TIME_ZONE = "Asia/Tokyo"
    tip_factory()
    nowhere = person_factory(time_zone="")

    plan_tips(now=BEFORE)

    assert planned() == {nowhere: utc(2026, 12, 1, 0)}


def test_whoever_moves_gets_it_at_the_hour_there_and_only_once(weekly, tip_factory, lisbon):
    tip_factory()
    plan_tips(now=BEFORE)
    lisbon.time_zone = "America/New_York"
    lisbon.save()

    plan_tips(now=BEFORE + timedelta(hours=1))
    assert planned() == {lisbon: utc(2026, 12, 1, 14)}

    TipDelivery.objects.update(state=Delivery.State.SENT)
    lisbon.time_zone = "Pacific/Honolulu"
    lisbon.save()
    plan_tips(now=BEFORE + timedelta(days=1))
    assert TipDelivery.objects.count() == 1


def test_whoever_moves_to_where_the_hour_is_over_gets_it_at_once(weekly, tip_factory, lisbon):
    tip_factory()
    plan_tips(now=BEFORE)
    lisbon.time_zone = "Asia/Singapore"
    lisbon.save()

    plan_tips(now=utc(2026, 12, 1, 5))

    assert planned() == {lisbon: utc(2026, 12, 1, 5)}


def test_what_can_be_read_already_waits_on_where_it_is_when_somebody_moves(weekly, tip_factory, lisbon):
    tip_factory()
    plan_tips(now=BEFORE)
    retry = utc(2026, 12, 1, 9, 30)
    TipDelivery.objects.update(attempts=1, due_at=retry)
    lisbon.time_zone = "America/New_York"
    lisbon.save()

    plan_tips(now=utc(2026, 12, 1, 9, 5))

    row = TipDelivery.objects.get()
    assert (row.due_at, row.planned_at, row.time_zone) == (retry, utc(2026, 12, 1, 9), "America/New_York")


def test_what_is_sent_while_it_is_about_to_move_stays_as_it_was_sent(weekly, tip_factory, lisbon):
    tip_factory()
    plan_tips(now=BEFORE)
    lisbon.time_zone = "America/New_York"
    lisbon.save()
    statements = []

    def sent_once_it_was_listed(execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        statements.append(sql)
        if sql.startswith("SELECT") and sum("tips_tipdelivery" in each for each in statements) == 1:
            TipDelivery.objects.update(state=Delivery.State.SENT)
        return result

    with connection.execute_wrapper(sent_once_it_was_listed):
        assert move_with_people(now=BEFORE) == 0

    row = TipDelivery.objects.get()
    assert (row.state, row.planned_at, row.time_zone) == ("sent", utc(2026, 12, 1, 9), "Europe/Lisbon")


def test_one_that_could_not_be_sent_counts_as_had_and_one_that_was_dropped_unread_does_not(
    weekly, tip_factory, tip_delivery, lisbon
):
    failed, dropped = tip_factory(), tip_factory()
    for weeks, (tip, state) in enumerate([(failed, "failed"), (dropped, "dropped")], 1):
        tip_delivery(lisbon, tip, week=MONDAY - timedelta(weeks=weeks), state=state)

    plan_tips(now=BEFORE)

    assert TipDelivery.objects.get(week=MONDAY).tip == dropped


def test_after_an_outage_of_a_day_it_still_comes_and_after_more_it_does_not(weekly, tip_factory, lisbon):
    tip_factory()
    slot = utc(2026, 12, 1, 9)

    assert plan_tips(now=slot + timedelta(hours=24)) == 0
    assert plan_tips(now=slot + timedelta(hours=23, minutes=59)) == 1


def test_tips_that_are_overdue_for_review_or_not_published_are_not_sent(weekly, tip_factory, lisbon):
    tip_factory(review_by=BEFORE.date())
    tip_factory(publish=False)

    assert plan_tips(now=BEFORE) == 0


def test_a_campaign_comes_before_the_plan_for_its_audience_alone(weekly, tip_factory, ada, lisbon):
    own = tip_factory("How we handle customer names")
    tip_factory()
    audience = Audience.objects.create(name="Service", rule={"role": ["customer-service"]})
    TipPlan.objects.create(
        name="Names", audience=audience, tip=own, weekday=3, hour=14, is_enabled=True, last_week=MONDAY
    )
    TipPlan.objects.filter(pk=weekly.pk).update(is_enabled=True)

    plan_tips(now=utc(2026, 12, 1, 13))

    rows = {row.recipient_id: row for row in TipDelivery.objects.select_related("tip")}
    assert (rows[ada.pk].tip, rows[ada.pk].why) == (own, "campaign")
    assert rows[ada.pk].due_at == utc(2026, 12, 2, 14)
    assert rows[lisbon.pk].why in {"everybody", "chance"}


@pytest.mark.parametrize("lacks", [{"live": False}, {"review_by": BEFORE.date()}])
def test_a_campaign_whose_tip_may_not_be_sent_brings_the_one_that_fits(weekly, tip_factory, lisbon, lacks):
    own, other = tip_factory(), tip_factory()
    type(own).objects.filter(pk=own.pk).update(**lacks)
    audience = Audience.objects.create(name="All", rule={"all": []})
    plan = TipPlan.objects.create(
        name="Names", audience=audience, tip=own, weekday=2, hour=9, is_enabled=True
    )

    plan_tips(now=BEFORE)

    assert list(TipDelivery.objects.values_list("tip", "plan")) == [(other.pk, plan.pk)]


def test_a_campaign_whose_audience_cannot_be_understood_is_for_nobody(weekly, tip_factory, lisbon, caplog):
    tip_factory()
    broken = Audience.objects.create(name="Broken", rule={"moon": True})
    plan = TipPlan.objects.create(name="Names", audience=broken, weekday=2, hour=9, is_enabled=True)

    plan_tips(now=BEFORE)

    assert list(TipDelivery.objects.values_list("recipient", "plan")) == [(lisbon.pk, weekly.pk)]
    assert f"The audience of campaign {plan.pk} cannot be understood" in caplog.text


def test_a_plan_that_is_switched_off_during_a_run_holds_from_the_next_batch_on(
    weekly, tip_factory, person_factory, monkeypatch
):
    monkeypatch.setattr("lms.tips.services.planning.TOGETHER", 1)
    tip_factory()
    people = [person_factory() for _ in range(3)]

    def switched_off_after_the_first():
        if TipDelivery.objects.exists():
            TipPlan.objects.update(is_enabled=False)
        return True

    assert plan_tips(now=BEFORE, goes_on=switched_off_after_the_first) == 1
    assert list(TipDelivery.objects.values_list("recipient", flat=True)) == [people[0].pk]


def test_what_was_called_not_useful_never_comes_again(weekly, tip_factory, lisbon, tip_delivery):
    unwanted, other = tip_factory(), tip_factory()
    long_ago = MONDAY - timedelta(weeks=60)
    tip_delivery(lisbon, unwanted, week=long_ago, state="sent", usefulness="not_useful")

    plan_tips(now=BEFORE)

    assert TipDelivery.objects.get(week=MONDAY).tip == other


def test_authors_are_told_once_a_month_of_roles_without_a_tip(tip_factory, ada, person_factory, noon):
    grace = person_factory(groups=("Authors",))
    tip_factory()

    assert tell_authors_of_empty_pools(now=noon) == 1
    tell_authors_of_empty_pools(now=noon + timedelta(days=1))

    assert [(told.recipient, told.title) for told in Notification.objects.all()] == [
        (grace, "No tip is left for Customer service")
    ]


def test_authors_are_told_once_a_month_that_there_is_no_tip_for_everybody(person_factory, noon):
    person_factory(groups=("Authors",))

    assert tell_authors_of_empty_pools(now=noon) == 1
    tell_authors_of_empty_pools(now=noon + timedelta(days=1))

    assert [told.title for told in Notification.objects.all()] == ["No tip is left for everybody"]


def test_authors_are_told_how_many_people_got_none_last_week(
    weekly, tip_factory, tip_delivery, person_factory
):
    joined = utc(2026, 11, 2)
    person_factory(groups=("Authors",), joined_at=joined)
    had, _none = person_factory(joined_at=joined), person_factory(joined_at=joined)
    person_factory(joined_at=utc(2026, 12, 3))
    stopped = person_factory(joined_at=joined)
    TypePreference.objects.create(person=stopped, type="*", place="message", is_wanted=False)
    tip_delivery(had, week=MONDAY)

    tell_authors_of_empty_pools(now=BEFORE + timedelta(weeks=1))

    assert [told.title for told in Notification.objects.all()] == ["2 people got no tip last week"]


def test_a_few_people_spread_over_the_company_do_not_make_it_read_everybody(person_factory, tip_delivery):
    people = [person_factory() for _ in range(10)]
    for person in people:
        tip_delivery(person)
        Employment.objects.create(
            person=person, number=str(person.pk), location="Porto", effective_from=date(2020, 1, 1)
        )
    ends = {people[0].pk, people[-1].pk}

    assert set(past_of(ends, MONDAY).had) == ends
    assert set(locations_of([*ends])) == ends


def test_choosing_takes_the_same_queries_for_three_people_and_for_many(weekly, tip_factory, person_factory):
    for _ in range(5):
        tip_factory()
    counts = []
    for number in (3, 30):  # more fill two statements on SQLite
        for _ in range(number):
            person_factory()
        with CaptureQueriesContext(connection) as queries:
            plan_tips(now=BEFORE)
        counts.append(len(queries))
        TipDelivery.objects.all().delete()

    assert counts[0] == counts[1]
    assert counts[0] <= 34  # two weeks are within reach, thirteen each, and what is asked once
