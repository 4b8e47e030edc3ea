"""From when until when a badge counts."""

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from badges.ob3.moments import read_moment, spelled_day
from badges.ob3.reports import Check, Outcome

CLOCK_SKEW = timedelta(hours=1)
"""How far the clocks of issuer and verifier may be apart before a date is taken at its word."""

BEGINNINGS, ENDS = ("validFrom", "issuanceDate"), ("validUntil", "expirationDate")
"""As Data Model 2.0 calls them, and as 1.1 does. Where somebody gives both, the narrower one counts."""


def check_validity(credential: dict[str, Any], at: datetime) -> Check:
    """Return whether a credential counts at a moment."""
    named = [_moments(credential, names) for names in (BEGINNINGS, ENDS)]
    if not named[0] or None in named[0] + named[1]:
        return _validity(
            "failed", _("The badge does not say in a readable way from when until when it is valid.")
        )
    begins, ends = max(filter(None, named[0])), ends_at(credential)
    if ends is not None and ends < begins:
        return _validity("failed", _("The badge ends before it begins."))
    if at < begins:
        return _too_early(begins, begins - at)
    if ends is not None and at > ends:
        return _too_late(ends, at - ends)
    if ends is None:
        return _validity(
            "passed", _("Valid since %(begins)s, without an end.") % {"begins": spelled_day(begins)}
        )
    days = {"begins": spelled_day(begins), "ends": spelled_day(ends)}
    return _validity("passed", _("Valid from %(begins)s until %(ends)s.") % days)


def begins_at(credential: dict[str, Any]) -> datetime | None:
    """Return when a credential begins, the later of its dates; None when it does not say so in a readable way."""
    return max(filter(None, _moments(credential, BEGINNINGS)), default=None)


def ends_at(credential: dict[str, Any]) -> datetime | None:
    """Return when a credential ends, the earlier of its dates; None when it does not say so in a readable way."""
    return min(filter(None, _moments(credential, ENDS)), default=None)


def has_expired(credential: dict[str, Any], at: datetime) -> bool:
    """Tell whether a credential has ended, clocks that are wrong aside."""
    ends = ends_at(credential)
    return ends is not None and at - ends > CLOCK_SKEW


def _moments(credential: dict[str, Any], names: tuple[str, str]) -> list[datetime | None]:
    """Return each date that a credential gives under one of two names; None for one that cannot be read."""
    return [read_moment(credential[name]) for name in names if name in credential]


def _too_early(begins: datetime, missing: timedelta) -> Check:
    if missing > CLOCK_SKEW:
        return _validity(
            "failed", _("The badge is not valid before %(begins)s.") % {"begins": spelled_day(begins)}
        )
    minutes = _minutes(missing)
    sentence = ngettext(
        "The badge begins in %(minutes)d minute; a clock may be wrong.",
        "The badge begins in %(minutes)d minutes; a clock may be wrong.",
        minutes,
    )
    return _validity("warning", sentence % {"minutes": minutes})


def _too_late(ends: datetime, past: timedelta) -> Check:
    if past > CLOCK_SKEW:
        sentence = _(
            "The badge expired on %(ends)s. Its holder may have renewed it: ask for the newest file."
        )
        return _validity("failed", sentence % {"ends": spelled_day(ends)})
    minutes = _minutes(past)
    sentence = ngettext(
        "The badge ended %(minutes)d minute ago; a clock may be wrong.",
        "The badge ended %(minutes)d minutes ago; a clock may be wrong.",
        minutes,
    )
    return _validity("warning", sentence % {"minutes": minutes})


def _minutes(span: timedelta) -> int:
    """Return whole minutes, at least one."""
    return max(1, round(span.total_seconds() / 60))


def _validity(outcome: Outcome, explanation: str) -> Check:
    return Check("validity", outcome, explanation)
