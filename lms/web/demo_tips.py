"""The weekly tip of the demo company: switched on, and with some weeks behind it."""

import random
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Least

from lms.notifications.models import Delivery
from lms.tips.models import TipDelivery, TipPlan
from lms.tips.services.answering import answer_tip, asked_in, say_useful
from lms.tips.services.planning import plan_tips
from lms.web.demo_company import CAST

PLAN = "Weekly tip"
WEEKS = 3
SEED = 2026
TOOK_PART = 0.6
WAS_RIGHT = 0.65
RATED = 0.5
FOUND_USEFUL = 0.8


@transaction.atomic
def give_tips(*, now: datetime) -> None:
    """Switch the plan on: Tuesday at nine. The first time, give everyone but the cast some weeks of it.

    The cast has its first tip this week, whatever day it is: whoever opens the demo looks for it.
    """
    _plan, is_new = TipPlan.objects.get_or_create(
        audience=None, name=PLAN, defaults={"weekday": 2, "hour": 9, "is_enabled": True}
    )
    if not is_new:
        return
    luck = random.Random(SEED)  # noqa: S311  the same company every time
    for weeks in range(WEEKS, 0, -1):
        plan_tips(now=_tuesday_of(now - timedelta(weeks=weeks)))
        _of_the_cast().delete()
        _let_happen(luck, now)
    plan_tips(now=_tuesday_of(now))
    earlier = Least(F("planned_at"), Value(now - timedelta(hours=1)))
    _of_the_cast().update(
        planned_at=earlier, due_at=earlier, state=Delivery.State.SENT, sent_at=earlier, begun_at=earlier
    )
    _let_happen(luck, now)


def _tuesday_of(moment: datetime) -> datetime:
    monday = moment - timedelta(days=moment.weekday())
    return monday.replace(hour=6, minute=0, second=0, microsecond=0) + timedelta(days=1)


def _of_the_cast() -> QuerySet[TipDelivery]:
    rows: QuerySet[TipDelivery] = TipDelivery.objects.filter(
        state=Delivery.State.QUEUED, recipient__email__in=CAST
    )
    return rows


def _let_happen(luck: random.Random, now: datetime) -> None:
    """Let what was planned until now have been sent, and some of it be opened, answered and rated."""
    planned = TipDelivery.objects.filter(state=Delivery.State.QUEUED, planned_at__lte=now)
    rows = list(planned.select_related("tip", "recall__tip", "recipient").order_by("pk"))
    planned.update(state=Delivery.State.SENT, sent_at=F("planned_at"), begun_at=F("planned_at"))
    for row in rows:
        if luck.random() > TOOK_PART:
            continue
        at = min(now, row.planned_at + timedelta(minutes=luck.randint(1, 600)))
        TipDelivery.objects.filter(pk=row.pk).update(opened_at=at)
        found = asked_in(row)
        if found is not None:
            options = found[1].options
            choice = found[1].right if luck.random() < WAS_RIGHT else luck.choice(options)
            answer_tip(delivery=row, choice=choice.id, channel="web", at=at)
        if luck.random() < RATED:
            say_useful(delivery=row, is_useful=luck.random() < FOUND_USEFUL, at=at)
