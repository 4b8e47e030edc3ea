"""How required paths stand, for those who answer for it: whom a reader may see, counted and by week.

Required paths only. What people chose themselves, answered, scored or practiced is nobody's report.
"""

from collections.abc import Iterable
from dataclasses import astuple, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, Expression, F
from django.db.models.functions import TruncWeek

from lms.paths.dates import monday_of
from lms.paths.models import Enrollment
from lms.paths.querysets import EnrollmentQuerySet
from lms.people.models import User
from lms.people.permissions import is_admin
from lms.people.time_zones import zone_or_default
from lms.people.vocabulary import SIGN_IN_STATUSES

Standing = Enrollment.Standing


@dataclass(frozen=True)
class Tally:
    """How many enrollments stand where; the five standings add up to the total.

    Attributes:
        closed: How many of the open and the overdue can no longer be completed.
        late: Overdue, expired or closed, each counted once.
    """

    completed: int = 0
    expired: int = 0
    open: int = 0
    overdue: int = 0
    paused: int = 0
    closed: int = 0
    late: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.completed + self.expired + self.open + self.overdue + self.paused

    @property
    def on_time(self) -> int:
        """To be done, and nothing missed."""
        return self.total - self.completed - self.late

    def __add__(self, other: "Tally") -> "Tally":
        """Return both together."""
        return Tally(*(mine + theirs for mine, theirs in zip(astuple(self), astuple(other), strict=True)))

    @classmethod
    def of(cls, cells: Iterable[tuple[str, bool, int]]) -> "Tally":
        """Return the sum of cells: a standing, whether it is closed, and how many."""
        counts = {**dict.fromkeys(Standing.values, 0), "closed": 0, "late": 0}
        for standing, is_closed, count in cells:
            counts[standing] += count
            counts["closed"] += count if is_closed else 0
            is_late = is_closed or standing in {Standing.OVERDUE, Standing.EXPIRED}
            counts["late"] += count if is_late else 0
        return cls(**counts)


def required_of_people(reader: User, *, below_only: bool) -> EnrollmentQuerySet:
    """Return the current required enrollments that a reader may see by name, of people who work here now.

    Args:
        reader: An administrator sees everyone, anyone else the people below them in the reporting line.
        below_only: Leave an administrator, too, with those below.
    """
    rows = Enrollment.objects.all() if is_admin(reader) and not below_only else _below(reader)
    return rows.required().current().filter(learner__status__in=SIGN_IN_STATUSES)


def _below(reader: User) -> EnrollmentQuerySet:
    rows: EnrollmentQuerySet = Enrollment.objects.visible_to_manager(reader)
    return rows


def tallies(rows: EnrollmentQuerySet, now: datetime, *, by: Expression | F) -> dict[Any, Tally]:
    """Return a tally for each value of an expression; one query, one row for each value and standing.

    Args:
        rows: Enrollments as `required_of_people` returns them.
        now: The present.
        by: What to group by.
    """
    cells: dict[Any, list[tuple[str, bool, int]]] = {}
    grouped = rows.order_by().annotate(key=by).with_standing(now).values("key", "standing", "is_closed")
    for key, standing, is_closed, count in grouped.annotate(n=Count("pk")).values_list(
        "key", "standing", "is_closed", "n"
    ):
        cells.setdefault(key, []).append((standing, is_closed, count))
    return {key: Tally.of(found) for key, found in cells.items()}


def completions_by_week(rows: EnrollmentQuerySet, *, last_day: date, weeks: int) -> dict[date, int]:
    """Return how many were completed in each week, by its Monday, the oldest first; one query.

    Args:
        rows: Enrollments as `required_of_people` returns them.
        last_day: A day of the last week, in the company's time zone, as all weeks are.
        weeks: How many weeks.
    """
    zone = company_zone()
    mondays = [monday_of(last_day) - timedelta(weeks=back) for back in reversed(range(weeks))]
    completed = rows.order_by().filter(
        completed_at__gte=start_of(mondays[0]), completed_at__lt=start_of(mondays[-1] + timedelta(weeks=1))
    )
    grouped = completed.annotate(week=TruncWeek("completed_at", tzinfo=zone)).values("week")
    found = {week.date(): n for week, n in grouped.annotate(n=Count("pk")).values_list("week", "n")}
    return {monday: found.get(monday, 0) for monday in mondays}


def company_zone() -> ZoneInfo:
    """Return the zone in which reports count days, so that two readers find the same figures."""
    return zone_or_default("", settings.PRAXIS_TIME_ZONE)


def start_of(day: date) -> datetime:
    """Return the first moment of a day in the company's zone."""
    return datetime.combine(day, time.min, tzinfo=company_zone())
