"""Where the plan of a job is read, confirmed or discarded."""

from typing import NamedTuple

from django.urls import reverse

from badges.services.listing import AWARD_LISTED
from lms.jobs.models import Job
from lms.paths.services.enrolling import ENROLL_LISTED


class PlanPages(NamedTuple):
    """The routes for the plans of one kind of job."""

    look: str
    discard: str


PLANS = {
    ENROLL_LISTED: PlanPages("manage-enroll-plan", "manage-enroll-discard"),
    AWARD_LISTED: PlanPages("manage-award-plan", "manage-award-plan-discard"),
}


def plan_address(job: Job) -> str:
    """Return where the plan of a job is read; empty for one that does not wait for anybody."""
    if job.state != Job.State.PREVIEWED or job.kind not in PLANS:
        return ""
    return reverse(PLANS[job.kind].look, args=[job.public_id])


def discard_address(job: Job) -> str:
    """Return where the plan of a job is put away; for one that has a `plan_address`."""
    return reverse(PLANS[job.kind].discard, args=[job.public_id])
