"""The weekly tip of the demo company: switched on, and with some weeks behind it."""

import random
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

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
    """Switch the plan on: Tuesday at nine. The first time, give everyone but the cast some weeks of it."""
    _plan, is_new = TipPlan.objects.get_or_create(
        audience=None, name=PLAN, defaults={"weekday": 2, "hour": 9, "is_enabled": True}
    )
    if not is_new:
        return
    luck = random.Random(SEED)  # noqa: S311  the same company every time
    for weeks in range(WEEKS, 0, -1):
        monday = (now - timedelta(weeks=weeks)).date()
        monday -= timedelta(days=monday.weekday())
        tuesday = datetime(monday.year, monday.month, monday.day, 6, tzinfo=now.tzinfo) + timedelta(days=1)
        plan_tips(now=tuesday)
        _let_happen(luck)


def _let_happen(luck: random.Random) -> None:
    """Let what was planned have been sent, and some of it be opened, answered and rated."""
    planned = TipDelivery.objects.filter(state=Delivery.State.QUEUED)
    planned.filter(recipient__email__in=CAST).delete()
    rows = list(planned.select_related("tip", "recall__tip", "recipient").order_by("pk"))
    planned.update(state=Delivery.State.SENT, sent_at=F("planned_at"), begun_at=F("planned_at"))
    for row in rows:
        if luck.random() > TOOK_PART:
            continue
        at = row.planned_at + timedelta(minutes=luck.randint(1, 600))
        TipDelivery.objects.filter(pk=row.pk).update(opened_at=at)
        found = asked_in(row)
        if found is not None:
            options = found[1].options
            choice = found[1].right if luck.random() < WAS_RIGHT else luck.choice(options)
            answer_tip(delivery=row, choice=choice.id, channel="web", at=at)
        if luck.random() < RATED:
            say_useful(delivery=row, is_useful=luck.random() < FOUND_USEFUL, at=at)
