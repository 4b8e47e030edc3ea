"""What one person has had of tips; theirs alone to see."""

from datetime import date, datetime

from django.db.models import QuerySet

from lms.notifications.slots import monday_of
from lms.people.models import User
from lms.tips.models import TipDelivery
from lms.tips.selectors.choosing import LOST


def tips_had(person: User, now: datetime) -> QuerySet[TipDelivery]:
    """Return the deliveries whose hour has come, with their tips and what was answered; in no order.

    One that still waits for its channel counts: it can be read on the page meanwhile.
    """
    rows: QuerySet[TipDelivery] = TipDelivery.objects.filter(recipient=person, due_at__lte=now)
    return rows.exclude(state__in=LOST).select_related("tip", "recall__tip", "answer__tip")


def tip_of_the_week(person: User, today: date, now: datetime) -> TipDelivery | None:
    """Return the tip of this week once its hour has come, with where it leads; None before, or when there is none.

    Args:
        person: Whose.
        today: The day it is where they live.
        now: The present.

    Cost: one query.
    """
    rows = tips_had(person, now).filter(week=monday_of(today), tip__live=True)
    return rows.select_related("tip__lesson", "tip__exercise").defer("tip__lesson__body").first()
