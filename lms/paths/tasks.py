"""Periodic work on paths."""

from celery import shared_task
from django.utils import timezone

from lms.paths import services

SECONDS_PER_RUN = 120


@shared_task
def follow_people() -> None:
    """Bring everyone in line with the rules whose facts have changed."""
    services.follow_people(at=timezone.now(), for_seconds=SECONDS_PER_RUN)


@shared_task
def start_daily_round() -> None:
    """See that today's round of the rules has been started; asked every hour, done once a day."""
    services.start_daily_round(at=timezone.now())


@shared_task
def settle_everyone() -> None:
    """Complete paths for those to whom an author's change has left nothing to do."""
    services.settle_everyone(at=timezone.now())
