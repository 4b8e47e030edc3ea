"""What managers see of the people below them: required paths, their days and completions, and nothing else.

All of it comes out of `Enrollment.objects.visible_to_manager`. No answer, try, score or self-chosen path is read here.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Case, CharField, Count, Exists, OuterRef, Prefetch, Q, QuerySet, Value, When

from lms.paths.dates import monday_of
from lms.paths.library import library
from lms.paths.models import Encouragement, Enrollment, EnrollmentChange, StepCompletion
from lms.paths.querysets import day_is_over, day_is_within
from lms.paths.selectors.learning import PathView, build_path_view, completed_steps
from lms.paths.team_status import (
    DAYS_BEFORE_CLOSING,
    DAYS_BEFORE_DUE,
    DAYS_BEFORE_EXPIRY,
    Facts,
    Standing,
    TeamStatus,
    standing_of,
)
from lms.people.models import User
from lms.people.selectors import today_of

PRESSING = {standing: rank for rank, standing in enumerate(Standing)}


@dataclass(frozen=True)
class RequiredPath:
    """One required path of one person, the cycle they are in.

    Attributes:
        today: The day it is where the person lives.
    """

    view: PathView
    enrollment: Enrollment
    standing: Standing
    today: date

    @property
    def title(self) -> str:
        """Title of the path."""
        return self.view.path.title

    @property
    def done_count(self) -> int:
        """How many of its required steps are done."""
        return self.view.progress.done_count

    @property
    def step_count(self) -> int:
        """How many required steps it has."""
        return len(self.view.progress.counted)


def people_below(manager: User, *, directly: bool = False) -> QuerySet[User]:
    """Return those who work here now and report to a manager; everyone below, or only the first step."""
    # One call of filter: the manager and the distance belong to the same line.
    line = {"lines_up__depth": 1} if directly else {}
    people: QuerySet[User] = User.objects.current().filter(lines_up__manager=manager, **line)
    return people


def with_team_status(people: QuerySet[User], manager: User, now: datetime) -> QuerySet[User]:
    """Return people with their `team_status`, one of `TeamStatus`, as that manager sees it."""
    required = Enrollment.objects.visible_to_manager(manager).current()

    def having(condition: Q) -> Q:
        return Q(pk__in=required.filter(condition).values("learner"))

    status = Case(
        When(having(_needs_attention(now)), then=Value(TeamStatus.ATTENTION.value)),
        When(having(Q(completed_at=None)), then=Value(TeamStatus.ON_TRACK.value)),
        When(having(Q()), then=Value(TeamStatus.DONE.value)),
        default=Value(TeamStatus.NOTHING_REQUIRED.value),
        output_field=CharField(),
    )
    return people.annotate(team_status=status)


def _needs_attention(now: datetime) -> Q:
    """`team_status.standing_of` and `NEEDING_ATTENTION`, for the database."""
    begun = Exists(StepCompletion.objects.filter(enrollment=OuterRef("pk")))
    is_late = (
        day_is_within("closes_on", DAYS_BEFORE_CLOSING, now)
        | day_is_over("due_on", now)
        | day_is_within("due_on", DAYS_BEFORE_DUE, now) & ~Q(begun)
    )
    runs_out = day_is_within("expires_on", DAYS_BEFORE_EXPIRY, now)
    return Q(completed_at=None, paused_on=None) & is_late | Q(completed_at__isnull=False) & runs_out


def count_statuses(people: QuerySet[Any]) -> dict[TeamStatus, int]:
    """Return how many of these people have each status, zeros included; one query.

    Args:
        people: As `with_team_status` returns them.
    """
    counted = dict(people.order_by().values_list("team_status").annotate(Count("pk")))
    return {status: counted.get(status.value, 0) for status in TeamStatus}


def required_paths(manager: User, people: Iterable[User], now: datetime) -> dict[int, list[RequiredPath]]:
    """Return what is required of each of these people now, by primary key, the most pressing first; three queries."""
    by_key: dict[int, User] = {person.pk: person for person in people}
    required = Enrollment.objects.visible_to_manager(manager).current().filter(learner__in=by_key)
    enrollments = list(required)
    completed = completed_steps(enrollments)
    shelf = library()
    found: dict[int, list[RequiredPath]] = {pk: [] for pk in by_key}
    for enrollment in enrollments:
        enrollment.learner = by_key[enrollment.learner_id]
        steps, today = completed[enrollment.pk], today_of(enrollment.learner, now)
        view = build_path_view(shelf.paths[enrollment.path_id], enrollment, steps, now)
        standing = standing_of(facts_of(enrollment, has_started=bool(steps)), today)
        found[enrollment.learner_id].append(RequiredPath(view, enrollment, standing, today))
    for paths in found.values():
        paths.sort(key=_pressing)
    return found


def facts_of(enrollment: Enrollment, *, has_started: bool) -> Facts:
    """Return what the rules of `team_status` ask about an enrollment."""
    return Facts(
        due_on=enrollment.due_on,
        closes_on=enrollment.closes_on,
        expires_on=enrollment.expires_on,
        is_paused=enrollment.paused_on is not None,
        is_completed=enrollment.completed_at is not None,
        has_started=has_started,
    )


def _pressing(path: RequiredPath) -> tuple[int, date, str]:
    enrollment = path.enrollment
    days = [day for day in (enrollment.due_on, enrollment.closes_on, enrollment.expires_on) if day]
    return PRESSING[path.standing], min(days, default=date.max), path.title


def nudges_this_week(people: Collection[User], now: datetime) -> dict[int, Encouragement]:
    """Return this week's reminder of each of these people who had one, by primary key, with its sender; one query."""
    # Where people live it may be Sunday here and Monday there: a week is their own.
    weeks = {person.pk: monday_of(today_of(person, now)) for person in people}
    nudges = Encouragement.objects.filter(
        kind=Encouragement.Kind.NUDGE, recipient__in=weeks, week__in=set(weeks.values())
    )
    return {
        nudge.recipient_id: nudge
        for nudge in nudges.select_related("sender")
        if nudge.week == weeks[nudge.recipient_id]
    }


def required_history(manager: User, person: User) -> list[Enrollment]:
    """Return every round of what was ever required of a person, the newest first, with its changes; two queries.

    A path that is theirs no longer, or by their own choice, is left out in its present round; earlier rounds that
    they completed when it was required stay.
    """
    changes = EnrollmentChange.objects.select_related("actor", "version__assignment")
    rounds = Enrollment.objects.visible_to_manager(manager).filter(learner=person, withdrawn_at=None)
    return list(
        rounds.select_related("enrolled_by", "version__assignment")
        .prefetch_related(Prefetch("changes", queryset=changes))
        .order_by("-cycle", "-enrolled_at")
    )
