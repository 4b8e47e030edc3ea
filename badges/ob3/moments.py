"""Moments as credentials write them."""

import re
from datetime import UTC, datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)")


def write_moment(moment: datetime) -> str:
    """Return a moment in whole seconds of UTC, such as ``2026-01-31T09:00:00Z``.

    Raises:
        ValueError: It has no time zone.
    """
    if moment.tzinfo is None:
        raise ValueError("A moment in a credential needs its time zone")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def spelled_day(moment: datetime) -> str:
    """Return the day of a moment as pages write it, such as 24 November 2028, where whoever reads it is."""
    return date_format(localtime(moment), "j F Y")


def read_moment(value: object) -> datetime | None:
    """Return the moment in UTC; None for anything else, such as a date alone or a time without its zone."""
    if not isinstance(value, str) or not MOMENT.fullmatch(value):
        return None
    try:
        return datetime.fromisoformat(value).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
