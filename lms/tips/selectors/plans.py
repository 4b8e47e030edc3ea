"""The plans by which tips go out."""

from lms.tips.models import TipPlan


def plan_for_everybody() -> TipPlan | None:
    """Return the weekly plan that is in force; None while there is none. One query."""
    plan: TipPlan | None = TipPlan.objects.filter(audience=None, is_enabled=True).first()
    return plan


def plan_for_everybody_or_off() -> TipPlan | None:
    """Return the weekly plan, also while it is off; None before there was one. One query."""
    plan: TipPlan | None = TipPlan.objects.filter(audience=None).order_by("-is_enabled", "pk").first()
    return plan


def campaigns() -> list[TipPlan]:
    """Return all campaigns with their audiences and tips, the newest first; one query."""
    return list(TipPlan.objects.exclude(audience=None).select_related("audience", "tip").order_by("-pk"))
