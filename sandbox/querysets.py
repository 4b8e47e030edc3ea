"""Questions to the tables of the practice area."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from lms.people.models import User

UNWATCHED_AFTER = timedelta(seconds=15)
"""Nobody has asked for an answer for so long: nobody waits for it."""


class OwnQuerySet(models.QuerySet[Any]):
    """Rows that belong to one person."""

    owner = "learner"

    def visible_to(self, person: "User") -> "OwnQuerySet":
        """Rows of this person, and of nobody else: no persona sees another person's practice."""
        return self.filter(**{self.owner: person.pk})


class RunQuerySet(OwnQuerySet):
    """Answers, as they come and when they have come."""

    owner = "attempt__learner"

    def under_way(self) -> "RunQuerySet":
        """Runs that wait for their turn or are being answered."""
        return self.filter(state__in=["queued", "streaming"])

    def queued(self) -> "RunQuerySet":
        """Runs that wait for their turn, the oldest first."""
        return self.filter(state="queued").order_by("queued_at", "pk")

    def left_behind(self, now: datetime) -> "RunQuerySet":
        """Runs that nobody answers any more, or that nobody waits for any more."""
        forgotten = Q(state="queued", watched_at__lt=now - UNWATCHED_AFTER)
        return self.filter(forgotten | Q(state="streaming", leased_until__lt=now))

    def open_reservations(self) -> "RunQuerySet":
        """Runs whose tokens are still reserved."""
        return self.filter(is_settled=False)


class OpinionQuerySet(OwnQuerySet):
    """Second opinions."""

    owner = "attempt__learner"

    def due(self, now: datetime) -> "OpinionQuerySet":
        """Those that nobody is giving: they wait, or whoever gave them has died; the oldest first."""
        left = Q(state="asked", leased_until__lt=now)
        return self.filter(Q(state="waiting") | left).order_by("asked_for_at", "pk")


class TemplateQuerySet(OwnQuerySet):
    """Prompt templates of one person."""

    owner = "owner"


class ExerciseQuerySet(models.QuerySet[Any]):
    """Exercises."""

    def live(self) -> "ExerciseQuerySet":
        """Exercises that people can begin."""
        return self.filter(live=True)

    def for_role(self, role_id: int | None) -> "ExerciseQuerySet":
        """Exercises that are for everybody or for this role."""
        return self.filter(Q(roles=None) | Q(roles=role_id)).distinct()


class CalibrationQuerySet(models.QuerySet[Any]):
    """Calibrations."""

    def due(self, now: datetime) -> "CalibrationQuerySet":
        """Those that nobody works on, though they have not ended; the oldest first."""
        free = Q(leased_until=None) | Q(leased_until__lt=now)
        return self.filter(free, ended_at=None).order_by("began_at", "pk")


class ProviderQuerySet(models.QuerySet[Any]):
    """Models that answer."""

    def usable(self) -> "ProviderQuerySet":
        """Providers that may be asked, in the order in which people are offered them."""
        return self.filter(is_enabled=True).order_by("position", "pk")
