"""Days on pages, as short as they can be understood."""

from datetime import date

from django import template
from django.utils.formats import date_format
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def short_day(day: date, today: date) -> str:
    """Return a day with its year only when that is not this one, such as "8 December" or "4 January 2027"."""
    return date_format(day, "j F" if day.year == today.year else "j F Y")


@register.filter
def on_weekday(day: date, today: date) -> str:
    """Return when something of this week was: "today", or "on Tuesday"."""
    return _("today") if day == today else _("on %s") % date_format(day, "l")
