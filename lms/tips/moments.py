"""At which moment of a week a tip comes: by day and hour, quiet hours, breaks and days off. Pure.

One rule for everybody, as docs/notifications.md states it:

- Of the days that are not off it is the wished one, or else the next working day after it, or else the last before.
- On that day it is the wished hour. In quiet hours it is the first hour of the day after them or, when they last until
  midnight, the last one before them: a moment never leaves its day.
- What cannot come then since it is over, or in a break, comes at the first moment from then on: of that day, unless it
  is off, or of the next that is not, at the wished hour. Rather than be lost it comes at a weekend.
- A week without a day for it has no moment, also for what is over or in a break.

Quiet hours end sometime on every day, so somebody has a moment in every week that has a day for it.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

from lms.notifications.slots import in_week, is_quiet, moment_at, monday_of

WORKDAYS = 5
DAYS = 7
HOURS = 24


@dataclass(frozen=True)
class Days:
    """One week of one person.

    Attributes:
        monday: Its first day.
        zone: Theirs.
        quiet_from: The hour at which quiet begins; the same as its end for none.
        quiet_to: The hour at which it ends.
        off: Days on which nobody works.
    """

    monday: date
    zone: tzinfo
    quiet_from: int
    quiet_to: int
    off: Collection[date] = ()

    def moment(self, weekday: int, hour: int, *, not_before: datetime | None = None) -> datetime | None:
        """Return when a tip comes, in UTC; None when the week has no moment for it.

        Args:
            weekday: The wished day, 1 for Monday to 7 for Sunday.
            hour: The wished hour, 0 to 23.
            not_before: The end of a break, or the present for what may be over; None for neither.
        """
        after = range(weekday + 1, WORKDAYS + 1)
        before = range(min(weekday - 1, WORKDAYS), 0, -1)
        moment = self._first_on((weekday, *after, *before), hour)
        if not_before is None or moment is None or moment >= not_before:
            return moment
        return self._first_from(not_before, hour)

    def open_hour(self, day: date, hour: int) -> datetime | None:
        """Return the first hour of a day of the week at or after one that is not quiet, or else the last before it.

        None on a day that a zone leaves out, as one does that moves over the date line, or whose only open hour it
        leaves out when clocks go forward.
        """
        hours = (*range(hour, HOURS), *range(hour - 1, -1, -1))
        moments = (in_week(self.monday, day.isoweekday(), each, self.zone) for each in hours)
        return next((each for each in moments if self._is_open(each, day)), None)

    def _first_on(self, weekdays: Iterable[int], hour: int) -> datetime | None:
        """Return the moment at or after an hour on the first of some days that is not off and has one."""
        days = (self.monday + timedelta(days=each - 1) for each in weekdays)
        moments = (self.open_hour(day, hour) for day in days if day not in self.off)
        return next((moment for moment in moments if moment is not None), None)

    def _first_from(self, start: datetime, hour: int) -> datetime | None:
        """Return the first moment of the week from one on; on a day after that, at or after an hour."""
        today = start.astimezone(self.zone).date()
        if monday_of(today) < self.monday:
            return self._first_from(moment_at(self.monday, 0, self.zone), hour)
        if monday_of(today) > self.monday:
            return None
        if today not in self.off:
            later = (moment_at(today, each, self.zone) for each in range(HOURS))
            moments = (start.astimezone(UTC), *(each for each in later if each > start))
            if (found := next((each for each in moments if self._is_open(each, today)), None)) is not None:
                return found
        return self._first_on(range(today.isoweekday() + 1, DAYS + 1), hour)

    def _is_open(self, moment: datetime, day: date) -> bool:
        local = moment.astimezone(self.zone)
        return local.date() == day and not is_quiet(moment, self.zone, self.quiet_from, self.quiet_to)
