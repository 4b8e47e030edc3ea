"""When people are reached. Expected moments are worked out by hand from the tz database's rules."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from lms.notifications.slots import in_week, is_quiet, moment_at, monday_of, next_at, out_of_quiet

LISBON = ZoneInfo("Europe/Lisbon")
SINGAPORE = ZoneInfo("Asia/Singapore")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
MONDAY = date(2026, 11, 30)


def utc(year, month, day, hour=0, minute=0):
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def test_tuesday_nine_comes_eight_hours_earlier_in_singapore():
    assert in_week(MONDAY, 2, 9, LISBON) == utc(2026, 12, 1, 9)
    assert in_week(MONDAY, 2, 9, SINGAPORE) == utc(2026, 12, 1, 1)


@pytest.mark.parametrize(
    ("zone", "day", "hour", "expected"),
    [
        (LISBON, date(2027, 3, 28), 1, utc(2027, 3, 28, 1)),  # 1:00 to 1:59 do not exist: 2:00 summer time
        (LISBON, date(2027, 10, 31), 1, utc(2027, 10, 31, 0)),  # 1:00 comes twice: the first, in summer time
        (LORD_HOWE, date(2026, 10, 4), 2, utc(2026, 10, 3, 15, 30)),  # 2:00 to 2:29 do not exist: 2:30
        (LISBON, date(2027, 3, 29), 9, utc(2027, 3, 29, 8)),  # the hour stays the same on the clock
    ],
)
def test_clocks_that_change(zone, day, hour, expected):
    assert moment_at(day, hour, zone) == expected


def test_a_week_begins_on_monday_over_the_turn_of_the_year():
    assert monday_of(date(2027, 1, 3)) == date(2026, 12, 28)
    assert monday_of(MONDAY) == MONDAY


@pytest.mark.parametrize(
    ("hour", "quiet"), [(18, False), (19, True), (23, True), (0, True), (6, True), (7, False)]
)
def test_quiet_hours_go_over_midnight(hour, quiet):
    assert is_quiet(utc(2026, 12, 1, hour), UTC, 19, 7) is quiet


def test_no_quiet_hours_from_an_hour_to_the_same_hour():
    assert not is_quiet(utc(2026, 12, 1, 9), UTC, 9, 9)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (utc(2026, 12, 1, 20), utc(2026, 12, 2, 7)),
        (utc(2026, 12, 1, 3), utc(2026, 12, 1, 7)),
        (utc(2026, 12, 1, 12), utc(2026, 12, 1, 12)),
    ],
)
def test_what_would_come_in_quiet_hours_comes_at_their_end(moment, expected):
    assert out_of_quiet(moment, UTC, 19, 7) == expected


def test_the_next_time_an_hour_strikes():
    assert next_at(9, LISBON, utc(2026, 12, 1, 9)) == utc(2026, 12, 1, 9)
    assert next_at(9, LISBON, utc(2026, 12, 1, 9, 1)) == utc(2026, 12, 2, 9)
