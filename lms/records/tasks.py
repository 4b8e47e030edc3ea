"""Delivery of the ledger in the background: woken after each commit for promptness, swept for certainty."""

from celery import shared_task

from lms.records import services

SECONDS_PER_RUN = 120
"""Well under the time limit of a task. What is left then, the next sweep takes up."""


@shared_task
def deliver_records() -> None:
    """Let every consumer catch up."""
    services.deliver_to_all(for_seconds=SECONDS_PER_RUN)
