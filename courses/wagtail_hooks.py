"""The CMS as authors meet it: a short menu, two lists, what is due for review, and guards for learners."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column
from wagtail.admin.ui.tables.pages import BulkActionsColumn, PageStatusColumn, PageTitleColumn
from wagtail.admin.viewsets.pages import PageListingViewSet

from courses.guards import (
    reason_not_to_alias,
    reason_not_to_delete,
    reason_not_to_publish,
    reason_not_to_unpublish,
)
from courses.models import ContentPage, LearningPathPage, MicroLessonPage
from courses.review_panel import REVIEW_AHEAD, DueForReview, ReviewPanel
from courses.selectors import due_for_review

HIDDEN_FROM_ALL = {"help"}  # leads to another host
HIDDEN_FROM_AUTHORS = {"explorer", "documents"}  # no block of a lesson shows a document


@hooks.register("insert_global_admin_js")
def scripts_under_strict_policy() -> str:
    """Start widgets without inline scripts, and style them without inline styles."""
    return format_html_join(
        "\n",
        '<script src="{}"></script>',
        [(static(f"courses/cms/{name}.js"),) for name in ("adopt-styles", "start-widgets")],
    )


@hooks.register("insert_global_admin_css")
def styles_for_narrow_screens() -> str:
    """Let lists be read on a phone."""
    return format_html('<link rel="stylesheet" href="{}">', static("courses/cms/narrow.css"))


# --- menu and lists -----------------------------------------------------------------------------------


def review_date(page: MicroLessonPage | LearningPathPage) -> str:
    """Return the day of review; Wagtail's own column would write "just now" for every day to come."""
    return date_format(page.review_by)


REVIEW_COLUMN = Column(
    "review_by", label=gettext_lazy("Review by"), accessor=review_date, sort_key="review_by", width="14%"
)


class LessonListing(PageListingViewSet):
    """All lessons, the one to be read again first at the top."""

    model = MicroLessonPage
    name = "lessons"
    menu_label = gettext_lazy("Lessons")
    icon = "doc-full"
    menu_order = 100
    add_to_admin_menu = True
    ordering = "review_by"
    list_filter = ["level", "roles", "skills", "tools"]
    list_display = [
        BulkActionsColumn("bulk_actions"),
        PageTitleColumn("title", label=gettext_lazy("Title"), sort_key="title"),
        Column("minutes", label=gettext_lazy("Minutes"), sort_key="minutes", width="8%"),
        REVIEW_COLUMN,
        PageStatusColumn("status", label=gettext_lazy("Status"), sort_key="live", width="12%"),
    ]


class PathListing(PageListingViewSet):
    """All learning paths."""

    model = LearningPathPage
    name = "learning_paths"
    menu_label = gettext_lazy("Learning paths")
    icon = "list-ol"
    menu_order = 110
    add_to_admin_menu = True
    ordering = "title"
    list_filter = ["role", "level"]
    list_display = [
        BulkActionsColumn("bulk_actions"),
        PageTitleColumn("title", label=gettext_lazy("Title"), sort_key="title"),
        Column("role", label=gettext_lazy("Role"), sort_key="role__name", width="20%"),
        REVIEW_COLUMN,
        PageStatusColumn("status", label=gettext_lazy("Status"), sort_key="live", width="12%"),
    ]


@hooks.register("register_admin_viewset")
def listings() -> list[PageListingViewSet]:
    """Put both lists into the menu."""
    return [LessonListing(), PathListing()]


@hooks.register("construct_main_menu")
def shorten_menu(request: HttpRequest, menu_items: list[Any]) -> None:
    """Leave out what authors do not need."""
    hidden = HIDDEN_FROM_ALL
    if not request.user.has_perm("people.act_as_admin"):
        hidden = hidden | HIDDEN_FROM_AUTHORS
    menu_items[:] = [item for item in menu_items if item.name not in hidden]


class DueForReviewPanel(ReviewPanel):
    """Lessons and paths that have to be read again within a month."""

    name = "due_for_review"
    order = 50

    def due(self) -> list[DueForReview]:
        """Return them, the longest overdue first."""
        return [
            DueForReview(page.title, reverse("wagtailadmin_pages:edit", args=[page.pk]), page.review_by)
            for page in due_for_review(by=timezone.localdate() + REVIEW_AHEAD)
        ]


@hooks.register("construct_homepage_panels")
def add_review_panel(_request: HttpRequest, panels: list[Any]) -> None:
    """Put the review panel above the others."""
    panels.insert(0, DueForReviewPanel())


# --- guards -------------------------------------------------------------------------------------------


@hooks.register("before_delete_page")
def guard_deletion(request: HttpRequest, page: ContentPage) -> HttpResponse | None:
    """Refuse to delete what learners need."""
    return _refuse(request, reason_not_to_delete([page]), redirect("wagtailadmin_pages:edit", page.pk))


@hooks.register("before_copy_page")
def guard_copying(request: HttpRequest, page: ContentPage) -> HttpResponse | None:
    """Refuse an alias; the form offers none, but a request may still ask for it."""
    reason = reason_not_to_alias() if request.POST.get("alias") else ""
    return _refuse(request, reason, redirect("wagtailadmin_pages:copy", page.pk))


@hooks.register("before_unpublish_page")
def guard_unpublishing(request: HttpRequest, page: ContentPage) -> HttpResponse | None:
    """Refuse to unpublish what a published path needs."""
    return _refuse(request, reason_not_to_unpublish([page]), redirect("wagtailadmin_pages:edit", page.pk))


@hooks.register("before_publish_page")
def guard_publishing(request: HttpRequest, page: ContentPage) -> HttpResponse | None:
    """Keep a draft for its reviewers; authors publish themselves only where no workflow is set up."""
    reason = reason_not_to_publish(request.user, [page])
    return _refuse(request, reason, redirect("wagtailadmin_pages:edit", page.pk))


@hooks.register("before_bulk_action")
def guard_bulk_action(
    request: HttpRequest, action_type: str, objects: list[Any], action: Any
) -> HttpResponse | None:
    """Hold bulk actions to the same rules."""
    pages = [entry for entry in objects if isinstance(entry, ContentPage)]
    if action_type == "delete":
        reason = reason_not_to_delete(pages)
    elif action_type == "unpublish":
        reason = reason_not_to_unpublish(pages)
    elif action_type == "publish":
        reason = reason_not_to_publish(request.user, pages)
    else:
        reason = ""
    return _refuse(request, reason, redirect(action.next_url))


@hooks.register("construct_page_action_menu")
def offer_review_instead(menu_items: list[Any], request: HttpRequest, context: dict[str, Any]) -> None:
    """Offer no button that would be refused."""
    page = context.get("page") or context.get("parent_page")
    if page is not None and reason_not_to_publish(request.user, [page]):
        menu_items[:] = [item for item in menu_items if item.name != "action-publish"]


def _refuse(request: HttpRequest, reason: str, back: HttpResponse) -> HttpResponse | None:
    if not reason:
        return None
    messages.error(request, reason)
    return back
