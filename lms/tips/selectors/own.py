"""What one person has had of tips; theirs alone to see."""

from datetime import date, datetime

from django.db.models import Q, QuerySet

from lms.notifications.slots import monday_of
from lms.people.models import User
from lms.tips.models import TipDelivery
from lms.tips.selectors.choosing import NEVER_HAD


def tips_had(person: User, now: datetime) -> QuerySet[TipDelivery]:
    """Return the deliveries whose hour has come, with their tips and what was answered; in no order.

    Whatever becomes of the message counts for nothing: it can be read on the page. Only what was dropped before its
    recipient did anything with it is left out.
    """
    rows: QuerySet[TipDelivery] = TipDelivery.objects.filter(recipient=person, planned_at__lte=now)
    return rows.exclude(NEVER_HAD & Q(answer=None)).select_related("tip", "recall__tip", "answer__tip")


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
