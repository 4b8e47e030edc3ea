"""Questions to the tables of tips."""

from datetime import date
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
        begun = Q(first_week=None) | Q(first_week__lte=monday)
        not_over = Q(last_week=None) | Q(last_week__gte=monday)
        return self.filter(begun, not_over, is_enabled=True)
