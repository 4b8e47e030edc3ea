"""Long work in the background: woken after each commit for promptness, swept for certainty."""

from celery import shared_task
from django.utils import timezone

from lms.jobs import services

SECONDS_PER_RUN = 30
"""So that what else waits in the queue gets its turn between two runs."""


@shared_task
def run_jobs() -> None:
    """Work on the jobs for a while."""
    services.run_jobs(for_seconds=SECONDS_PER_RUN)


@shared_task
def delete_old_results() -> None:
    """Delete what nobody needs any more."""
    services.delete_old_results(at=timezone.now())
