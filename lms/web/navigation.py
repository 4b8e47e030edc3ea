"""What the bar at the top shows."""

from dataclasses import dataclass
from typing import Any

import rules
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class NavItem:
    """One place in the bar.

    Attributes:
        label: Its word.
        url_name: Route it leads to.
        icon: Heroicon, shown where the bar is at the bottom.
        permission: Permission needed to see it; empty for everyone signed in.
        paths: Beginnings of addresses that belong to it.
    """

    label: Promise
    url_name: str
    icon: str
    permission: str = ""
    paths: tuple[str, ...] = ()


ITEMS = [
    NavItem(_("Today"), "today", "sun", paths=("/tips/",)),
    NavItem(_("Learning"), "learning", "book-open", paths=("/learning/", "/paths/", "/lessons/")),
    NavItem(_("Practice"), "practice", "beaker", paths=("/practice/",)),
    NavItem(_("My record"), "record", "academic-cap", paths=("/me/record/", "/me/nominations/")),
    NavItem(_("Team"), "team", "users", "people.act_as_manager", paths=("/team/",)),
    NavItem(
        _("Manage"),
        "manage",
        "adjustments-horizontal",
        "people.act_as_admin",
        paths=("/manage/", "/reports/"),
    ),
    NavItem(_("Author"), "wagtailadmin_home", "pencil-square", permission="people.enter_cms"),
]

MANAGE_ITEMS = [
    NavItem(_("Overview"), "manage", "home"),
    NavItem(_("People"), "manage-people", "users", paths=("/manage/people/",)),
    NavItem(
        _("Assignments"),
        "manage-rules",
        "arrows-right-left",
        paths=("/manage/assignments/", "/manage/enroll/"),
    ),
    NavItem(
        _("Credentials"),
        "manage-credentials",
        "check-badge",
        paths=("/manage/credentials/", "/manage/awards/"),
    ),
    NavItem(_("Practice"), "manage-practice", "beaker", paths=("/manage/practice/",)),
    NavItem(_("Tips"), "manage-tips", "light-bulb", paths=("/manage/tips/",)),
    NavItem(_("Messages"), "manage-messages", "envelope", paths=("/manage/messages/",)),
    NavItem(_("Reports"), "reports", "chart-bar", paths=("/reports/",)),
    NavItem(_("Jobs"), "manage-jobs", "queue-list", paths=("/manage/jobs/",)),
    NavItem(_("Audit trail"), "manage-audit", "finger-print", paths=("/manage/audit/",)),
    NavItem(_("Settings"), "manage-settings", "cog-6-tooth", paths=("/manage/settings/",)),
]


def manage_items(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the places within Manage, the current one marked."""
    return _places(MANAGE_ITEMS, request)


def nav_items(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the places this person may go to, the current one marked."""
    return _places(ITEMS, request)


def _places(items: list[NavItem], request: HttpRequest) -> list[dict[str, Any]]:
    return [
        {
            "label": item.label,
            "url": reverse(item.url_name),
            "icon": item.icon,
            "is_current": request.path == reverse(item.url_name) or request.path.startswith(item.paths),
        }
        for item in items
        # Asked of the predicates alone: Django's own permission tables would cost two queries to say no.
        if not item.permission or rules.has_perm(item.permission, request.user)
    ]
