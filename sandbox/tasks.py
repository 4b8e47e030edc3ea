"""What happens in the background: text that is old goes, runs that nobody ends are ended."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from sandbox.services.answering import end_left_behind
from sandbox.services.counting import count_last_month
from sandbox.services.judging import give_opinions
from sandbox.services.keeping import remove_old_text

ONE_TURN = timedelta(seconds=60)
"""So that what else waits in the queue gets its turn, and well below the time limit of a task."""


@shared_task(name="sandbox.tasks.remove_old_practice")
def remove_old_practice() -> int:
    """Remove prompts and answers that nobody wants kept any more."""
    return remove_old_text(now=timezone.now())


@shared_task(name="sandbox.tasks.end_runs_left_behind")
def end_runs_left_behind() -> int:
    """End runs whose process died, also when no other process streams."""
    return end_left_behind(at=timezone.now())


@shared_task(name="sandbox.tasks.give_second_opinions")
def give_second_opinions() -> int:
    """Give the second opinions that learners have asked for."""
    return give_opinions(now=timezone.now, until=timezone.now() + ONE_TURN)


@shared_task(name="sandbox.tasks.count_last_month")
def count_practice() -> int:
    """Count what was practiced in the month before this one."""
    return count_last_month(now=timezone.now())
