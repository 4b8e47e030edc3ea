"""Template tags of the design system, available in every template."""

from collections.abc import Iterable
from typing import Any

from django import template

register = template.Library()


@register.inclusion_tag("design/_partials/track.html")
def track(steps: Iterable[Any], current: Any = None) -> dict[str, Any]:
    """Draw a progress track of things that have a `status`; the words that explain it stand beside it.

    The current one, unless it is done, is drawn as begun.
    """
    return {"steps": ["now" if step == current and step.status != "done" else step.status for step in steps]}
