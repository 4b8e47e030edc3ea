"""Taking back what a job did to enrollments, as far as nobody has built on it since."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Field
from django.utils.translation import gettext as _

from lms.jobs.models import Job, JobRow
from lms.jobs.registry import Item, RowResult
from lms.paths.models import Enrollment, EnrollmentChange, Exclusion, StepCompletion
from lms.paths.services.assigning import CHANGING
from lms.paths.services.registering import register_all

What = EnrollmentChange.What
MOVED = [What.PAUSED, What.RESUMED]


@transaction.atomic
def take_back_enrollments(*, job: Job, items: Sequence[Item], at: datetime) -> list[RowResult]:
    """Withdraw enrollments that a job made, unless something was learned or decided since; returns those that stay."""
    pks = [item.value for item in items]
    made = Enrollment.objects.in_progress().filter(pk__in=pks).order_by("pk").select_for_update(of=("self",))
    locked = {each.pk: each for each in made}
    # Asked once they are locked: what somebody did while we waited is seen.
    begun = set(StepCompletion.objects.learned_on(locked))
    since = EnrollmentChange.objects.filter(enrollment__in=locked).exclude(what__in=MOVED)
    decided = set(since.values_list("enrollment", flat=True))
    free = {pk: each for pk, each in locked.items() if pk not in begun and pk not in decided}
    changes = []
    for each in free.values():
        changes.append(
            EnrollmentChange(
                enrollment=each,
                at=at,
                what=What.UNDONE,
                version_id=each.version_id,
                job=job,
                before={"withdrawn_at": None},
                after={"withdrawn_at": at},
            )
        )
        each.withdrawn_at, each.version = at, None
    Enrollment.objects.bulk_update(free.values(), ["withdrawn_at", "version"])
    EnrollmentChange.objects.bulk_create(changes)
    register_all(enrollments=list(free.values()), at=at)
    told = {
        True: _("They have begun since, so they keep it."),
        False: _("It was changed since, so it stays as it is."),
    }
    return [
        RowResult(item.reference, JobRow.Outcome.SKIPPED, told[item.value in begun], number=item.number)
        for item in items
        if item.value not in free
    ]


@transaction.atomic
def take_back_changes(*, job: Job, items: Sequence[Item], at: datetime) -> list[RowResult]:
    """Put enrollments back to what they were before a job, unless they were changed again since; returns those."""
    done = {each.pk: each for each in EnrollmentChange.objects.filter(pk__in=[item.value for item in items])}
    chosen = Enrollment.objects.filter(pk__in=[change.enrollment_id for change in done.values()])
    enrollments = {each.pk: each for each in chosen.order_by("pk").select_for_update(of=("self",))}
    excluded = set(
        Exclusion.objects.filter(learner__enrollments__in=enrollments, cleared_at=None).values_list(
            "learner", "path"
        )
    )
    results, changes, restored = [], [], []
    for item in items:
        change = done[item.value]
        enrollment = enrollments[change.enrollment_id]
        if refused := _why_it_stays(enrollment, change, excluded):
            results.append(RowResult(item.reference, JobRow.Outcome.SKIPPED, refused, number=item.number))
            continue
        for name, value in change.before.items():
            setattr(enrollment, name, _column(name).to_python(value))
        restored.append(enrollment)
        changes.append(
            EnrollmentChange(
                enrollment=enrollment,
                at=at,
                what=What.UNDONE,
                version_id=change.version_id,
                job=job,
                before=change.after,
                after=change.before,
            )
        )
    Enrollment.objects.bulk_update(restored, CHANGING)
    EnrollmentChange.objects.bulk_create(changes)
    turned = [change.enrollment for change in changes if "withdrawn_at" in change.after]
    register_all(enrollments=turned, at=at)
    return results


def _why_it_stays(enrollment: Enrollment, change: EnrollmentChange, excluded: set[tuple[int, int]]) -> str:
    if enrollment.completed_at is not None and enrollment.completed_at > change.at:
        return _("They have completed it since, so it stays as it is.")
    if not _is_as_left(enrollment, change):
        return _("It was changed again since, so it stays as it is.")
    if enrollment.withdrawn_at is not None and (enrollment.learner_id, enrollment.path_id) in excluded:
        return _("They were excluded by hand since. Clear the exclusion first.")
    return ""


def _column(name: str) -> "Field[Any, Any]":
    column = Enrollment._meta.get_field(name)
    assert isinstance(column, Field), "changes name columns only"
    return column


def _is_as_left(enrollment: Enrollment, change: EnrollmentChange) -> bool:
    return all(_stored(getattr(enrollment, name)) == value for name, value in change.after.items())


def _stored(value: Any) -> Any:
    """Return a value as it comes back from a column of JSON."""
    return (
        value if value is None or isinstance(value, bool | int | str) else DjangoJSONEncoder().default(value)
    )
