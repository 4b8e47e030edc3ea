"""What became of tips, for their authors: how many, never who."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
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


def insights_of(tips: Collection[int], now: datetime) -> dict[int, Insight]:
    """Return what became of tips, by their keys; one query.

    Only weeks that are over count: figures that moved while people answer would tell who did.

    Args:
        tips: Keys of the tips.
        now: The present.
    """
    monday = monday_of(now.date())
    rows = {row["tip"]: row for row in _counted(tips, monday)}
    return {tip: _insight(rows.get(tip, {}), monday) for tip in tips}


def _counted(tips: Collection[int], monday: date) -> Any:
    midnight = datetime.combine(monday, time.min, tzinfo=UTC)
    answered = Q(answer__is_first=True, answer__tip=F("tip"), answer__answered_at__lt=midnight)
    useful = TipDelivery.Usefulness.USEFUL
    sent = TipDelivery.objects.filter(tip__in=tips, state=Delivery.State.SENT, week__lt=monday)
    return (
        sent.order_by()
        .values("tip")
        .annotate(
            delivered=_people(),
            opened=_people(Q(opened_at__lt=midnight)),
            answered=_people(answered),
            right=_people(answered & Q(answer__is_right=True)),
            rated=_people(~Q(usefulness="")),
            useful=_people(Q(usefulness=useful)),
        )
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
