"""Days: relative to assignment, hire or a fixed day, and over when the day is over where the person lives."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.paths.dates import DateRule, monday_of, months_later, zones_with_day
from lms.paths.models import Enrollment
from lms.people.time_zones import known_time_zones

ASSIGNED_ON = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("asked", "hired_on", "day"),
    [
        (DateRule(), date(2026, 1, 1), None),
        (DateRule("assigned", 14), None, date(2026, 12, 8)),
        (DateRule("assigned", 0), None, ASSIGNED_ON),
        (DateRule("hired", 90), date(2026, 11, 1), date(2027, 1, 30)),
        (DateRule("hired", 90), None, None),
        (DateRule("hired", 30), date(2020, 1, 1), date(2026, 12, 1)),
        (DateRule("day", None, date(2026, 12, 31)), date(2020, 1, 1), date(2026, 12, 31)),
        (DateRule("assigned", 10**9), None, date(9999, 12, 1)),
    ],
    ids=[
        "none",
        "after assignment",
        "the same day",
        "after hire",
        "nobody knows when they were hired",
        "never late for what they did not have",
        "one day for all",
        "no overflow",
    ],
)
def test_the_day_for_one_person(asked, hired_on, day):
    assert asked.for_person(assigned_on=ASSIGNED_ON, hired_on=hired_on) == day


@pytest.mark.parametrize(
    ("day", "zone", "over_at"),
    [
        (date(2026, 3, 29), "Europe/Berlin", datetime(2026, 3, 29, 22, tzinfo=UTC)),
        (date(2026, 10, 25), "Europe/Berlin", datetime(2026, 10, 25, 23, tzinfo=UTC)),
        (date(2026, 11, 24), "Europe/Berlin", datetime(2026, 11, 24, 23, tzinfo=UTC)),
        (date(2026, 4, 5), "Australia/Lord_Howe", datetime(2026, 4, 5, 13, 30, tzinfo=UTC)),
        (date(2018, 11, 3), "America/Sao_Paulo", datetime(2018, 11, 4, 3, tzinfo=UTC)),
    ],
    ids=["23 hours", "25 hours", "any day", "half an hour", "a midnight that is missing"],
)
def test_a_deadline_is_over_at_the_end_of_the_day_when_clocks_change_too(ada, path, day, zone, over_at):
    """Changes of clocks from the IANA time zone database, for these days."""
    type(ada).objects.filter(pk=ada.pk).update(time_zone=zone)
    Enrollment.objects.create(learner=ada, path=path, source="rule", enrolled_at=over_at, due_on=day)

    assert not Enrollment.objects.overdue(over_at - timedelta(minutes=1)).exists()
    assert Enrollment.objects.overdue(over_at).exists()


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 11, 24), 12, date(2027, 11, 24)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
    ],
)
def test_so_many_months_later(day, months, later):
    assert months_later(day, months) == later


@pytest.mark.parametrize("day", [date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 29)])
def test_the_week_begins_on_monday(day):
    assert monday_of(day) == date(2026, 11, 23)


@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)))  # noqa: DTZ001  Hypothesis adds no zone
def test_every_zone_has_the_day_that_it_is_there(moment):
    moment = moment.replace(tzinfo=UTC)
    days = zones_with_day(moment, "Europe/Lisbon")

    assert len(days) <= 3
    assert sorted(name for names in days.values() for name in names) == sorted([*known_time_zones(), ""])
    for name in ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kathmandu", "Europe/Lisbon"]:
        assert name in days[moment.astimezone(ZoneInfo(name)).date()]


@pytest.mark.parametrize(
    ("zone", "is_over"),
    [
        ("Pacific/Kiritimati", True),
        ("Europe/Lisbon", False),
        ("", False),
        ("America/New_York", False),
        ("Gone/Zone", False),
    ],
)
def test_overdue_is_what_is_over_where_the_person_lives(ada, path, zone, is_over):
    """At 10:30 UTC on the 24th it is the 25th on Kiritimati (UTC+14) alone of these."""
    now = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)
    type(ada).objects.filter(pk=ada.pk).update(time_zone=zone)
    Enrollment.objects.create(
        learner=ada, path=path, source="rule", enrolled_at=now, due_on=date(2026, 11, 24)
    )

    assert Enrollment.objects.overdue(now).exists() == is_over
