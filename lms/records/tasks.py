"""Delivery of the ledger in the background: woken after each commit for promptness, swept for certainty."""

from celery import shared_task

from lms.records import services


@shared_task
def deliver_records() -> None:
    """Let every consumer catch up."""
    services.deliver_to_all()
