"""Template tags of the design system, available in every template."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from heroicons.templatetags.heroicons import heroicon_mini, heroicon_outline

from lms.design.charts import BarChart, ColumnChart

register = template.Library()

SIZES = {"outline": heroicon_outline, "mini": heroicon_mini}
MANY_STEPS = 40


@register.simple_tag
@cache
def icon(name: str, size: str = "outline") -> SafeString:
    """Draw a Heroicon, hidden from screen readers: words stand beside it. Drawn once per process, then remembered."""
    return SafeString(SIZES[size](name, aria_hidden="true"))


@register.simple_tag
def track(steps: Iterable[Any], current: Any = None) -> SafeString:
    """Draw a progress track of things that have a `status`; the words that explain it stand beside it.

    The current one is outlined while it is open; only what is done is filled.
    """
    statuses = ["now" if step is current and step.status == "open" else step.status for step in steps]
    bars = format_html_join("", '<i class="{}"></i>', ((status,) for status in statuses))
    size = "track many" if len(statuses) > MANY_STEPS else "track"
    return format_html('<div class="{}" aria-hidden="true">{}</div>', size, bars)


@register.inclusion_tag("design/chart_bars.html")
def bars(chart: BarChart, id: str) -> dict[str, Any]:  # noqa: A002 it is what the page calls it
    """Draw stacked bars, with their table folded under them; `id` is unique on the page."""
    return {"chart": chart, "id": id}


@register.inclusion_tag("design/chart_columns.html")
def columns(chart: ColumnChart, id: str) -> dict[str, Any]:  # noqa: A002 it is what the page calls it
    """Draw columns on one base line, with their table folded under them; `id` is unique on the page."""
    return {"chart": chart, "id": id}
