"""What every page of ours needs."""

from typing import Any

import rules
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from lms.notifications.selectors.inbox import unread_count
from lms.web.navigation import manage_items, nav_items


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return the bar's content and the person's colors; nothing is computed for templates that do not ask."""
    person = getattr(request, "user", None)
    return {
        "nav_items": SimpleLazyObject(lambda: nav_items(request)),
        "manage_items": SimpleLazyObject(lambda: manage_items(request)),
        "may_review": SimpleLazyObject(lambda: rules.has_perm("people.act_as_reviewer", person)),
        "unread_count": SimpleLazyObject(lambda: unread_count(person) if person is not None else 0),
        "today_date": SimpleLazyObject(timezone.localdate),
        "theme": getattr(person, "theme", "system"),
        "is_demo": settings.PRAXIS_DEMO,
    }
