"""What managers ask of the people below them."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from courses.models import LearningPathPage
from lms.core.errors import ActionRefused
from lms.core.services import write_audit_entry
from lms.paths.models import Enrollment, EnrollmentChange, Exclusion
from lms.paths.services.learning import enroll_person
from lms.paths.services.leave import keep_leave
from lms.paths.services.registering import lock_people
from lms.people.models import User
from lms.people.selectors import today_of

LONGEST_REASON = 300


@transaction.atomic
def enroll_report(
    *,
    learner: User,
    path: LearningPathPage,
    reason: str,
    due_on: date | None,
    manager: User,
    at: datetime,
) -> Enrollment:
    """Require a path of a person below a manager.

    A path that the person chose themselves, or that a rule offers them, becomes required; only from then on does the
    manager see it, and what is done of it, as of every required path.

    Args:
        learner: Someone below the manager.
        path: The path.
        reason: Why, for the learner.
        due_on: Advisory last day; None for none, or for the one it has.
        manager: Who decides.
        at: The present.

    Raises:
        ActionRefused: There is no reason, the day is over, the path is not published or required of them already, or
            an administrator has excluded them from it.
    """
    reason = reason.strip()[:LONGEST_REASON]
    if not reason:
        raise ActionRefused(_("Say why. They will read it."), field="reason")
    if due_on is not None and due_on < today_of(learner, at):
        raise ActionRefused(_("That day is over. Choose today or a later day."), field="due_on")
    if not path.live:
        raise ActionRefused(_("This path is not published. Nobody can start it yet."), field="path")
    lock_people(people=[learner.pk])
    _require_not_excluded(learner, path)
    standing = Enrollment.objects.current().filter(learner=learner, path=path).first()
    if standing is None:
        enrollment = enroll_person(
            learner=learner,
            path=path,
            source=Enrollment.Source.MANAGER,
            reason=reason,
            due_on=due_on,
            enrolled_by=manager,
            at=at,
        )
    else:
        enrollment = _require_from_now(standing, reason, due_on, manager, at)
    keep_leave(at=at, people=[learner.pk])
    write_audit_entry(
        actor=manager.as_actor,
        action="paths.enroll",
        object_type="people.user",
        object_id=str(learner.public_id),
        after={"path": path.title, "due_on": enrollment.due_on},
        reason=reason,
        at=at,
    )
    return enrollment


def _require_not_excluded(learner: User, path: LearningPathPage) -> None:
    exclusions = Exclusion.objects.filter(learner=learner, path=path, cleared_at=None)
    exclusion = exclusions.select_related("excluded_by").first()
    if exclusion is None:
        return
    raise ActionRefused(
        _(
            "%(admin)s decided on %(day)s that %(name)s does not get “%(path)s”, and such a decision holds until an "
            "administrator clears it. Ask %(admin)s, or another administrator."
        )
        % {
            "admin": exclusion.excluded_by,
            "day": date_format(today_of(learner, exclusion.excluded_at), "j F Y"),
            "name": learner,
            "path": path.title,
        },
        field="path",
    )


def _require_from_now(
    enrollment: Enrollment, reason: str, due_on: date | None, manager: User, at: datetime
) -> Enrollment:
    if enrollment.is_required:
        raise ActionRefused(
            _("This path is required of them already. To change its days, give them more time."), field="path"
        )
    after: dict[str, Any] = {
        "is_required": True,
        "source": Enrollment.Source.MANAGER,
        "reason": reason,
        "due_on": due_on or enrollment.due_on,
        "dates_by_hand": enrollment.dates_by_hand or due_on is not None,
        "version_id": None,
        "enrolled_by_id": manager.pk,
    }
    before = {name: getattr(enrollment, name) for name in after}
    for name, value in after.items():
        setattr(enrollment, name, value)
    enrollment.save(update_fields=[name.removesuffix("_id") for name in after])
    EnrollmentChange.objects.create(
        enrollment=enrollment,
        at=at,
        what=EnrollmentChange.What.ASSIGNED,
        actor=manager,
        before={name: value for name, value in before.items() if value != after[name]},
        after={name: value for name, value in after.items() if value != before[name]},
        reason=reason,
    )
    return enrollment
