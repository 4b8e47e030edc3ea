"""The plans by which tips go out."""

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from lms.notifications.models import Delivery
from lms.tips.models import TipDelivery, TipPlan


def plan_for_everybody() -> TipPlan | None:
    """Return the weekly plan that is in force; None while there is none. One query."""
    plan: TipPlan | None = TipPlan.objects.filter(audience=None, is_enabled=True).first()
    return plan


def plan_for_everybody_or_off() -> TipPlan | None:
    """Return the weekly plan, also while it is off; None before there was one. One query."""
    plan: TipPlan | None = TipPlan.objects.filter(audience=None).order_by("-is_enabled", "pk").first()
    return plan


def weekly_plan_as(*, is_enabled: bool, weekday: int, hour: int) -> TipPlan:
    """Return the weekly plan as it would be, not saved; one query."""
    stored = plan_for_everybody_or_off() or TipPlan(name=_("Weekly tip"))
    return TipPlan(pk=stored.pk, name=stored.name, is_enabled=is_enabled, weekday=weekday, hour=hour)


def campaigns() -> QuerySet[TipPlan]:
    """Return all campaigns with their audiences and tips; in no order."""
    return TipPlan.objects.exclude(audience=None).select_related("audience", "tip")


def not_begun(now: datetime) -> QuerySet[TipDelivery]:
    """Return what is queued, was never tried, and cannot be read yet: it can be moved and taken back."""
    return TipDelivery.objects.filter(
        state=Delivery.State.QUEUED, attempts=0, planned_at__gt=now, answer=None
    )
