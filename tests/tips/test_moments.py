"""When a tip comes in a week. The expected moments follow from the sentences in lms/tips/moments.py."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.notifications.slots import is_quiet, monday_of
from lms.tips.moments import Days

MONDAY = date(2026, 11, 30)
TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = (MONDAY + timedelta(days=day) for day in range(1, 7))
LISBON = ZoneInfo("Europe/Lisbon")


def days(zone=LISBON, quiet=(20, 7), off=(), monday=MONDAY):
    return Days(monday, zone, quiet[0], quiet[1], off)


def at(day, hour, minute=0, zone=LISBON):
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("weekday", "hour", "off", "expected"),
    [
        (2, 9, [], at(TUESDAY, 9)),
        (2, 9, [TUESDAY], at(WEDNESDAY, 9)),
        (5, 9, [FRIDAY], at(THURSDAY, 9)),
        (2, 6, [], at(TUESDAY, 7)),
        (2, 22, [], at(TUESDAY, 19)),
        (2, 22, [WEDNESDAY], at(TUESDAY, 19)),
        (2, 6, [TUESDAY, WEDNESDAY], at(THURSDAY, 7)),
        (7, 22, [], at(SUNDAY, 19)),
        (7, 22, [SUNDAY], at(FRIDAY, 19)),
        (6, 9, [], at(SATURDAY, 9)),
    ],
)
def test_a_moment_lies_on_a_day_that_is_not_off_and_not_in_quiet_hours(weekday, hour, off, expected):
    assert days(off=off).moment(weekday, hour) == expected


def test_a_week_in_which_nobody_works_has_no_moment():
    off = [MONDAY + timedelta(days=day) for day in range(5)]

    assert days(off=off).moment(3, 9) is None
    assert days(off=off).moment(6, 9) == at(SATURDAY, 9)
    assert days(off=off).moment(3, 9, not_before=at(MONDAY, 12)) is None


@pytest.mark.parametrize(
    "city", ["Pacific/Kiritimati", "Asia/Kathmandu", "America/St_Johns", "Pacific/Pago_Pago"]
)
def test_a_plan_for_sunday_evening_reaches_everybody_within_their_week(city):
    zone = ZoneInfo(city)

    assert days(zone, (18, 9)).moment(7, 22) == at(SUNDAY, 17, zone=zone)


@pytest.mark.parametrize(
    ("not_before", "off", "expected"),
    [
        (at(MONDAY, 12), [], at(TUESDAY, 9)),
        (at(TUESDAY, 12, 30), [], at(TUESDAY, 12, 30)),
        (at(TUESDAY, 21), [], at(WEDNESDAY, 9)),
        (at(WEDNESDAY, 5), [], at(WEDNESDAY, 7)),
        (at(WEDNESDAY, 12), [WEDNESDAY], at(THURSDAY, 9)),
        (at(FRIDAY, 21), [], at(SATURDAY, 9)),
        (at(FRIDAY, 21), [SATURDAY, SUNDAY], None),
        (at(SATURDAY, 0), [], at(SATURDAY, 7)),
        (at(MONDAY + timedelta(days=7), 9), [], None),
        (at(MONDAY - timedelta(days=2), 9), [], at(TUESDAY, 9)),
    ],
)
def test_what_is_over_or_in_a_break_comes_at_the_first_moment_from_then_on(not_before, off, expected):
    assert days(off=off).moment(2, 9, not_before=not_before) == expected


def test_when_clocks_go_forward_over_the_only_open_hour_it_comes_on_another_day():
    """In Berlin 02:00 does not exist on Sunday, 29 March 2026."""
    berlin, sunday = ZoneInfo("Europe/Berlin"), date(2026, 3, 29)
    week = days(berlin, (3, 2), monday=monday_of(sunday))

    assert week.moment(6, 9) == at(sunday - timedelta(days=1), 2, zone=berlin)
    assert week.moment(7, 9) == at(sunday - timedelta(days=2), 2, zone=berlin)


ZONES = [
    "Europe/Lisbon",
    "Europe/Berlin",
    "Asia/Kathmandu",
    "America/New_York",
    "Australia/Lord_Howe",
    "Pacific/Apia",
]
hours = st.integers(0, 23)


@given(
    zone=st.sampled_from(ZONES).map(ZoneInfo),
    monday=st.dates(date(2024, 1, 1), date(2028, 1, 1)).map(monday_of),
    quiet=st.tuples(hours, hours),
    weekday=st.integers(1, 7),
    hour=hours,
    numbers_off=st.sets(st.integers(1, 7)),
)
def test_whenever_a_week_has_a_day_for_it_everybody_has_a_moment_in_it(
    zone, monday, quiet, weekday, hour, numbers_off
):
    off = {monday + timedelta(days=number - 1) for number in numbers_off}
    has_a_day = not {weekday, 1, 2, 3, 4, 5} <= numbers_off

    moment = days(zone, quiet, off, monday).moment(weekday, hour)

    only_weekend_left = {1, 2, 3, 4, 5} <= numbers_off
    if not has_a_day:
        assert moment is None
    elif not only_weekend_left:  # a wished Sunday may have lost its one open hour to summer time
        assert moment is not None
    if moment is not None:
        local = moment.astimezone(zone)
        assert monday_of(local.date()) == monday
        assert local.date() not in off
        assert not is_quiet(moment, zone, *quiet)
