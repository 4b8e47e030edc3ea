"""Periodic work of the library."""

from celery import shared_task
from django.utils import timezone

from courses import services


@shared_task
def publish_scheduled_pages() -> None:
    """Publish and unpublish what authors scheduled."""
    services.publish_scheduled_pages(at=timezone.now())


@shared_task
def continue_calibrations() -> None:
    """Ask models that are being calibrated about the next prompts."""
    services.continue_calibrations(now=timezone.now)
