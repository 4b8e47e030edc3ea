"""Periodic work on paths."""

from celery import shared_task
from django.utils import timezone

from lms.paths import services


@shared_task
def settle_everyone() -> None:
    """Complete paths for those to whom an author's change has left nothing to do."""
    services.settle_everyone(at=timezone.now())
