"""What happens in the background: signing, reminders, what a day changes."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from badges.services.addressing import follow_work_addresses
from badges.services.following import follow_all_rules
from badges.services.letters import send_letters as send_waiting_letters
from badges.services.reminding import note_expired, remind_of_expiry
from badges.services.signing import sign_waiting

ONE_TURN = timedelta(seconds=60)
"""So that what else waits in the queue gets its turn, and well below the time limit of a task."""


@shared_task(name="badges.tasks.sign_awards")
def sign_awards() -> int:
    """Sign what waits to be signed."""
    now = timezone.now()
    return sign_waiting(now=now, until=now + ONE_TURN)


@shared_task(name="badges.tasks.keep_rules")
def keep_rules() -> int:
    """Do what rules say for everyone: the ledger wakes them for one person, days pass for all."""
    now = timezone.now()
    return follow_all_rules(at=now, goes_on=lambda: timezone.now() < now + ONE_TURN)


@shared_task(name="badges.tasks.remind_of_expiry")
def remind() -> int:
    """Note reminders before credentials expire, and those that have."""
    now = timezone.now()
    return len(remind_of_expiry(at=now)) + note_expired(at=now)


@shared_task(name="badges.tasks.follow_addresses")
def follow_addresses() -> int:
    """Let credentials name the work address that their holders have now."""
    return follow_work_addresses(at=timezone.now())


@shared_task(name="badges.tasks.send_letters")
def send_letters() -> int:
    """Send letters with links to holders."""
    return send_waiting_letters(at=timezone.now())
