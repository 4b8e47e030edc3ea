"""Until when something that is awarded or renewed counts. Plain values only."""

import calendar
from datetime import datetime


def months_after(moment: datetime, months: int) -> datetime:
    """Return the same day and hour some months later; the last day of a month that is too short.

    >>> months_after(datetime(2028, 2, 29), 12)
    datetime.datetime(2029, 2, 28, 0, 0)
    """
    year, month = divmod(moment.month - 1 + months, 12)
    year, month = moment.year + year, month + 1
    return moment.replace(year=year, month=month, day=min(moment.day, calendar.monthrange(year, month)[1]))


def valid_until(begins: datetime, months: int | None) -> datetime | None:
    """Return when something ends that begins at a moment; None when it does not expire."""
    return None if months is None else months_after(begins, months)


def renewed_until(ends: datetime, renewed_at: datetime, months: int) -> datetime:
    """Return when a renewed one ends: whoever renews early loses no day, whoever is late gains none before that day."""
    return months_after(max(ends, renewed_at), months)
