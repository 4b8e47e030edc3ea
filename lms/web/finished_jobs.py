"""Telling whoever started a job that it has ended, when it took longer than they will have watched."""

from datetime import datetime, timedelta

from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _

from lms.jobs.models import Job
from lms.notifications.services.notifying import Notice, notify_all
from lms.web.notification_types import JOB_FINISHED

WATCHED_FOR = timedelta(seconds=30)
LOOKS_BACK = timedelta(days=3)
"""Also what ended while no worker looked; each is told once all the same."""


def tell_of_finished_jobs(*, now: datetime) -> int:
    """Tell people of their jobs that have ended within three days, each once; returns how many there are."""
    ended = Job.objects.filter(
        finished_at__gt=now - LOOKS_BACK, finished_at__gte=F("created_at") + WATCHED_FOR, actor__isnull=False
    )
    jobs = list(ended)
    titles = {
        Job.State.DONE: _("Done: %(title)s"),
        Job.State.FAILED: _("Not done: %(title)s"),
        Job.State.CANCELLED: _("Stopped: %(title)s"),
    }
    notices = [
        Notice(
            job.actor_id,
            f"{job.public_id}:{job.state}",
            titles[Job.State(job.state)] % {"title": job.title},
            path=reverse("manage-job", args=[job.public_id]),
        )
        for job in jobs
        if job.actor_id is not None and job.state in titles
    ]
    notify_all(type=JOB_FINISHED, notices=notices, at=now)
    return len(notices)
