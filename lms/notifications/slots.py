"""When somebody is reached: hours in their own zone, quiet hours, and what clocks that change do to them.

Pure: moments come in as arguments. The rules, as docs/notifications.md states them:

- A local hour that a change to summer time leaves out becomes the first moment after the gap; of an hour that happens
  twice the first counts. That is how Python reads local times (PEP 495, fold=0).
- A week is the ISO week in the person's own zone, from Monday to Sunday.
- Quiet hours begin at one hour and end at another, also over midnight; from an hour to the same hour there are none.
"""

from datetime import UTC, date, datetime, time, timedelta, tzinfo

ONE_DAY = timedelta(days=1)


def monday_of(day: date) -> date:
    """Return the Monday of the ISO week of a day."""
    return day - timedelta(days=day.isoweekday() - 1)


def moment_at(day: date, hour: int, zone: tzinfo) -> datetime:
    """Return when an hour strikes on a day in a zone, in UTC."""
    return datetime.combine(day, time(hour), zone).astimezone(UTC)


def in_week(monday: date, weekday: int, hour: int, zone: tzinfo) -> datetime:
    """Return when an hour strikes on a weekday of a week, in UTC.

    Args:
        monday: The first day of the week.
        weekday: 1 for Monday to 7 for Sunday, as ISO 8601 counts.
        hour: 0 to 23.
        zone: Where.
    """
    return moment_at(monday + timedelta(days=weekday - 1), hour, zone)


def is_quiet(moment: datetime, zone: tzinfo, quiet_from: int, quiet_to: int) -> bool:
    """Whether a moment is in somebody's quiet hours.

    Args:
        moment: Any aware moment.
        zone: Theirs.
        quiet_from: The hour at which quiet begins, 0 to 23.
        quiet_to: The hour at which it ends.
    """
    return is_quiet_hour(moment.astimezone(zone).hour, quiet_from, quiet_to)


def is_quiet_hour(hour: int, quiet_from: int, quiet_to: int) -> bool:
    """Whether what strikes at an hour, 0 to 23, falls into quiet hours."""
    if quiet_from <= quiet_to:
        return quiet_from <= hour < quiet_to
    return hour >= quiet_from or hour < quiet_to


def out_of_quiet(moment: datetime, zone: tzinfo, quiet_from: int, quiet_to: int) -> datetime:
    """Return the moment itself, or the end of the quiet hours that it lies in."""
    if not is_quiet(moment, zone, quiet_from, quiet_to):
        return moment
    local = moment.astimezone(zone)
    day = local.date() if local.hour < quiet_to else local.date() + ONE_DAY
    return max(moment, moment_at(day, quiet_to, zone))


def next_at(hour: int, zone: tzinfo, after: datetime) -> datetime:
    """Return the next time an hour strikes in a zone: at or after a moment."""
    day = after.astimezone(zone).date()
    moment = moment_at(day, hour, zone)
    return moment if moment >= after else moment_at(day + ONE_DAY, hour, zone)
