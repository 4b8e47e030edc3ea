"""How someone stands with what is required of them, as their managers see it. Plain values in, plain values out.

Days are days where the person lives. While someone is on leave no day passes for what is paused; a completion runs out
all the same. `lms.paths.selectors.team` says the same in SQL, for counting; a test holds the two equal.
"""

from collections.abc import Collection
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

DAYS_BEFORE_CLOSING = 7
DAYS_BEFORE_DUE = 7
DAYS_BEFORE_EXPIRY = 30


class Standing(StrEnum):
    """How one required path stands for one person, the most pressing first."""

    CLOSED = "closed"
    OVERDUE = "overdue"
    EXPIRED = "expired"
    CLOSES_SOON = "closes-soon"
    DUE_SOON = "due-soon"
    EXPIRES_SOON = "expires-soon"
    OPEN = "open"
    PAUSED = "paused"
    DONE = "done"


class TeamStatus(StrEnum):
    """How a person stands with all that is required of them."""

    ATTENTION = "attention"
    ON_TRACK = "on-track"
    DONE = "done"
    NOTHING_REQUIRED = "nothing"


STATUS_NAMES: dict[TeamStatus, Promise] = {
    TeamStatus.ATTENTION: _("Needs attention"),
    TeamStatus.ON_TRACK: _("On track"),
    TeamStatus.DONE: _("Done"),
    TeamStatus.NOTHING_REQUIRED: _("Nothing required"),
}

STATUS_MEANS: dict[TeamStatus, Promise] = {
    TeamStatus.ATTENTION: _(
        "Something is overdue, closes within 7 days, is due within 7 days and not begun, or a certificate "
        "expires within 30 days and nothing has been opened to renew it."
    ),
    TeamStatus.ON_TRACK: _("Something required is still to be done, and there is time for it."),
    TeamStatus.DONE: _("Everything required is done, or nothing is required."),
    TeamStatus.NOTHING_REQUIRED: _("Nobody has asked for anything."),
}

NEEDING_ATTENTION = frozenset(
    {
        Standing.CLOSED,
        Standing.OVERDUE,
        Standing.EXPIRED,
        Standing.CLOSES_SOON,
        Standing.DUE_SOON,
        Standing.EXPIRES_SOON,
    }
)


class Facts(NamedTuple):
    """What decides how one required path stands.

    Attributes:
        due_on: Advisory; None for none.
        closes_on: Last day on which it can be completed; None for none.
        expires_on: Last day on which the completion counts; None while open, or for ever.
        has_started: Whether a step is done.
    """

    due_on: date | None = None
    closes_on: date | None = None
    expires_on: date | None = None
    is_paused: bool = False
    is_completed: bool = False
    has_started: bool = False


def standing_of(facts: Facts, today: date) -> Standing:
    """Return how one required path stands, on the day it is where the person lives."""
    if facts.is_completed:
        return _of_completion(facts.expires_on, today)
    return Standing.PAUSED if facts.is_paused else _of_open(facts, today)


def _of_open(facts: Facts, today: date) -> Standing:
    if _is_over(facts.closes_on, today):
        return Standing.CLOSED
    if _is_over(facts.due_on, today):
        return Standing.OVERDUE
    if _is_near(facts.closes_on, today, DAYS_BEFORE_CLOSING):
        return Standing.CLOSES_SOON
    if _is_near(facts.due_on, today, DAYS_BEFORE_DUE) and not facts.has_started:
        return Standing.DUE_SOON
    return Standing.OPEN


def _of_completion(expires_on: date | None, today: date) -> Standing:
    if _is_over(expires_on, today):
        return Standing.EXPIRED
    return Standing.EXPIRES_SOON if _is_near(expires_on, today, DAYS_BEFORE_EXPIRY) else Standing.DONE


def _is_over(day: date | None, today: date) -> bool:
    return day is not None and day < today


def _is_near(day: date | None, today: date, days: int) -> bool:
    return day is not None and day <= today + timedelta(days=days)


def status_of(standings: Collection[Standing]) -> TeamStatus:
    """Return how a person stands, given how each required path does; their order does not matter."""
    if not standings:
        return TeamStatus.NOTHING_REQUIRED
    if not NEEDING_ATTENTION.isdisjoint(standings):
        return TeamStatus.ATTENTION
    return TeamStatus.DONE if set(standings) == {Standing.DONE} else TeamStatus.ON_TRACK
