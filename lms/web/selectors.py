"""What each page shows, in a fixed number of queries."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from badges.models import Award
from badges.selectors.awards import awards_to_keep
from lms.paths.library import PathOutline, library
from lms.paths.models import StepCompletion
from lms.paths.selectors import PathView, Word, enrollments_of, open_paths_for, path_views, unseen_words
from lms.people.models import User
from lms.people.selectors import today_of
from lms.records.models import LearningRecord
from lms.tips.selectors.own import tip_of_the_week
from lms.web.tip_page import TipPage, tip_page

DUE_SOON = timedelta(days=14)
RECORDS_SHOWN = 200


@dataclass(frozen=True)
class Today:
    """The Today page.

    Attributes:
        lead: The path to continue; None when none is in progress.
        others: Further paths in progress.
        due_soon: Those of them with a day to be done by, within two weeks or past.
        latest_completed: The path completed last; None when there is none.
        suggested: Path of the person's role that they are not on; None when there is none.
        words: Reminders and thanks that they have not put away, newest first.
        tip: Their tip of this week; None before its hour, or when there is none.
        to_keep: Credentials that they can renew or are about to lose, the first to end first.
    """

    lead: PathView | None
    others: list[PathView]
    due_soon: list[PathView]
    latest_completed: PathView | None
    suggested: PathOutline | None
    words: list[Word]
    tip: TipPage | None
    to_keep: Sequence[Award]


@dataclass(frozen=True)
class Learning:
    """The My learning page: a person's paths by how they stand."""

    overdue: list[PathView]
    in_progress: list[PathView]
    completed: list[PathView]
    optional: list[PathOutline]

    @property
    def is_empty(self) -> bool:
        """Whether the person is on no path at all."""
        return not (self.overdue or self.in_progress or self.completed)


def today_for(person: User, now: datetime) -> Today:
    """Return what a person should see first; six queries."""
    enrollments = enrollments_of(person)
    shelf = library()
    views = path_views(shelf, enrollments, now)
    running = [view for view in views if view.enrollment and view.enrollment.completed_at is None]
    done = [view for view in views if view.enrollment and view.enrollment.completed_at]
    # A path that waits for a moment or for an author is no next step while another can go on.
    running.sort(key=lambda view: view.next_step is None)
    last_day = timezone.localdate(now) + DUE_SOON
    suggestions = open_paths_for(shelf, person, views)
    of_role = [
        path for path in suggestions if path.role_id is not None and path.role_id == person.job_role_id
    ]
    tip = tip_of_the_week(person, today_of(person, now), now)
    return Today(
        lead=running[0] if running else None,
        others=running[1:],
        due_soon=[
            v for v in running if v.enrollment and v.enrollment.due_on and v.enrollment.due_on <= last_day
        ],
        latest_completed=max(done, key=_completed_at, default=None),
        suggested=of_role[0] if of_role else None,
        words=unseen_words(person, enrollments, shelf),
        tip=tip_page(tip) if tip is not None else None,
        to_keep=awards_to_keep(person, at=now),
    )


def _completed_at(view: PathView) -> datetime:
    assert view.enrollment is not None
    assert view.enrollment.completed_at is not None
    return view.enrollment.completed_at


def learning_of(person: User, now: datetime) -> Learning:
    """Return a person's paths and those they could start; three queries."""
    enrollments = enrollments_of(person)
    shelf = library()
    views = path_views(shelf, enrollments, now)
    today = timezone.localdate(now)
    overdue, in_progress, completed = [], [], []
    for view in views:
        enrollment = view.enrollment
        if enrollment and enrollment.completed_at:
            completed.append(view)
        elif enrollment and enrollment.is_overdue(today):
            overdue.append(view)
        else:
            in_progress.append(view)
    completed.sort(key=_completed_at, reverse=True)
    return Learning(overdue, in_progress, completed, open_paths_for(shelf, person, views))


@dataclass(frozen=True)
class Record:
    """The My record page, newest first.

    Attributes:
        paths: Records of completed paths.
        lessons: Completed lessons, with the revision each was learned from.
    """

    paths: list[LearningRecord]
    lessons: list[StepCompletion]


def record_of(person: User) -> Record:
    """Return what a person has completed; two queries."""
    paths = LearningRecord.objects.filter(
        actor=person, verb=LearningRecord.Verb.COMPLETED, object_type=LearningRecord.ObjectType.PATH
    ).order_by("-at")
    return Record(list(paths[:RECORDS_SHOWN]), list(learned_steps(person)[:RECORDS_SHOWN]))


def learned_steps(person: User) -> QuerySet[StepCompletion]:
    """Return a person's own completions by learning, newest first, with revision and path."""
    return (
        StepCompletion.objects.filter(enrollment__learner=person, how=StepCompletion.How.LEARNED)
        .select_related("revision", "enrollment__path")
        .defer("revision__content", "enrollment__path__steps")
        .order_by("-completed_at")
    )


def export_of(person: User) -> Iterator[dict[str, Any]]:
    """Yield everything the ledger holds about a person, oldest first, as plain values; one query."""
    for record in LearningRecord.objects.filter(actor=person).order_by("at", "pk").iterator():
        yield {
            "id": str(record.uuid),
            "verb": record.verb,
            "object_type": record.object_type,
            "object_id": str(record.object_id),
            "object_version": record.object_version,
            "object_title": record.object_title,
            "result": record.result,
            "context": record.context,
            "at": record.at.isoformat(),
            "recorded_at": record.recorded_at.isoformat(),
        }
