"""Time zones of people."""

import zoneinfo

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


def validate_time_zone(name: str) -> None:
    """Accept the IANA name of a zone this machine knows.

    Raises:
        ValidationError: It knows none of that name.
    """
    if name not in zoneinfo.available_timezones():
        raise ValidationError(_("%(name)s is not a time zone. Use a name such as Europe/Lisbon."), params={"name": name})


def zone_or_default(name: str, default: str) -> zoneinfo.ZoneInfo:
    """Return the named zone, or the default one when the name is empty or no longer known."""
    try:
        return zoneinfo.ZoneInfo(name or default)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return zoneinfo.ZoneInfo(default)
