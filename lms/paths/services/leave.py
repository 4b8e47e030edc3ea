"""Leave of absence: while someone is away no day passes for them, and their dates move on by as long as they were."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from lms.paths.dates import days_later
from lms.paths.models import Enrollment, EnrollmentChange
from lms.people.models import User
from lms.people.selectors import today_of

AT_ONCE = 500


def keep_leave(*, at: datetime, people: Collection[int] | None = None) -> int:
    """Pause what people on leave have to do, and let it go on for those who are back; returns how many enrollments.

    Args:
        at: The present.
        people: Primary keys; everyone when None.
    """
    dated = Q(due_on__isnull=False) | Q(closes_on__isnull=False)
    away = Q(dated, paused_on=None, learner__status=User.Status.ON_LEAVE)
    back = Q(paused_on__isnull=False, learner__status=User.Status.ACTIVE)
    rows = Enrollment.objects.in_progress().filter(away | back)
    if people is not None:
        rows = rows.filter(learner__in=people)
    total = done = _move_some(rows, at)
    while done == AT_ONCE:
        done = _move_some(rows, at)
        total += done
    return total


@transaction.atomic
def _move_some(rows: QuerySet[Enrollment], at: datetime) -> int:
    # In the order in which everyone locks enrollments, so that nobody waits in a circle.
    chosen = list(rows.select_for_update(of=("self",)).select_related("learner").order_by("pk")[:AT_ONCE])
    changes = [_pause_or_resume(each, today_of(each.learner, at), at) for each in chosen]
    Enrollment.objects.bulk_update(chosen, ["paused_on", "due_on", "closes_on", "days_away"])
    EnrollmentChange.objects.bulk_create(changes)
    return len(chosen)


def _pause_or_resume(enrollment: Enrollment, today: date, at: datetime) -> EnrollmentChange:
    before = {"due_on": enrollment.due_on, "closes_on": enrollment.closes_on}
    if enrollment.paused_on is None:
        enrollment.paused_on, what = today, EnrollmentChange.What.PAUSED
    else:
        away = max(today - enrollment.paused_on, timedelta(0))
        enrollment.due_on = enrollment.due_on and days_later(enrollment.due_on, away.days)
        enrollment.closes_on = enrollment.closes_on and days_later(enrollment.closes_on, away.days)
        enrollment.days_away += away.days
        enrollment.paused_on, what = None, EnrollmentChange.What.RESUMED
    return EnrollmentChange(
        enrollment=enrollment,
        at=at,
        what=what,
        version_id=enrollment.version_id,
        before=before,
        after={"due_on": enrollment.due_on, "closes_on": enrollment.closes_on},
    )
