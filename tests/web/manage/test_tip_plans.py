"""Administrators switch the weekly tip, preview and start campaigns, and keep the days on which nobody works."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lms.notifications.models import TypePreference
from lms.notifications.slots import monday_of
from lms.people.models import Audience, Employment, User
from lms.tips.models import Holiday, TipDelivery, TipPlan

pytestmark = pytest.mark.django_db
TIPS = "/manage/tips/"
NEW = f"{TIPS}campaigns/new/"
WEEKLY = f"{TIPS}weekly/"
DAYS = f"{TIPS}holidays/"
CAMPAIGN = {"name": "Names", "tip": "", "weekday": "2", "hour": "14", "everyone": "on", "do": "save"}


def page(response):
    return " ".join(response.content.decode().split())


@pytest.fixture
def written(admin, tip_factory):
    """A campaign for everybody from next week on that rests, and where it stands."""
    tip_factory()
    first = timezone.localdate() + timedelta(weeks=1)
    response = admin.post(NEW, {**CAMPAIGN, "first_week": first.isoformat()})
    return response.headers["Location"]


WISH = {"is_enabled": "on", "weekday": "3", "hour": "10"}


@pytest.fixture
def confirm(admin):
    """Return a function that looks at the weekly plan as it would be, and confirms it."""

    def confirm(wish, **changes):
        seen = admin.get(WEEKLY, wish).context["shown"].preview.seen
        return admin.post(WEEKLY, {**wish, "seen": seen, **changes}, follow=True)

    return confirm


def test_the_weekly_tip_is_switched_on_with_day_and_hour(confirm):
    assert "Saved." in page(confirm(WISH))
    plan = TipPlan.objects.get()
    assert (plan.is_enabled, plan.weekday, plan.hour, plan.audience) == (True, 3, 10, None)

    confirm({"weekday": "3", "hour": "10"})
    plan.refresh_from_db()
    assert plan.is_enabled is False


def test_the_weekly_plan_is_looked_at_before_it_holds(admin, ada, bruno, tip_factory):
    tip_factory()
    TypePreference.objects.create(person=bruno, type="tips.weekly", place="message", is_wanted=False)

    shown = admin.get(WEEKLY, WISH)

    text = page(shown)
    assert "not saved yet" in text
    assert "Ada Okafor" in text
    assert "one that fits them" in text
    assert "has stopped the weekly tip" in text
    assert {10} == {slot.moment.hour for slot in shown.context["effect"].slots}
    assert not TipPlan.objects.exists()


def test_when_something_has_changed_the_weekly_plan_is_shown_once_more(
    admin, ada, tip_factory, person_factory
):
    tip_factory()
    seen = admin.get(WEEKLY, WISH).context["shown"].preview.seen
    person_factory()

    response = admin.post(WEEKLY, {**WISH, "seen": seen})

    assert response.status_code == 409
    assert "Look at who gets it once more" in page(response)
    assert not TipPlan.objects.exists()


def test_what_is_queued_stands_in_the_preview_of_a_change(admin, ada, weekly, tip_delivery, confirm):
    at = timezone.now()
    tip_delivery(ada, plan=weekly, due_at=at + timedelta(hours=3), week=monday_of(at.date()))

    assert "1 tip that is queued moves along" in page(admin.get(WEEKLY, WISH))
    off = {"weekday": str(weekly.weekday), "hour": str(weekly.hour)}
    text = page(admin.get(WEEKLY, off))
    assert "Nobody gets the weekly tip any more" in text
    assert f"{User.objects.count()} people who want tips get none by it" in text
    assert "1 tip that is queued is taken back." in text
    confirm(off)
    assert not TipDelivery.objects.exists()


@pytest.mark.parametrize("wish", [{}, {"is_enabled": "on", "weekday": "2", "hour": "9"}])
def test_the_plan_as_it_is_can_be_looked_at_and_asks_for_nothing(admin, weekly, wish):
    text = page(admin.get(WEEKLY, wish))

    assert "It is like this already" in text
    assert 'name="seen"' not in text


def test_who_is_caught_up_is_told_from_when_that_counts(admin, weekly, ada, tip_factory):
    tip_factory()
    now = datetime(2026, 12, 3, 12, tzinfo=UTC)
    TipPlan.objects.update(freed_at=now)
    as_it_is = {"is_enabled": "on", "weekday": "2", "hour": "9"}

    with time_machine.travel(now, tick=False):
        shown, changed = (page(admin.get(WEEKLY, {**as_it_is, "hour": hour})) for hour in ("9", "8"))

    assert "an hour after the last change" in shown
    assert "after you save" not in shown
    assert "an hour after you save" in changed


def test_a_day_that_does_not_exist_is_refused(admin):
    response = admin.get(WEEKLY, {**WISH, "weekday": "9"})

    assert response.status_code == 422
    assert "Select a valid choice" in page(response)
    assert not TipPlan.objects.exists()


def test_an_hour_that_is_over_by_less_than_a_day_means_at_once(admin, ada, tip_factory):
    tip_factory()
    with time_machine.travel(datetime(2026, 12, 2, 12, tzinfo=UTC), tick=False):
        shown = admin.get(WEEKLY, {**WISH, "hour": "9"})
        people = {line.person: line for line in shown.context["effect"].people}

    assert people[ada].is_at_once
    assert "at once" in page(shown)


def test_campaigns_go_on_by_the_page(admin):
    for number in range(21):
        audience = Audience.objects.create(name=f"Audience {number}", rule={"all": []})
        TipPlan.objects.create(name=f"Campaign {number}", audience=audience)

    first = admin.get(TIPS)
    second = admin.get(TIPS, {"from": first.context["page"].next})

    assert [len(each.context["shown"].lines) for each in (first, second)] == [20, 1]


def test_a_campaign_is_looked_at_before_it_starts(admin, ada, written):
    shown = admin.get(written)

    text = page(shown)
    assert "not started" in text
    assert "people get a tip" in text
    assert "Ada Okafor" in text
    assert "one that fits them" in text
    assert not TipPlan.objects.get().is_enabled

    seen = shown.context["effect"].preview.seen
    told = page(admin.post(written, {"seen": seen}, follow=True))
    assert "in force" in told
    assert TipPlan.objects.get().is_enabled


def test_when_something_has_changed_meanwhile_it_is_shown_once_more(admin, written, person_factory):
    seen = admin.get(written).context["effect"].preview.seen
    person_factory()

    response = admin.post(written, {"seen": seen})

    assert response.status_code == 409
    assert "Look at who gets it once more" in page(response)
    assert not TipPlan.objects.get().is_enabled


def test_the_page_never_says_why_a_tip_fits_somebody_nor_which(admin, ada, written):
    titles = [tip for tip in TipPlan.objects.values_list("tip__title", flat=True) if tip]

    text = page(admin.get(written))

    assert titles == []
    assert "Tip 1" not in text
    assert "found hard" not in text


def test_a_chosen_tip_is_named(admin, ada, tip_factory):
    tip = tip_factory("How we handle customer names")
    address = admin.post(NEW, {**CAMPAIGN, "tip": str(tip.pk)}).headers["Location"]

    assert page(admin.get(address)).count("How we handle customer names") >= 2


def test_a_chosen_tip_that_may_not_be_sent_is_marked_and_no_other_such_is_offered(admin, ada, tip_factory):
    today = timezone.now().date()
    tip, other = tip_factory("Names of customers"), tip_factory("Names of firms")
    address = admin.post(NEW, {**CAMPAIGN, "tip": str(tip.pk)}).headers["Location"]
    type(tip).objects.filter(pk__in=[tip.pk, other.pk]).update(review_by=today)

    assert "“Names of customers” is not sent now" in page(admin.get(address))
    assert "“Names of customers” is not sent now" in page(admin.get(TIPS))
    form = page(admin.get(f"{address}edit/"))
    assert "Names of customers (not sent now" in form
    assert "Names of firms" not in form


def test_conditions_are_added_without_losing_what_was_typed(admin):
    response = admin.post(NEW, {**CAMPAIGN, "name": "Half done", "g0": "1", "g0-new": "role", "do": "add:0"})

    assert response.status_code == 200
    assert 'value="Half done"' in page(response)
    assert 'name="g0c0-kind" value="role"' in page(response)
    assert not TipPlan.objects.exists()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"name": ""}, "required"),
        ({"everyone": None}, "Say who: add a condition, or choose everyone."),
        ({"first_week": "2026-12-09", "last_week": "2026-12-01"}, "It ends before it begins."),
        ({"tip": "987654"}, "Select a valid choice"),
    ],
)
def test_what_is_missing_or_wrong_is_said_where_it_is(admin, changes, told):
    data = {key: value for key, value in {**CAMPAIGN, **changes}.items() if value is not None}

    response = admin.post(NEW, data)

    assert response.status_code == 422
    assert told in page(response)
    assert not TipPlan.objects.exists()


def test_a_campaign_in_force_rests_once_it_is_edited(admin, written):
    admin.post(written, {"seen": admin.get(written).context["effect"].preview.seen})
    assert "Once you save, the campaign rests." in page(admin.get(f"{written}edit/"))

    admin.post(f"{written}edit/", {**CAMPAIGN, "hour": "16"})

    plan = TipPlan.objects.get()
    assert (plan.hour, plan.is_enabled) == (16, False)


def test_a_campaign_can_be_ended(admin, written):
    admin.post(written, {"seen": admin.get(written).context["effect"].preview.seen})

    told = page(admin.post(f"{written}end/", follow=True))

    assert "goes to nobody" not in told
    assert "Whoever has no tip of this week gets what else is planned for them" in told
    assert "over" in page(admin.get(TIPS))
    assert "This campaign is over" in page(admin.get(written))


def test_an_audience_that_cannot_be_understood_says_so(admin, written):
    Audience.objects.update(rule={"moon": True})

    assert "Nobody can be found by this rule" in page(admin.get(written))
    assert admin.get(f"{written}edit/").status_code == 200
    assert "reaches nobody" in page(admin.get(TIPS))
    refused = admin.post(written, {"seen": "anything"})
    assert "Its audience cannot be understood, so nobody would get it." in page(refused)
    assert not TipPlan.objects.get().is_enabled


def test_a_holiday_is_added_and_removed(admin):
    day = timezone.localdate() + timedelta(days=30)
    admin.post(DAYS, {"day": day.isoformat(), "location": "", "name": "Founding day"})
    assert "Founding day" in page(admin.get(DAYS))

    admin.post(f"{DAYS}{Holiday.objects.get().pk}/remove/")
    assert "Tips come on every working day." in page(admin.get(DAYS))


def test_how_many_queued_tips_a_holiday_moves_is_said(admin, ada, weekly, tip_delivery):
    monday = monday_of(timezone.localdate()) + timedelta(weeks=1)
    due = datetime.combine(monday + timedelta(days=1), time(9), UTC)
    tip_delivery(ada, plan=weekly, week=monday, due_at=due, expires_at=due + timedelta(days=5))
    day = {"day": due.date().isoformat(), "location": "", "name": "Founding day"}

    assert "1 tip that was queued moves to another moment of its week." in page(
        admin.post(DAYS, day, follow=True)
    )
    removed = admin.post(f"{DAYS}{Holiday.objects.get().pk}/remove/", follow=True)
    assert "1 tip that was queued moves to another moment of its week." in page(removed)


def test_holidays_go_on_by_the_page(admin):
    today = timezone.localdate()
    Holiday.objects.bulk_create(
        Holiday(day=today + timedelta(days=number), name=f"Day {number}") for number in range(51)
    )

    first = admin.get(DAYS)
    second = admin.get(DAYS, {"from": first.context["page"].next})

    assert [len(each.context["page"].rows) for each in (first, second)] == [50, 1]


@pytest.fixture
def in_porto(ada):
    return Employment.objects.create(
        person=ada, number="1", location="Porto", effective_from=date(2020, 1, 1)
    )


def test_pasted_days_are_added_all_at_once(admin, in_porto):
    lines = "2026-12-25; ; Christmas\n\n2026-12-08;porto;Immaculate Conception\n2027-01-01\t\tNew Year\n"

    admin.post(f"{DAYS}import/", {"lines": lines})

    assert set(Holiday.objects.values_list("day", "location", "name")) == {
        (date(2026, 12, 25), "", "Christmas"),
        (date(2026, 12, 8), "Porto", "Immaculate Conception"),
        (date(2027, 1, 1), "", "New Year"),
    }


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("25.12.2026; ; Christmas", "Line 2: “25.12.2026” is no day such as 2026-12-25"),
        ("2026-12-08; Atlantis; A day", "Line 2: nobody works at “Atlantis”"),
        ("2026-12-08; Christmas", "Line 2: write day; location; name"),
        ("2026-12-08; ; ", "Line 2: give it a name"),
    ],
)
def test_of_pasted_days_none_is_taken_when_a_line_is_wrong(admin, in_porto, line, told):
    response = admin.post(f"{DAYS}import/", {"lines": f"2026-12-25; ; Christmas\n{line}"})

    assert response.status_code == 422
    assert told in page(response)
    assert not Holiday.objects.exists()


@pytest.mark.parametrize(
    "address",
    [
        "",
        "weekly/",
        "campaigns/new/",
        "campaigns/{plan}/",
        "campaigns/{plan}/edit/",
        "campaigns/{plan}/end/",
        "holidays/",
    ],
)
def test_nobody_else_may_do_anything_here(linus, client_of, written, address):
    before = list(TipPlan.objects.values())
    client, plan = client_of(linus), TipPlan.objects.get().pk

    assert client.post(TIPS + address.format(plan=plan), WISH).status_code in {404, 405}
    assert client.get(TIPS + address.format(plan=plan)).status_code in {404, 405}
    assert list(TipPlan.objects.values()) == before


def test_pages_cost_the_same_for_one_and_for_many(admin, written, person_factory, tip_factory):
    counts = []
    for number in (1, 20):
        for _ in range(number):
            person_factory()
            tip_factory()
            Holiday.objects.create(day=timezone.localdate() + timedelta(days=number + _), name="A day")
        if number > 1:
            for each in range(5):
                admin.post(NEW, {**CAMPAIGN, "name": f"Another {each}"})
        for address in (TIPS, written, DAYS, f"{WEEKLY}?is_enabled=on&weekday=3&hour=10"):
            admin.get(address)
            with CaptureQueriesContext(connection) as queries:
                admin.get(address)
            counts.append(len(queries))

    assert counts[:4] == counts[4:]
    assert not TipDelivery.objects.exists()
