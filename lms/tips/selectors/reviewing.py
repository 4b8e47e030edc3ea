"""Tips that have to be read again, and what stands in the way of deleting one."""

from collections.abc import Collection
from datetime import date

from lms.tips.models import Tip, TipDelivery, TipPlan


def tips_due_for_review(by: date) -> list[Tip]:
    """Return published tips to be reviewed by a day, the longest overdue first; one query."""
    return list(Tip.objects.filter(live=True, review_by__lte=by).order_by("review_by", "title"))


def tip_that_must_stay(tips: Collection[Tip]) -> Tip | None:
    """Return one that somebody has had or gets, or that a plan sends; None when all may go. Two queries."""
    keys = [tip.pk for tip in tips]
    used = {
        *TipDelivery.objects.filter(tip__in=keys).order_by().values_list("tip", flat=True).distinct(),
        *TipPlan.objects.filter(tip__in=keys).values_list("tip", flat=True),
    }
    return next((tip for tip in tips if tip.pk in used), None)
