"""Exercises in the CMS: a list beside lessons and paths, and a guard for people who are on them."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, UpdatedAtColumn
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from sandbox.models import Exercise


class ExerciseListing(SnippetViewSet):
    """All exercises, the one to be read again first at the top."""

    model = Exercise
    icon = "edit"
    menu_label = _("Exercises")
    menu_name = "exercises"
    menu_order = 105
    add_to_admin_menu = True
    ordering = "review_by"
    list_display: tuple[Any, ...] = (
        "title",
        "task",
        Column("minutes", label=_("Minutes"), sort_key="minutes"),
        Column("review_by", label=_("Review by"), sort_key="review_by"),
        UpdatedAtColumn(),
    )
    list_filter = ("level", "roles")
    search_fields = ("title", "summary", "task")


register_snippet(ExerciseListing)
