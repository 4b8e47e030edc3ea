"""Questions about jobs and their rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from datetime import datetime

    from lms.jobs.models import Job, JobRow  # noqa: F401  named in the brackets below


class JobQuerySet(models.QuerySet["Job"]):
    """Chainable questions about jobs."""

    def runnable(self, now: datetime) -> JobQuerySet:
        """Jobs that a worker may go on with now, the oldest first."""
        states = [self.model.State.QUEUED, self.model.State.RUNNING]
        waited = Q(retry_at=None) | Q(retry_at__lte=now)
        return self.filter(waited, state__in=states).order_by("pk")

    def over_since(self, moment: datetime) -> JobQuerySet:
        """Jobs that ended at a moment or before it."""
        return self.filter(finished_at__lte=moment)


class JobRowQuerySet(models.QuerySet["JobRow"]):
    """Chainable questions about the rows of jobs."""

    def planned(self) -> JobRowQuerySet:
        """Rows that a person has seen beforehand and nothing was done about yet, in their order."""
        return self.filter(outcome=self.model.Outcome.PLANNED).order_by("number")

    def not_done(self) -> JobRowQuerySet:
        """Rows that could not be done, or were left out, in their order."""
        left = [self.model.Outcome.FAILED, self.model.Outcome.SKIPPED]
        return self.filter(outcome__in=left).order_by("number")
