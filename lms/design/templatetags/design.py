"""Template tags of the design system, available in every template."""

from collections.abc import Iterable
from typing import Any

from django import template

register = template.Library()


@register.inclusion_tag("design/_partials/track.html")
def track(steps: Iterable[Any]) -> dict[str, Any]:
    """Draw a progress track of things that have a `status`; the words that explain it stand beside it."""
    return {"steps": [step.status for step in steps]}
