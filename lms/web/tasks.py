"""Periodic work that joins what several apps know."""

from celery import shared_task
from django.utils import timezone

from lms.web import finished_jobs


@shared_task(name="lms.web.tasks.tell_of_finished_jobs")
def tell_of_finished_jobs() -> int:
    """Tell people of their jobs that have ended."""
    return finished_jobs.tell_of_finished_jobs(now=timezone.now())
