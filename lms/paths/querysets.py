"""Questions about enrollments."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import BooleanField, Case, CharField, ExpressionWrapper, Q, Value, When

from lms.paths.dates import zones_with_day

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from lms.people.models import User


class StepCompletionQuerySet(models.QuerySet[Any]):
    """Chainable questions about completed steps."""

    def learned_on(self, enrollments: Collection[int]) -> models.QuerySet[Any, int]:
        """Keys of those of these enrollments on which somebody has learned; credited lessons do not count."""
        learned = self.filter(enrollment__in=enrollments, how="learned")
        return learned.order_by().values_list("enrollment", flat=True).distinct()


class EnrollmentQuerySet(models.QuerySet[Any]):
    """Chainable questions about enrollments."""

    def visible_to(self, person: User) -> EnrollmentQuerySet:
        """A person's own enrollments."""
        return self.filter(learner=person)

    def visible_to_manager(self, manager: User) -> EnrollmentQuerySet:
        """Required enrollments of the people below a manager; what somebody chose themselves is not among them."""
        return self.required().filter(learner__lines_up__manager=manager)

    def current(self) -> EnrollmentQuerySet:
        """What people are on now: the latest cycle, not withdrawn. A completed one is still current."""
        return self.filter(is_latest=True, withdrawn_at=None)

    def required(self) -> EnrollmentQuerySet:
        """What a rule or a person with a reason asks for; not what people chose themselves."""
        return self.filter(is_required=True)

    def in_progress(self) -> EnrollmentQuerySet:
        """There to be done."""
        return self.current().filter(completed_at=None)

    def completed(self) -> EnrollmentQuerySet:
        """Complete."""
        return self.exclude(completed_at=None)

    def overdue(self, now: datetime) -> EnrollmentQuerySet:
        """To be done, not paused, and past the end of the day they were due, where each person lives."""
        return self.in_progress().filter(paused_on=None).filter(day_is_over("due_on", now))

    def with_standing(self, now: datetime) -> EnrollmentQuerySet:
        """Current enrollments with their `standing` at a moment, and whether each `is_closed`.

        The first that holds: a completion that ran out is expired, another one completed; then paused; then overdue,
        as `overdue` finds it; the rest is open. What is closed is open or overdue, too.
        """
        standing = self.model.Standing
        closes = Q(completed_at=None, paused_on=None, closes_on__isnull=False)
        has_run_out = Q(completed_at__isnull=False, expires_on__isnull=False) & day_is_over("expires_on", now)
        is_overdue = Q(due_on__isnull=False) & day_is_over("due_on", now)
        rows: EnrollmentQuerySet = self.annotate(
            standing=Case(
                When(has_run_out, then=Value(standing.EXPIRED)),
                When(completed_at__isnull=False, then=Value(standing.COMPLETED)),
                When(paused_on__isnull=False, then=Value(standing.PAUSED)),
                When(is_overdue, then=Value(standing.OVERDUE)),
                default=Value(standing.OPEN),
                output_field=CharField(),
            ),
            is_closed=ExpressionWrapper(closes & day_is_over("closes_on", now), output_field=BooleanField()),
        )
        return rows


def day_is_over(field: str, now: datetime, zone: str = "learner__time_zone") -> Q:
    """Return the condition that a day lies in the past where each person lives; at most three comparisons.

    Args:
        field: Field with the day.
        now: The present.
        zone: Way from the table to the person's time zone.
    """
    return day_is_before(field, timedelta(0), now, zone)


def day_is_within(field: str, days: int, now: datetime, zone: str = "learner__time_zone") -> Q:
    """Return the condition that a day is at most so many days ahead where each person lives, or over."""
    return day_is_before(field, timedelta(days=days + 1), now, zone)


def day_is_before(field: str, ahead: timedelta, now: datetime, zone: str) -> Q:
    """Return the condition that a day comes before another, which is counted from today where each person lives."""
    by_day = sorted(zones_with_day(now, settings.PRAXIS_TIME_ZONE).items())
    earliest, others = by_day[0][0], by_day[1:]
    # A zone that no machine knows any more counts as the earliest day: nobody is late too soon.
    before = Q(**{f"{field}__lt": earliest + ahead})
    for day, zones in others:
        before |= Q(**{f"{field}__lt": day + ahead, f"{zone}__in": sorted(zones)})
    return before
