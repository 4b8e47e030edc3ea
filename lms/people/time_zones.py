"""Time zones of people."""

import zoneinfo
from functools import cache

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


@cache
def known_time_zones() -> frozenset[str]:
    """Return the names of all zones this machine knows; looked up once, since it means opening 600 files."""
    return frozenset(zoneinfo.available_timezones())


def validate_time_zone(name: str) -> None:
    """Accept the IANA name of a zone this machine knows.

    Raises:
        ValidationError: It knows none of that name.
    """
    if name not in known_time_zones():
        told = _("%(name)s is not a time zone. Use a name such as Europe/Lisbon.")
        raise ValidationError(told, params={"name": name})


def zone_or_default(name: str, default: str) -> zoneinfo.ZoneInfo:
    """Return the named zone, or the default one when the name is empty or no longer known."""
    try:
        return zoneinfo.ZoneInfo(name or default)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return zoneinfo.ZoneInfo(default)
