"""Delivery of the ledger in the background: a nudge after each commit for promptness, a sweep for certainty."""

import logging

from celery import shared_task
from kombu.exceptions import OperationalError

from lms.records import services

logger = logging.getLogger(__name__)


@shared_task
def deliver_records() -> None:
    """Let every consumer catch up."""
    services.deliver_to_all()


def wake_consumers() -> None:
    """Ask a worker to deliver soon. Without a broker nothing is lost: the sweep delivers."""
    try:
        deliver_records.delay()
    except (OperationalError, OSError):
        logger.warning("The broker cannot be reached; consumers wait for the next sweep.")
