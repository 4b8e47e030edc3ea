"""What people decide about other people's paths. No rule overrides it."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from courses.models import LearningPathPage
from lms.core.errors import ActionRefused
from lms.core.services import write_audit_entry
from lms.paths.models import Enrollment, EnrollmentChange, Exclusion
from lms.paths.services.assigning import assign_people
from lms.paths.services.registering import lock_people, register_all
from lms.people.models import User
from lms.people.selectors import today_of

What = EnrollmentChange.What
LONGEST = timedelta(days=731)
"""So that a slip in the year cannot make a date that nobody may shorten."""


@transaction.atomic
def exclude_person(
    *, learner: User, path: LearningPathPage, reason: str, actor: User, at: datetime
) -> Exclusion:
    """Take a person off a path, and let no rule give it to them until somebody clears that.

    What they have done of it is kept, a completion stays valid, and they may still choose the path themselves.
    Excluding twice changes nothing.

    Raises:
        ActionRefused: There is no reason.
    """
    if not reason.strip():
        raise ActionRefused(_("Say why. Whoever asks in a year will read it."))
    lock_people(people=[learner.pk])
    exclusion, is_new = Exclusion.objects.get_or_create(
        learner=learner,
        path=path,
        cleared_at=None,
        defaults={"reason": reason.strip()[:300], "excluded_by": actor, "excluded_at": at},
    )
    if not is_new:
        return exclusion
    for enrollment in Enrollment.objects.in_progress().filter(learner=learner, path=path):
        _withdraw(enrollment, actor, reason, at)
    _audit("exclude", learner, path, actor, at, reason, after={"excluded": True})
    return exclusion


@transaction.atomic
def clear_exclusion(*, exclusion: Exclusion, reason: str, actor: User, at: datetime) -> Exclusion:
    """Let the rules decide about a person again, at once; clearing twice changes nothing."""
    chosen = Exclusion.objects.select_for_update(of=("self",)).select_related("path", "learner")
    exclusion = chosen.get(pk=exclusion.pk)
    if exclusion.cleared_at is None:
        exclusion.cleared_by, exclusion.cleared_at = actor, at
        exclusion.save(update_fields=["cleared_by", "cleared_at"])
        _audit(
            "clear_exclusion", exclusion.learner, exclusion.path, actor, at, reason, after={"excluded": False}
        )
        assign_people(people=[exclusion.learner_id], at=at)
    return exclusion


@transaction.atomic
def extend_dates(
    *,
    enrollment: Enrollment,
    due_on: date,
    closes_on: date | None,
    reason: str,
    actor: User,
    at: datetime,
) -> Enrollment:
    """Give a person more time; no rule changes these dates again.

    Args:
        enrollment: A required one that is not complete.
        due_on: The new advisory day.
        closes_on: The new last day; None for none.
        reason: Why, for the person and for later.
        actor: Who decides, a manager or an administrator.
        at: The present.

    Raises:
        ActionRefused: There is no reason, the day is not later than today or than the one before, it would close
            before it is due, or there is nothing left to do.
    """
    enrollment = (
        Enrollment.objects.select_for_update(of=("self",))
        .select_related("learner", "path")
        .get(pk=enrollment.pk)
    )
    _require_extendable(enrollment, due_on, closes_on, reason, at)
    before = {"due_on": enrollment.due_on, "closes_on": enrollment.closes_on}
    after = {"due_on": due_on, "closes_on": closes_on}
    if before == after:
        return enrollment
    enrollment.due_on, enrollment.closes_on, enrollment.dates_by_hand = due_on, closes_on, True
    if enrollment.paused_on is not None:
        enrollment.paused_on = today_of(enrollment.learner, at)  # the new days know of the leave until now
    enrollment.save(update_fields=["due_on", "closes_on", "dates_by_hand", "paused_on"])
    EnrollmentChange.objects.create(
        enrollment=enrollment,
        at=at,
        what=What.EXTENDED,
        actor=actor,
        version_id=enrollment.version_id,
        before=before,
        after=after,
        reason=reason.strip()[:300],
    )
    _audit("extend", enrollment.learner, enrollment.path, actor, at, reason, before=before, after=after)
    return enrollment


def _require_extendable(
    enrollment: Enrollment, due_on: date, closes_on: date | None, reason: str, at: datetime
) -> None:
    if not reason.strip():
        raise ActionRefused(_("Say why they get more time. They will read it."), field="reason")
    if not enrollment.is_open:
        raise ActionRefused(_("There is nothing left to extend: the path is complete or was withdrawn."))
    if due_on < today_of(enrollment.learner, at):
        raise ActionRefused(_("That day is over. Choose today or a later day."), field="due_on")
    if enrollment.due_on is not None and due_on < enrollment.due_on:
        raise ActionRefused(
            _("It is due later than that already. An extension gives more time, never less."), field="due_on"
        )
    longest = today_of(enrollment.learner, at) + LONGEST
    if due_on > longest or (closes_on is not None and closes_on > longest):
        field = "due_on" if due_on > longest else "closes_on"
        raise ActionRefused(_("That is more than two years away. Choose an earlier day."), field=field)
    if enrollment.closes_on and closes_on and closes_on < enrollment.closes_on:
        raise ActionRefused(
            _("It closes later than that already. An extension gives more time, never less."),
            field="closes_on",
        )
    if closes_on is not None and closes_on < due_on:
        raise ActionRefused(
            _("It would close before it is due. Choose a later day to close it."), field="closes_on"
        )


def _withdraw(enrollment: Enrollment, actor: User, reason: str, at: datetime) -> None:
    before = {"withdrawn_at": None, "version_id": enrollment.version_id}
    version = enrollment.version_id
    enrollment.withdrawn_at, enrollment.version, enrollment.paused_on = at, None, None
    enrollment.save(update_fields=["withdrawn_at", "version", "paused_on"])
    EnrollmentChange.objects.create(
        enrollment=enrollment,
        at=at,
        what=What.WITHDRAWN,
        actor=actor,
        version_id=version,
        before=before,
        after={"withdrawn_at": at, "version_id": None},
        reason=reason.strip()[:300],
    )
    register_all(enrollments=[enrollment], at=at)


def _audit(
    verb: str, learner: User, path: LearningPathPage, actor: User, at: datetime, reason: str, **facts: Any
) -> None:
    facts["after"] = {"path": path.title, **facts["after"]}
    write_audit_entry(
        actor=f"user:{actor.public_id}",
        action=f"paths.{verb}",
        object_type="people.user",
        object_id=str(learner.public_id),
        reason=reason.strip(),
        at=at,
        **facts,
    )
