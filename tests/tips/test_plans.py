"""The weekly plan, campaigns and holidays: what is queued follows, and everything is in the audit trail."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lms.core.errors import ActionRefused
from lms.core.models import AuditEntry
from lms.tips.models import Holiday, TipDelivery, TipPlan
from lms.tips.selectors.plans import weekly_plan_as
from lms.tips.selectors.previews import preview_campaign, preview_weekly_plan
from lms.tips.services.answering import answer_tip, read_token, token_of
from lms.tips.services.planning import plan_tips
from lms.tips.services.plans import (
    CampaignText,
    NewHoliday,
    add_holidays,
    end_campaign,
    remove_holiday,
    save_campaign,
    set_weekly_plan,
    start_campaign,
)
from tests.conftest import answer_id
from tests.tips.tips import queued

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 30, 10, 0, tzinfo=UTC)
THURSDAY = datetime(2026, 12, 3, 10, 0, tzinfo=UTC)
AN_HOUR = timedelta(hours=1)
TUESDAY_NINE = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def save(mei):
    """Return a function that lets Mei save a campaign for everybody."""

    def save(plan=None, at=NOW, **changes):
        values: dict[str, Any] = {
            "name": "Names", "audience": {"all": []}, "tip": None, "weekday": 2, "hour": 9,
            "first_week": None, "last_week": None,
        }  # fmt: skip
        return save_campaign(plan=plan, text=CampaignText(**{**values, **changes}), actor=mei, at=at)

    return save


@pytest.fixture
def start(mei):
    def start(plan, at=NOW):
        start_campaign(plan=plan, seen=preview_campaign(plan, at).seen, actor=mei, at=at)

    return start


def test_switching_the_plan_on_and_off_is_written_once_each(mei, noon):
    for is_enabled in (True, True, False):
        set_weekly_plan(is_enabled=is_enabled, weekday=2, hour=9, actor=mei, at=noon)

    assert TipPlan.objects.count() == 1
    assert [entry.after.get("is_in_force") for entry in AuditEntry.objects.order_by("pk")] == [True, False]


def test_another_hour_moves_what_is_queued(mei, ada, weekly, tip_factory):
    tip_factory()
    plan_tips(now=NOW)
    before = TipDelivery.objects.get(recipient=ada)
    assert before.due_at == TUESDAY_NINE

    set_weekly_plan(is_enabled=True, weekday=2, hour=11, actor=mei, at=NOW)
    plan_tips(now=NOW)

    after = TipDelivery.objects.get(recipient=ada)
    assert (after.due_at, after.tip_id) == (TUESDAY_NINE + timedelta(hours=2), before.tip_id)


def test_a_day_that_is_over_this_week_costs_nobody_the_tip_that_was_queued(mei, ada, weekly, tip_factory):
    tip_factory()
    TipPlan.objects.update(weekday=5)
    thursday = NOW + timedelta(days=3)
    plan_tips(now=thursday)
    before = TipDelivery.objects.get(recipient=ada)

    set_weekly_plan(is_enabled=True, weekday=1, hour=9, actor=mei, at=thursday)
    plan_tips(now=thursday)

    after = TipDelivery.objects.get(recipient=ada)
    assert (after.pk, after.due_at) == (before.pk, thursday)


def test_switched_off_nothing_that_is_not_due_goes_out(mei, ada, weekly, tip_factory):
    tip_factory()
    plan_tips(now=NOW)

    set_weekly_plan(is_enabled=False, weekday=2, hour=9, actor=mei, at=NOW)

    assert queued() == {}
    assert plan_tips(now=NOW) == 0


def test_what_was_sent_is_due_or_answered_stays(mei, ada, bruno, linus, weekly, tip_delivery):
    sent = tip_delivery(ada, plan=weekly, due_at=TUESDAY_NINE, state="sent")
    due = tip_delivery(bruno, plan=weekly, due_at=NOW)
    answered = tip_delivery(linus, plan=weekly, due_at=TUESDAY_NINE)
    choice = UUID(answer_id(answered.tip.question[0].id, 1))
    answer_tip(delivery=read_token(token_of(answered)), choice=choice, channel="web", at=NOW)

    set_weekly_plan(is_enabled=False, weekday=2, hour=9, actor=mei, at=NOW)

    assert set(TipDelivery.objects.values_list("pk", flat=True)) == {sent.pk, due.pk, answered.pk}


def test_a_campaign_rests_until_it_is_started(ada, save, start, tip_factory):
    tip_factory()
    plan = save()
    assert plan_tips(now=NOW) == 0

    start(plan)
    plan_tips(now=NOW)

    assert queued()[ada.pk] == TUESDAY_NINE
    actions = AuditEntry.objects.order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["tips.save_campaign", "tips.start_campaign"]


def test_it_is_not_started_when_the_preview_says_something_else_by_now(
    ada, mei, save, tip_factory, person_factory
):
    tip_factory()
    plan = save()
    seen = preview_campaign(plan, NOW).seen
    person_factory()

    with pytest.raises(ActionRefused, match="Look at who gets it once more"):
        start_campaign(plan=plan, seen=seen, actor=mei, at=NOW)

    plan.refresh_from_db()
    assert not plan.is_enabled


@pytest.mark.parametrize(
    "change",
    [{"weekday": 3}, {"hour": 15}, {"last_week": date(2027, 1, 4)}, {"audience": {"not": {"role": ["x"]}}}],
)
def test_it_is_not_started_when_somebody_has_edited_it_since_it_was_looked_at(
    ada, mei, save, tip_factory, change
):
    tip_factory()
    plan = save()
    looked_at = TipPlan.objects.get(pk=plan.pk)
    seen = preview_campaign(looked_at, NOW).seen
    save(plan=plan, **change)

    with pytest.raises(ActionRefused, match="Look at who gets it once more"):
        start_campaign(plan=looked_at, seen=seen, actor=mei, at=NOW)

    assert not TipPlan.objects.get().is_enabled


def test_it_is_not_started_when_another_tip_is_chosen_meanwhile(ada, mei, save, tip_factory):
    tip = tip_factory()
    plan = save()
    seen = preview_campaign(plan, NOW).seen
    save(plan=plan, tip=tip)

    with pytest.raises(ActionRefused, match="Look at who gets it once more"):
        start_campaign(plan=plan, seen=seen, actor=mei, at=NOW)

    assert not TipPlan.objects.get().is_enabled


def test_editing_lets_it_rest_and_takes_back_what_is_queued(ada, save, start, tip_factory):
    tip_factory()
    plan = save()
    start(plan)
    plan_tips(now=NOW)

    save(plan=plan, hour=15)

    plan.refresh_from_db()
    assert (plan.is_enabled, plan.hour, queued()) == (False, 15, {})


def test_ending_it_gives_people_back_to_the_weekly_plan(ada, mei, weekly, save, start, tip_factory):
    tip_factory()
    plan = save(hour=11)
    start(plan)
    plan_tips(now=NOW)
    assert queued()[ada.pk] == TUESDAY_NINE + timedelta(hours=2)

    end_campaign(plan=plan, actor=mei, at=NOW)
    end_campaign(plan=plan, actor=mei, at=NOW)
    plan_tips(now=NOW + AN_HOUR)

    assert queued()[ada.pk] == TUESDAY_NINE
    assert AuditEntry.objects.filter(action="tips.end_campaign").count() == 1


@pytest.fixture
def for_friday(weekly, ada, save, start, tip_factory):
    """A campaign for Friday afternoon in force since before the week, which the weekly plan of Tuesday left out."""
    for _ in range(3):
        tip_factory()
    plan = save(weekday=5, hour=15)
    start(plan)
    for hours in range(0, 72, 6):
        plan_tips(now=NOW + timedelta(hours=hours))
    assert not TipDelivery.objects.exists()
    return plan


@pytest.mark.parametrize("is_queued", [True, False])
def test_whoever_an_ended_campaign_lets_go_gets_the_weekly_tip_though_its_hour_is_over(
    ada, mei, weekly, for_friday, is_queued
):
    at = THURSDAY + timedelta(hours=6) if is_queued else THURSDAY
    plan_tips(now=at)
    assert bool(queued()) == is_queued

    end_campaign(plan=for_friday, actor=mei, at=at)
    plan_tips(now=at + AN_HOUR)
    plan_tips(now=at + 2 * AN_HOUR)

    row = TipDelivery.objects.get(recipient=ada)
    assert (row.plan, row.due_at, row.week) == (weekly, at + AN_HOUR, date(2026, 11, 30))


def test_an_edited_campaign_that_is_started_again_within_the_hour_keeps_its_people(
    ada, save, start, for_friday
):
    save(plan=for_friday, weekday=5, hour=16, at=THURSDAY)
    plan_tips(now=THURSDAY + timedelta(minutes=50))
    assert queued() == {}

    start(for_friday, at=THURSDAY + timedelta(minutes=50))
    plan_tips(now=THURSDAY + AN_HOUR)
    plan_tips(now=THURSDAY + 6 * AN_HOUR)

    assert TipDelivery.objects.get(recipient=ada).plan == for_friday


def test_an_edited_campaign_that_rests_leaves_nobody_without(ada, weekly, save, for_friday):
    save(plan=for_friday, audience={"role": ["nobody"]}, at=THURSDAY)

    plan_tips(now=THURSDAY + AN_HOUR)

    assert TipDelivery.objects.get(recipient=ada).plan == weekly


@pytest.mark.parametrize("change", ["edited", "ended"])
def test_a_campaign_lets_go_its_own_people_alone(ada, bruno, mei, weekly, save, start, tip_factory, change):
    tip_factory()
    plan = save(audience={"people": [str(ada.public_id)]}, weekday=5, hour=15)
    start(plan)

    if change == "edited":
        save(plan=plan, audience={"people": [str(bruno.public_id)]}, at=THURSDAY)
    else:
        end_campaign(plan=plan, actor=mei, at=THURSDAY)
    seen = preview_weekly_plan(weekly_plan_as(is_enabled=True, weekday=2, hour=9), THURSDAY)
    plan_tips(now=THURSDAY + AN_HOUR)

    assert queued() == {ada.pk: THURSDAY + AN_HOUR}
    assert (seen.soon, seen.slots) == (1, [])


@pytest.mark.parametrize(
    "weeks", [{"last_week": date(2026, 11, 23)}, {"first_week": date(2026, 12, 14)}], ids=["over", "ahead"]
)
@pytest.mark.parametrize("change", ["edited", "ended"])
def test_a_campaign_that_is_over_or_still_ahead_lets_nobody_go(
    ada, mei, weekly, save, start, tip_factory, weeks, change
):
    tip_factory()
    plan = save(**weeks)
    TipPlan.objects.filter(pk=plan.pk).update(is_enabled=True)
    plan.refresh_from_db()

    if change == "edited":
        save(plan=plan, hour=15, at=THURSDAY, **weeks)
    else:
        end_campaign(plan=plan, actor=mei, at=THURSDAY)
    plan_tips(now=THURSDAY + AN_HOUR)

    assert queued() == {}


def test_campaigns_that_let_people_go_cost_the_same_for_three_people_and_for_thirty(
    mei, weekly, save, start, tip_factory, person_factory
):
    tip_factory()
    plan = save(weekday=5, hour=15)
    start(plan)
    end_campaign(plan=plan, actor=mei, at=THURSDAY)
    counts = []
    for number in (3, 30):  # more fill two statements on SQLite
        for _ in range(number):
            person_factory()
        with CaptureQueriesContext(connection) as queries:
            plan_tips(now=THURSDAY + AN_HOUR)
        counts.append(len(queries))
        TipDelivery.objects.all().delete()

    assert counts[0] == counts[1]


def test_whoever_is_let_go_in_quiet_hours_gets_it_after_them_and_not_in_the_next_week(
    ada, mei, weekly, save, start, tip_factory
):
    for _ in range(3):
        tip_factory()
    plan = save(weekday=7, hour=18)
    start(plan)
    saturday = datetime(2026, 12, 5, 22, 0, tzinfo=UTC)

    end_campaign(plan=plan, actor=mei, at=saturday)
    plan_tips(now=saturday + AN_HOUR)

    sunday_nine = datetime(2026, 12, 6, 9, 0, tzinfo=UTC)
    assert TipDelivery.objects.get(recipient=ada, week=date(2026, 11, 30)).due_at == sunday_nine


def test_a_week_in_which_no_plan_let_anybody_go_is_caught_up_by_nobody(ada, weekly, tip_factory):
    tip_factory()

    assert plan_tips(now=THURSDAY) == 0


def test_the_weekly_plan_moved_to_a_day_that_is_over_reaches_whom_it_had_not_reached(
    ada, mei, weekly, tip_factory
):
    tip_factory()
    TipPlan.objects.update(weekday=5)
    wednesday = THURSDAY - timedelta(days=1)
    plan_tips(now=wednesday)
    assert queued() == {}

    set_weekly_plan(is_enabled=True, weekday=1, hour=9, actor=mei, at=wednesday)
    plan_tips(now=wednesday + AN_HOUR)

    assert queued()[ada.pk] == wednesday + AN_HOUR


def test_weeks_are_named_by_any_of_their_days(save):
    plan = save(first_week=date(2026, 12, 9), last_week=date(2026, 12, 20))

    assert (plan.first_week, plan.last_week) == (date(2026, 12, 7), date(2026, 12, 14))


def test_a_campaign_that_ends_before_it_begins_is_refused(save):
    with pytest.raises(ActionRefused, match="ends before it begins") as refused:
        save(first_week=date(2026, 12, 9), last_week=date(2026, 12, 6))

    assert refused.value.field == "last_week"
    assert not TipPlan.objects.exists()


def test_two_campaigns_do_not_have_one_name(save):
    save()

    with pytest.raises(ActionRefused, match="Another campaign has this name"):
        save()

    assert TipPlan.objects.count() == 1


def test_a_campaign_whose_weeks_are_over_is_not_started(mei, save):
    plan = save(last_week=date(2026, 11, 2))

    with pytest.raises(ActionRefused, match="Its last week is over"):
        start_campaign(plan=plan, seen="", actor=mei, at=NOW)


def test_a_holiday_leaves_alone_what_stands_on_another_day_and_was_caught_up(
    ada, mei, weekly, save, start, tip_factory
):
    tip_factory()
    plan = save(weekday=5, hour=15)
    start(plan)
    end_campaign(plan=plan, actor=mei, at=THURSDAY)
    plan_tips(now=THURSDAY + AN_HOUR)
    later = THURSDAY + 5 * AN_HOUR
    TipDelivery.objects.update(due_at=later, planned_at=later)
    days = [
        NewHoliday(TUESDAY_NINE.date(), "", "A day"),
        NewHoliday(TUESDAY_NINE.date() + timedelta(days=3), "", "Another"),
    ]

    assert add_holidays(holidays=days, actor=mei, at=THURSDAY + 2 * AN_HOUR) == (2, 0)
    assert (
        remove_holiday(
            holiday=Holiday.objects.get(day=TUESDAY_NINE.date()), actor=mei, at=THURSDAY + 2 * AN_HOUR
        )
        == 0
    )
    assert queued()[ada.pk] == later
