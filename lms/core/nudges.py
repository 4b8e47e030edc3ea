"""Asking a worker to do soon what a sweep does anyway."""

import logging
from functools import partial

from celery import current_app
from django.db import transaction
from kombu.exceptions import ChannelError, OperationalError

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_SWEEPS = 15
"""How often beat sends what is nudged; a nudge that has waited for longer is worth nothing."""


def nudge_on_commit(task: str) -> None:
    """Once the caller's transaction is committed, ask a worker to run a task that takes no arguments.

    Without a broker nothing is lost: what is to be done stands in the database, and the next sweep finds it.

    Args:
        task: Its name, as in the schedule of beat.
    """
    transaction.on_commit(partial(_nudge, task), robust=True)


def _nudge(task: str) -> None:
    try:
        current_app.send_task(task, expires=SECONDS_BETWEEN_SWEEPS)
    except (OperationalError, ChannelError, OSError):
        logger.warning("The broker cannot be reached; %s waits for the next sweep.", task)
