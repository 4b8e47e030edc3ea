"""What became of tips, for their authors: how many, never who."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, F, Q

from lms.notifications.models import Delivery
from lms.notifications.slots import monday_of
from lms.tips.models import TipDelivery
from lms.tips.shares import Share, count_of, share_of


@dataclass(frozen=True)
class Insight:
    """What became of one tip, in people.

    Attributes:
        until: The Monday before which everything is counted.
        delivered: Who got it; None for fewer than the floor.
        opened: Of those, who opened its page. Whether a mail was read is not watched.
        answered: Of those, who answered its question when it first came.
        right: Of those who answered, who were right at the first try.
        rated: Of those who got it, who said whether it was useful.
        useful: Of those who said, who found it useful.
    """

    until: date
    delivered: int | None
    opened: Share
    answered: Share
    right: Share
    rated: Share
    useful: Share


COHORT = 10
"""The fewest people who got a tip in one week for that week to count: what is added later never speaks of fewer."""
FIGURES = ("delivered", "opened", "answered", "right", "rated", "useful")


def insights_of(tips: Collection[int], now: datetime) -> dict[int, Insight]:
    """Return what became of tips, by their keys; one query.

    Only weeks that are over count, and in each only what happened within it: figures that moved while people answer, or
    answer late, would tell who did.

    Args:
        tips: Keys of the tips.
        now: The present.
    """
    monday = monday_of(now.date())
    sums = {tip: dict.fromkeys(FIGURES, 0) for tip in tips}
    for week in _weeks(tips, monday):
        for figure in FIGURES:
            sums[week["tip"]][figure] += week[figure]
    return {tip: _insight(sums[tip], monday) for tip in tips}


def _weeks(tips: Collection[int], monday: date) -> Any:
    """Return the figures of each tip and week that enough people share."""
    over = F("expires_at")  # the end of the week where each recipient lives
    answered = Q(answer__is_first=True, answer__tip=F("tip"), answer__answered_at__lt=over)
    rated = Q(rated_at__lt=over)
    sent = TipDelivery.objects.filter(tip__in=tips, state=Delivery.State.SENT, week__lt=monday)
    return (
        sent.order_by()
        .values("tip", "week")
        .annotate(
            delivered=_people(),
            opened=_people(Q(opened_at__lt=over)),
            answered=_people(answered),
            right=_people(answered & Q(answer__is_right=True)),
            rated=_people(rated),
            useful=_people(rated & Q(usefulness=TipDelivery.Usefulness.USEFUL)),
        )
        .filter(delivered__gte=COHORT)
    )


def _people(condition: Q | None = None) -> Count:
    return Count("recipient", distinct=True, filter=condition)


def _insight(row: dict[str, int], monday: date) -> Insight:
    delivered = count_of(row.get("delivered", 0))
    answered = share_of(row.get("answered", 0), delivered)
    rated = share_of(row.get("rated", 0), delivered)
    return Insight(
        until=monday,
        delivered=delivered,
        opened=share_of(row.get("opened", 0), delivered),
        answered=answered,
        right=share_of(row.get("right", 0), answered.part),
        rated=rated,
        useful=share_of(row.get("useful", 0), rated.part),
    )
