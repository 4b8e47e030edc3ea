"""Tips as authors write them, the plan by which they go out, and what became of each."""

from lms.tips.models.answers import RecallCard, TipAnswer
from lms.tips.models.deliveries import TipDelivery
from lms.tips.models.plans import Holiday, TipPlan, TipPreferences
from lms.tips.models.tips import Tip

__all__ = ["Holiday", "RecallCard", "Tip", "TipAnswer", "TipDelivery", "TipPlan", "TipPreferences"]
