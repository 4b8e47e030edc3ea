"""Periodic work on paths."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from lms.paths import services
from lms.paths.services.telling import tell_of_required_paths

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
def tell_of_days() -> int:
    """Tell people what is required of them, due soon, or overdue."""
    until = timezone.now() + timedelta(seconds=SECONDS_PER_RUN)
    return tell_of_required_paths(now=timezone.now(), goes_on=lambda: timezone.now() < until)


@shared_task
def settle_everyone() -> None:
    """Complete paths for those to whom an author's change has left nothing to do."""
    services.settle_everyone(at=timezone.now())
