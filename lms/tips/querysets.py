"""Questions to the tables of tips."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import models
from django.db.models import Q


class TipQuerySet(models.QuerySet[Any]):
    """Questions to tips."""

    def sendable(self, on: date) -> "TipQuerySet":
        """Those that may be sent on a day: published, and not overdue for review."""
        return self.filter(live=True, review_by__gt=on)


class TipPlanQuerySet(models.QuerySet[Any]):
    """Questions to plans."""

    def in_week(self, monday: date) -> "TipPlanQuerySet":
        """Those in force in a week."""
        return self.filter(_in_force(monday))

    def that_touch(self, monday: date) -> "TipPlanQuerySet":
        """Those in force in a week, and those that have let people go in it, in any zone, or since."""
        return self.filter(_in_force(monday) | Q(freed_at__gte=beginning_of(monday)))


def beginning_of(monday: date) -> datetime:
    """Return when a week begins in the first zone."""
    return datetime.combine(monday, time(), UTC) - timedelta(hours=14)


def _in_force(monday: date) -> Q:
    begun = Q(first_week=None) | Q(first_week__lte=monday)
    not_over = Q(last_week=None) | Q(last_week__gte=monday)
    return begun & not_over & Q(is_enabled=True)
