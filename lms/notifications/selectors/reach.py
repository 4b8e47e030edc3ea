"""How people are reached: their own preferences, or the defaults for whoever has changed nothing."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from django.conf import settings

from lms.notifications.models import DeliveryPreferences, TypePreference
from lms.notifications.slots import moment_at, next_at, out_of_quiet
from lms.people.models import User
from lms.people.time_zones import zone_or_default

DEFAULTS = DeliveryPreferences()
EVERYTHING = "*"
"""Stands for every type that can be switched off."""


@dataclass(frozen=True)
class Reach:
    """When and where one person is reached.

    Attributes:
        quiet_from: The hour at which quiet begins; the same as its end for none.
        paused_until: The first day on which they are reached again; None while they are.
    """

    zone: tzinfo
    channel: str
    digest_hour: int
    quiet_from: int
    quiet_to: int
    weekly_cap: int
    paused_until: date | None

    def next_opening(self, moment: datetime) -> datetime:
        """Return the moment itself, or when the pause and the quiet hours that it lies in are over."""
        return out_of_quiet(self._after_pause(moment), self.zone, self.quiet_from, self.quiet_to)

    def next_digest(self, moment: datetime) -> datetime:
        """Return when a digest may next go out: at their hour, outside pause and quiet hours."""
        return self.next_opening(next_at(self.digest_hour, self.zone, self._after_pause(moment)))

    def _after_pause(self, moment: datetime) -> datetime:
        if self.paused_until is None:
            return moment
        return max(moment, moment_at(self.paused_until, 0, self.zone))

    def today(self, moment: datetime) -> date:
        """Return the day it is where they live."""
        return moment.astimezone(self.zone).date()


def reach_of(people: Sequence[User]) -> dict[int, Reach]:
    """Return how each person is reached, by their keys; one query."""
    own = DeliveryPreferences.objects.in_bulk([person.pk for person in people])
    return {person.pk: reach_from(person.time_zone, own.get(person.pk, DEFAULTS)) for person in people}


def reach_from(time_zone: str, preferences: DeliveryPreferences) -> Reach:
    """Return how somebody is reached by their zone and their preferences; an unknown zone is the company's."""
    return Reach(
        zone=zone_or_default(time_zone, settings.PRAXIS_TIME_ZONE),
        channel=preferences.channel,
        digest_hour=preferences.digest_hour,
        quiet_from=preferences.quiet_from,
        quiet_to=preferences.quiet_to,
        weekly_cap=preferences.weekly_cap,
        paused_until=preferences.paused_until,
    )


def who_stopped(people: Collection[int], name: str) -> set[int]:
    """Return who of some people wants no messages of a type, or none at all; one query.

    Args:
        people: Their keys.
        name: Of the type.
    """
    rows = TypePreference.objects.filter(person__in=people, type__in=[name, EVERYTHING], place="message")
    wanted = {
        (person, kind): is_wanted
        for person, kind, is_wanted in rows.values_list("person", "type", "is_wanted")
    }
    # What somebody says about one type counts more than what they say about everything.
    return {
        person
        for person, _kind in wanted
        if not wanted.get((person, name), wanted.get((person, EVERYTHING), True))
    }
