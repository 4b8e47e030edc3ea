"""Tips in the CMS: their list in the menu, their pages, what is due for review, and guards."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.snippets.models import register_snippet

from courses.review_panel import REVIEW_AHEAD, DueForReview, ReviewPanel
from lms.tips.cms.insight import TipInsightView, TipReportView
from lms.tips.cms.listing import SendTestItem, TipListing
from lms.tips.cms.sample import sample
from lms.tips.guards import reason_not_to_delete, reason_not_to_publish
from lms.tips.models import Tip
from lms.tips.selectors.reviewing import tips_due_for_review

register_snippet(TipListing)


@hooks.register("register_admin_urls")
def pages() -> list[URLPattern]:
    """Return the pages that no viewset makes."""
    return [
        path("tips/<int:pk>/insight/", TipInsightView.as_view(), name="tips_insight"),
        path("tips/<int:pk>/sample/", sample, name="tips_sample"),
        path("reports/tips/", TipReportView.as_view(), name="tips_report"),
        path("reports/tips/results/", TipReportView.as_view(results_only=True), name="tips_report_results"),
    ]


class TipReportMenuItem(MenuItem):
    """Leads to what became of all tips."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Whether somebody may read it."""
        return request.user.has_perm("tips.view_tip")


@hooks.register("register_reports_menu_item")
def report() -> MenuItem:
    """Put the report into the menu."""
    return TipReportMenuItem(
        gettext_lazy("What became of tips"),
        reverse("tips_report"),
        name="tips-report",
        icon_name="info-circle",
        order=650,
    )


@hooks.register("register_snippet_action_menu_item")
def offer_a_test(model: Any) -> SendTestItem | None:
    """Let authors mail themselves what they write."""
    return SendTestItem() if model is Tip else None


class TipsDueForReview(ReviewPanel):
    """Tips that have to be read again within a month."""

    name = "tips_due_for_review"
    order = 51
    heading = gettext_lazy("Tips due for review")

    def due(self) -> list[DueForReview]:
        """Return them, the longest overdue first."""
        today = timezone.localdate()
        address = Tip.snippet_viewset.get_url_name("edit")
        return [
            DueForReview(
                tip.title,
                reverse(address, args=[tip.pk]),
                tip.review_by,
                _("and sent to nobody") if tip.review_by <= today else "",
            )
            for tip in tips_due_for_review(today + REVIEW_AHEAD)
        ]


@hooks.register("construct_homepage_panels")
def add_review_panel(request: HttpRequest, panels: list[Any]) -> None:
    """Put the panel beside that of lessons and paths."""
    if request.user.has_perm("tips.change_tip"):
        panels.append(TipsDueForReview())


# --- guards -------------------------------------------------------------------------------------------


@hooks.register("before_delete_snippet")
def guard_deletion(request: HttpRequest, instances: list[Any]) -> HttpResponse | None:
    """Refuse to delete what people have had."""
    tips = [each for each in instances if isinstance(each, Tip)]
    reason = reason_not_to_delete(tips) if tips else ""
    if not reason:
        return None
    messages.error(request, reason)
    return redirect(Tip.snippet_viewset.get_url_name("list"))


@hooks.register("before_publish")
def guard_publishing(request: HttpRequest, tip: Any) -> HttpResponse | None:
    """Keep a draft for its reviewers; authors publish themselves only where no workflow is set up."""
    reason = reason_not_to_publish(request.user, tip) if isinstance(tip, Tip) else ""
    if not reason:
        return None
    messages.error(request, reason)
    return redirect(Tip.snippet_viewset.get_url_name("edit"), tip.pk)


@hooks.register("construct_snippet_action_menu")
def offer_review_instead(menu_items: list[Any], request: HttpRequest, context: dict[str, Any]) -> None:
    """Offer no button that would be refused."""
    if context["model"] is not Tip:
        return
    tip = context.get("instance") or Tip()
    if reason_not_to_publish(request.user, tip):
        menu_items[:] = [item for item in menu_items if item.name != "action-publish"]
