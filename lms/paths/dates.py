"""Days of an assignment: when it is due, when it closes, and what that means where a person lives.

Days are plain dates, and over when the next one has begun where the person lives. So no length of a day has to be
known, be it 23, 24 or 25 hours. Plain values in and out; no database, no clock.
"""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from lms.people.time_zones import known_time_zones, zone_or_default

LAST_DAY = date(9999, 12, 1)
AT_LEAST = timedelta(days=7)
"""Time that everyone gets, even if the day counted from their hire is long past."""


class DateRule(NamedTuple):
    """A day, or how to find it for a person.

    Attributes:
        basis: "assigned", "hired", "day", or empty for no day at all.
        days: Days after the basis; None for "day".
        day: The day itself; None unless the basis is "day".
    """

    basis: str = ""
    days: int | None = None
    day: date | None = None

    def for_person(self, *, assigned_on: date, hired_on: date | None) -> date | None:
        """Return the day for one person; None without one, or if it counts from a hire nobody knows.

        A day counted from the hire lies a week at least after the day on which the person got the assignment: nobody
        is late for something they did not have.
        """
        match self.basis:
            case "assigned":
                return days_later(assigned_on, self.days or 0)
            case "hired" if hired_on is not None:
                return max(days_later(hired_on, self.days or 0), days_later(assigned_on, AT_LEAST.days))
            case "day":
                return self.day
            case _:
                return None


def days_later(day: date, days: int) -> date:
    """Return the day so many days later; never one that the calendar does not have."""
    return day + timedelta(days=days) if days <= (LAST_DAY - day).days else LAST_DAY


def months_later(day: date, months: int) -> date:
    """Return the same day of a later month, or its last day when it is shorter."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    first_of_next = date(year + month // 12, month % 12 + 1, 1)
    return date(year, month, min(day.day, (first_of_next - timedelta(days=1)).day))


def monday_of(day: date) -> date:
    """Return the Monday of the week of a day."""
    return day - timedelta(days=day.weekday())


@lru_cache(maxsize=8)
def zones_by_day(quarter_of_an_hour: int, default: str) -> dict[date, frozenset[str]]:
    """Return which zones have which day, at a moment in quarters of an hour since 1970.

    There are never more than three days on Earth at once, so a question to the database about "today where each
    person lives" needs three comparisons and not one for each person. All zones change their clocks, and their
    day, at a quarter of an hour. The empty name stands for people without a zone.
    """
    moment = datetime.fromtimestamp(quarter_of_an_hour * 900, tz=UTC)
    days: dict[date, set[str]] = {}
    for name in known_time_zones():
        days.setdefault(moment.astimezone(ZoneInfo(name)).date(), set()).add(name)
    days.setdefault(moment.astimezone(zone_or_default("", default)).date(), set()).add("")
    return {day: frozenset(names) for day, names in days.items()}


def zones_with_day(now: datetime, default: str) -> dict[date, frozenset[str]]:
    """Return the names of all zones by the day that it is there now."""
    return zones_by_day(int(now.timestamp() // 900), default)
