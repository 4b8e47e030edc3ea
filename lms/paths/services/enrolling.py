"""Enrolling a list of people by hand: planned first, then confirmed, then done by a job."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.models import LearningPathPage
from lms.core.errors import ActionRefused
from lms.jobs.models import Job, JobRow
from lms.jobs.registry import RowResult
from lms.jobs.services import confirm_job, replan_job, start_job
from lms.paths.models import Enrollment, EnrollmentChange, Exclusion
from lms.paths.services.by_hand import LONGEST
from lms.paths.services.registering import lock_people, register_all
from lms.people.batches import in_batches
from lms.people.listed import MAX_LINES, Entry, read_list
from lms.people.models import User
from lms.people.selectors import company_day, find_listed

ENROLL_LISTED = "paths.enroll_listed"
Outcome = JobRow.Outcome


class PlanStale(ActionRefused):
    """The plan was made anew, because people have changed since; it wants to be read again."""


@transaction.atomic
def plan_enrollments(
    *,
    path: LearningPathPage,
    text: str,
    reason: str,
    due_on: date | None,
    closes_on: date | None,
    actor: User,
    at: datetime,
) -> Job:
    """Plan to enroll everyone on a list; nobody is enrolled before the plan is confirmed.

    Args:
        path: The path.
        text: Addresses or employee numbers, see `lms.people.listed`.
        reason: Why, for those who are enrolled.
        due_on: Advisory last day; None for none.
        closes_on: Last day; None for none.
        actor: Who plans it.
        at: The present.

    Raises:
        ActionRefused: The list is empty or too long, the path is not published, or the days do not fit.
    """
    entries = read_list(text)
    if not path.live:
        raise ActionRefused(_("This path is not published. Nobody can be enrolled on it yet."))
    if not entries:
        raise ActionRefused(_("The list is empty. Paste one address or employee number in each line."))
    if len(entries) > MAX_LINES:
        raise ActionRefused(
            _("The list has %(lines)d lines; %(most)d is the most at once. Split it up.")
            % {"lines": len(entries), "most": MAX_LINES}
        )
    _require_possible(due_on, closes_on, company_day(at))
    params = {
        "path": path.pk,
        "reason": reason.strip()[:300],
        "due_on": due_on and due_on.isoformat(),
        "closes_on": closes_on and closes_on.isoformat(),
        "entries": entries,
    }
    title = ngettext("Enroll %(n)d person on “%(path)s”", "Enroll %(n)d people on “%(path)s”", len(entries))
    return start_job(
        kind=ENROLL_LISTED,
        title=title % {"n": len(entries), "path": path.title},
        actor=actor,
        at=at,
        params=params,
        rows=_plan(path.pk, entries),
        previewed=True,
    )


def _require_possible(due_on: date | None, closes_on: date | None, today: date) -> None:
    for day in (due_on, closes_on):
        if day is not None and day < today:
            raise ActionRefused(_("%s is over. Choose a later day.") % date_format(day, "j F Y"))
        if day is not None and day > today + LONGEST:
            raise ActionRefused(_("%s is more than two years away. Choose an earlier day.") % day.isoformat())
    if due_on and closes_on and closes_on < due_on:
        raise ActionRefused(_("It would close before it is due. Choose a later day to close it."))


def confirm_enrollments(*, job: Job, actor: User, at: datetime) -> Job:
    """Let a plan be done, once, if it still is what would happen.

    Raises:
        ActionRefused: Somebody was faster, or it was discarded.
        PlanStale: The plan has been made anew, and waits to be read.
    """
    with transaction.atomic():
        job = Job.objects.select_for_update(of=("self",)).get(pk=job.pk)
        if job.state != Job.State.PREVIEWED or not _replan(job):
            return confirm_job(job=job, actor=actor, at=at)
    # Only now: the new plan stays, although nothing is confirmed.
    raise PlanStale(_("People have changed since you looked. Nobody was enrolled. This is the plan now."))


def _replan(job: Job) -> bool:
    """Make a plan anew if another one follows from what holds now; returns whether it did."""
    now = _plan(job.params["path"], [Entry(*entry) for entry in job.params["entries"]])
    planned = job.rows.order_by("number").values_list("outcome", "message", "data")
    if list(planned) == [(row.outcome, row.message, row.data or {}) for row in now]:
        return False
    replan_job(job=job, rows=now)
    return True


def _plan(path: int, entries: Sequence[Entry]) -> list[RowResult]:
    """Return what would happen to each line; a few queries for each five hundred."""
    found = find_listed([entry.text for entry in entries])
    people = {person.pk for person in found.values()}
    excluded = _all(Exclusion.objects.filter(path=path, cleared_at=None), people)
    current = Enrollment.objects.current().filter(path=path)
    enrolled = _all(current.filter(Q(is_required=True) | Q(completed_at__isnull=False)), people)
    chosen = _all(current, people) - enrolled
    named: dict[int, int] = {}
    rows = []
    for entry in entries:
        person = found.get(entry.text.lower())
        outcome, message = _outcome(person, named, excluded, enrolled)
        if outcome == Outcome.PLANNED and person is not None and person.pk in chosen:
            message = _("On this path already; it becomes required.")
        data: dict[str, Any] = {"line": entry.line, "name": person.full_name if person else ""}
        if person is not None:
            named.setdefault(person.pk, entry.line)
            data["person"] = person.pk
        rows.append(RowResult(entry.text, outcome, message, data))
    return rows


def _outcome(
    person: User | None, named: dict[int, int], excluded: set[int], enrolled: set[int]
) -> tuple[str, str]:
    if person is None:
        return Outcome.FAILED, _("Nobody has this address or number. Check how it is written.")
    if person.pk in named:
        return Outcome.SKIPPED, _("The same person as in line %d.") % named[person.pk]
    if person.status not in User.MAY_SIGN_IN:
        status = User.Status(person.status).label
        return Outcome.FAILED, _("This person cannot take a path now: %s.") % status
    if person.pk in excluded:
        return Outcome.FAILED, _("Excluded from this path by hand. Clear the exclusion on their page first.")
    if person.pk in enrolled:
        return Outcome.UNCHANGED, _("On this path already.")
    return Outcome.PLANNED, ""


def _all(rows: Any, people: set[int]) -> set[int]:
    return {
        pk
        for batch in in_batches(sorted(people))
        for pk in rows.filter(learner__in=batch).values_list("learner", flat=True)
    }


@transaction.atomic
def enroll_listed(*, job: Job, rows: Sequence[JobRow], at: datetime) -> list[RowResult]:
    """Enroll the people of some planned rows; whoever is on the path by now is left as they are."""
    path = LearningPathPage.objects.get(pk=job.params["path"])
    if not path.live:
        raise ActionRefused(_("The path was taken back in the meantime. Publish it, then continue the job."))
    people = [row.data["person"] for row in rows]
    lock_people(people=people)
    latest = Enrollment.objects.filter(path=path, is_latest=True, learner__in=people)
    places = {each.learner_id: each for each in latest}
    excluded = _all(Exclusion.objects.filter(path=path, cleared_at=None), set(people))
    results, created, returned = [], [], []
    for row, person in zip(rows, people, strict=True):
        place = places.get(person)
        if person in excluded:
            told = _("Excluded from this path by hand in the meantime.")
            results.append(RowResult(row.reference, Outcome.SKIPPED, told, number=row.number))
        elif place is None:
            created.append(_filled(Enrollment(learner_id=person, path=path), job, at))
        elif place.withdrawn_at is not None or not (place.is_required or place.completed_at):
            returned.append(place)
        else:
            told = _("On this path already.")
            results.append(RowResult(row.reference, Outcome.UNCHANGED, told, number=row.number))
    changes = [_bring_back(place, job, at) for place in returned]
    Enrollment.objects.bulk_create(created)
    Enrollment.objects.bulk_update(returned, RETURNING)
    EnrollmentChange.objects.bulk_create(changes)
    back = [change.enrollment for change in changes if change.what == EnrollmentChange.What.RETURNED]
    register_all(enrollments=[*created, *back], at=at)
    return results


RETURNING = [
    "source",
    "reason",
    "is_required",
    "enrolled_by_id",
    "version_id",
    "due_on",
    "closes_on",
    "dates_by_hand",
    "withdrawn_at",
]


def _filled(enrollment: Enrollment, job: Job, at: datetime) -> Enrollment:
    due_on, closes_on = job.params["due_on"], job.params["closes_on"]
    enrollment.source = Enrollment.Source.MANUAL
    enrollment.reason = job.params["reason"]
    enrollment.is_required = True
    enrollment.enrolled_by_id = job.confirmed_by_id or job.actor_id
    enrollment.due_on = date.fromisoformat(due_on) if due_on else None
    enrollment.closes_on = date.fromisoformat(closes_on) if closes_on else None
    enrollment.dates_by_hand = bool(due_on or closes_on)
    if enrollment._state.adding:  # noqa: SLF001  Django's own word for it
        enrollment.enrolled_at, enrollment.job = at, job
    return enrollment


def _bring_back(enrollment: Enrollment, job: Job, at: datetime) -> EnrollmentChange:
    was_withdrawn = enrollment.withdrawn_at is not None
    before = {name: getattr(enrollment, name) for name in RETURNING}
    _filled(enrollment, job, at).withdrawn_at = None
    enrollment.version = None
    after = {name: getattr(enrollment, name) for name in RETURNING}
    return EnrollmentChange(
        enrollment=enrollment,
        at=at,
        what=EnrollmentChange.What.RETURNED if was_withdrawn else EnrollmentChange.What.ASSIGNED,
        actor=job.confirmed_by,
        job=job,
        before={name: value for name, value in before.items() if value != after[name]},
        after={name: value for name, value in after.items() if value != before[name]},
        reason=enrollment.reason,
    )
