"""What the pages of the practice area draw."""

import csv
from io import StringIO
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from wagtail.rich_text import expand_db_html

from sandbox.rubric import LABELS

register = template.Library()

STEPS = 10


@register.filter
def rich_brief(source: str) -> SafeString:
    """Return stored rich text as HTML; Wagtail cleaned it when it was stored."""
    html: SafeString = mark_safe(expand_db_html(source))  # noqa: S308
    return html


@register.filter
def csv_rows(text: str) -> list[list[str]]:
    """Return the rows of a table."""
    return list(csv.reader(StringIO(text)))


@register.filter
def criterion_label(key: str) -> str:
    """Return what a criterion of the rubric is called."""
    return str(LABELS[key])


@register.simple_tag
def meter(label: Any, score: int | None) -> SafeString:
    """Return a score with its word and a quiet track; a dash where there is none."""
    if score is None:
        return format_html('<div class="meter"><span>{}</span><b>&ndash;</b></div>', label)
    full = round(score * STEPS / 100)
    track = SafeString('<i class="done"></i>' * full + "<i></i>" * (STEPS - full))
    return format_html(
        '<div class="meter"><span>{}</span><b>{}</b><div class="track" aria-hidden="true">{}</div></div>',
        label,
        score,
        track,
    )
