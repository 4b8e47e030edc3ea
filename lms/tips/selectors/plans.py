"""The plans by which tips go out."""

from lms.tips.models import TipPlan


def plan_for_everybody() -> TipPlan | None:
    """Return the weekly plan that is in force; None while there is none. One query."""
    plans = TipPlan.objects.filter(audience=None, is_enabled=True)
    plan: TipPlan | None = plans.first()
    return plan
