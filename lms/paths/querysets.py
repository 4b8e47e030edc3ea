"""Questions about enrollments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    from datetime import date

    from lms.people.models import User


class EnrollmentQuerySet(models.QuerySet[Any]):
    """Chainable questions about enrollments."""

    def visible_to(self, person: User) -> EnrollmentQuerySet:
        """A person's own enrollments."""
        return self.filter(learner=person)

    def in_progress(self) -> EnrollmentQuerySet:
        """Not complete yet."""
        return self.filter(completed_at=None)

    def completed(self) -> EnrollmentQuerySet:
        """Complete."""
        return self.exclude(completed_at=None)

    def overdue(self, today: date) -> EnrollmentQuerySet:
        """Not complete, and past the day they were due."""
        return self.in_progress().filter(due_on__lt=today)
