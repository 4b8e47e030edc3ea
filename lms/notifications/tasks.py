"""Sending in the background. The database says what is due; these only look."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from lms.core.services import claim_slot
from lms.notifications.channels import CHANNELS
from lms.notifications.selectors.waiting import senders_needed
from lms.notifications.services.limiting import fall_back, fall_back_from_what_is_gone
from lms.notifications.services.planning import plan_digests as plan
from lms.notifications.services.sending import send_due, settle_left_behind

ONE_TURN = timedelta(seconds=60)
"""So that what else waits in the queue gets its turn, and well below the time limit of a task."""
SWEEP = timedelta(seconds=15)
PLANNING = timedelta(minutes=5)
"""How often beat sends each; the schedule in the settings says the same."""


@shared_task(name="lms.notifications.tasks.wake_senders")
def wake_senders() -> None:
    """Free what lost workers and lost channels held, then ask for as many senders as there is work for, and no more."""
    now = timezone.now()
    if not claim_slot(name="wake-senders", every=SWEEP, at=now):
        return
    settle_left_behind(now=now)
    fall_back_from_what_is_gone(now=now)
    fall_back(now=now)
    for channel, number in senders_needed(now).items():
        for _each in range(number):
            send.apply_async([channel], expires=ONE_TURN.total_seconds())


@shared_task(name="lms.notifications.tasks.send")
def send(channel: str) -> int:
    """Send what is due on one channel."""
    return send_due(channel=CHANNELS[channel], now=timezone.now, until=timezone.now() + ONE_TURN)


@shared_task(name="lms.notifications.tasks.plan_digests")
def plan_digests() -> int:
    """Queue digests for whoever has something waiting; returns for how many."""
    now = timezone.now()
    if not claim_slot(name="plan-digests", every=PLANNING, at=now):
        return 0
    return plan(now=now, goes_on=lambda: timezone.now() < now + ONE_TURN)
