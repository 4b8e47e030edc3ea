"""Days on which nobody works: added and removed, and what is queued moves with them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lms.core.models import AuditEntry
from lms.people.models import Employment
from lms.tips.models import Holiday, TipDelivery
from lms.tips.services.planning import plan_tips
from lms.tips.services.plans import (
    NewHoliday,
    add_holidays,
    remove_holiday,
)
from tests.tips.tips import queued

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 30, 10, 0, tzinfo=UTC)
THURSDAY = datetime(2026, 12, 3, 10, 0, tzinfo=UTC)
AN_HOUR = timedelta(hours=1)
TUESDAY_NINE = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
TUESDAY, WEDNESDAY_NINE = TUESDAY_NINE.date(), TUESDAY_NINE + timedelta(days=1)


def test_holidays_are_added_once_renamed_and_removed(mei):
    christmas = NewHoliday(date(2026, 12, 25), "", "Christmas")
    porto = NewHoliday(date(2026, 12, 8), "Porto", "Immaculate Conception")

    assert add_holidays(holidays=[christmas, porto, christmas], actor=mei, at=NOW) == (2, 0)
    renamed = NewHoliday(christmas.day, "", "Christmas Day")
    assert add_holidays(holidays=[renamed], actor=mei, at=NOW) == (0, 0)
    assert set(Holiday.objects.values_list("name", flat=True)) == {"Christmas Day", "Immaculate Conception"}

    remove_holiday(holiday=Holiday.objects.get(location="Porto"), actor=mei, at=NOW)
    assert list(Holiday.objects.values_list("name", flat=True)) == ["Christmas Day"]
    assert AuditEntry.objects.count() == 3


@pytest.fixture
def in_porto(ada, bruno, weekly, tip_factory):
    """Ada works in Porto, Bruno in Lyon; both wait for their tip of Tuesday."""
    for person, location in ((ada, "Porto"), (bruno, "Lyon")):
        Employment.objects.create(
            person=person, number=str(person.pk), location=location, effective_from=date(2020, 1, 1)
        )
    tip_factory()
    plan_tips(now=NOW)
    assert queued() == {ada.pk: TUESDAY_NINE, bruno.pk: TUESDAY_NINE, **queued()}


def test_what_is_queued_for_a_new_holiday_moves_at_that_location_alone_and_back_when_it_is_removed(
    ada, bruno, mei, in_porto
):
    day = NewHoliday(TUESDAY, "Porto", "Restoration of Independence")

    assert add_holidays(holidays=[day], actor=mei, at=NOW) == (1, 1)
    assert (queued()[ada.pk], queued()[bruno.pk]) == (WEDNESDAY_NINE, TUESDAY_NINE)
    assert TipDelivery.objects.get(recipient=ada).planned_at == WEDNESDAY_NINE

    assert remove_holiday(holiday=Holiday.objects.get(), actor=mei, at=NOW) == 1
    assert queued()[ada.pk] == TUESDAY_NINE
    assert [entry.after["tips_moved"] for entry in AuditEntry.objects.order_by("pk")] == [1, 1]


def test_a_holiday_everywhere_moves_everybody_and_one_in_another_week_nobody(mei, in_porto):
    later = NewHoliday(date(2026, 12, 8), "", "Immaculate Conception")
    assert add_holidays(holidays=[later], actor=mei, at=NOW) == (1, 0)

    number = TipDelivery.objects.count()
    everywhere = NewHoliday(TUESDAY, "", "Restoration of Independence")
    assert add_holidays(holidays=[everywhere], actor=mei, at=NOW) == (1, number)
    assert set(queued().values()) == {WEDNESDAY_NINE}


@pytest.mark.parametrize("fields", [{"state": "sending"}, {"state": "sent"}, {"attempts": 1}])
def test_what_was_begun_does_not_move_with_a_holiday(ada, mei, in_porto, fields):
    TipDelivery.objects.update(**fields)

    assert add_holidays(holidays=[NewHoliday(TUESDAY, "", "A day")], actor=mei, at=NOW) == (1, 0)
    assert queued()[ada.pk] == TUESDAY_NINE


def test_a_tip_for_which_the_rest_of_the_week_has_no_moment_stays_where_it_is(ada, mei, in_porto):
    days = [NewHoliday(NOW.date() + timedelta(days=day), "", "Closed") for day in range(7)]

    assert add_holidays(holidays=days, actor=mei, at=NOW) == (7, 0)
    assert queued()[ada.pk] == TUESDAY_NINE


def test_the_fifth_holiday_of_a_week_moves_nothing_to_its_weekend(ada, mei, in_porto):
    for day in range(5):
        add_holidays(holidays=[NewHoliday(NOW.date() + timedelta(days=day), "", "Closed")], actor=mei, at=NOW)

    assert queued()[ada.pk] == NOW.replace(day=4, month=12, hour=9)


def test_moving_with_holidays_costs_the_same_for_one_and_for_fifty(mei, weekly, tip_factory, person_factory):
    tip_factory()
    counts = []
    for number in (1, 50):
        for _ in range(number):
            person_factory()
        plan_tips(now=NOW)
        with CaptureQueriesContext(connection) as queries:
            add_holidays(holidays=[NewHoliday(TUESDAY, "", "A day")], actor=mei, at=NOW)
        counts.append(len(queries))
        TipDelivery.objects.all().delete()
        Holiday.objects.all().delete()

    assert counts[0] == counts[1]
