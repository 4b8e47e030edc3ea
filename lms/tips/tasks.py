"""Planning in the background."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from lms.core.services import claim_slot
from lms.tips.services.planning import plan_tips as plan
from lms.tips.services.watching import tell_authors_of_empty_pools

ONE_TURN = timedelta(seconds=120)
PLANNING = timedelta(minutes=10)
"""How often beat sends it; the schedule in the settings says the same."""


@shared_task(name="lms.tips.tasks.plan_tips")
def plan_tips() -> int:
    """Write the tips whose hour comes within a day; returns how many."""
    now = timezone.now()
    if not claim_slot(name="plan-tips", every=PLANNING, at=now):
        return 0
    return plan(now=now, goes_on=lambda: timezone.now() < now + ONE_TURN)


@shared_task(name="lms.tips.tasks.watch_pools")
def watch_pools() -> int:
    """Tell authors of roles for which no tip is left."""
    return tell_authors_of_empty_pools(now=timezone.now())
