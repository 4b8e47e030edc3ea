"""What became of a tip, and of all of them."""

from functools import partial
from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic import BaseListingView, PermissionCheckedMixin
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import Button

from lms.tips.models import Tip
from lms.tips.selectors.insight import Insight, insights_of
from lms.tips.shares import FEW, FLOOR, NEARLY_ALL, Share

WHAT_BECAME = gettext_lazy("What became of it")
TOO_FEW = gettext_lazy("too few to tell")
REPORTED = {
    "opened": gettext_lazy("Opened on the page"),
    "answered": gettext_lazy("Answered"),
    "right": gettext_lazy("Right at the first try"),
    "useful": gettext_lazy("Found it useful"),
}


def in_words(share: Share) -> str:
    """Return a share as a reader understands it: a number of people first, then what it comes to."""
    if share.kind == FEW:
        return _("fewer than %(floor)s of %(whole)s") % {"floor": FLOOR, "whole": share.whole}
    if share.kind == NEARLY_ALL:
        return _("%(least)s or more of %(whole)s") % {"least": share.at_least, "whole": share.whole}
    if share.ratio is None:
        return str(TOO_FEW)
    told = {"part": share.part, "whole": share.whole, "percent": round(share.ratio * 100)}
    return _("%(part)s of %(whole)s (%(percent)s%%)") % told


def range_in_words(share: Share) -> str:
    """Return the interval of a share; empty when there is none."""
    if share.low is None or share.high is None:
        return ""
    return _("likely %(low)s to %(high)s%%") % {
        "low": round(share.low * 100),
        "high": round(share.high * 100),
    }


def people_in_words(number: int | None) -> str:
    """Return a number of people."""
    if number is None:
        return _("fewer than %(floor)s people") % {"floor": FLOOR}
    return ngettext("%(number)s person", "%(number)s people", number) % {"number": number}


def rows_of(insight: Insight) -> list[dict[str, Any]]:
    """Return the table of one tip: each figure, how it is got, and how sure it is."""
    shares = [
        (
            _("Opened on the page"),
            insight.opened,
            _(
                "Of those who got it. Whether a mail was read is not watched, so reading it there does not count."
            ),
        ),
        (
            _("Answered its question"),
            insight.answered,
            _("Of those who got it. Some were asked the question of an earlier tip instead."),
        ),
        (
            _("Right at the first try"),
            insight.right,
            _("Of those who answered. What came back later does not count."),
        ),
        (_("Said whether it was useful"), insight.rated, _("Of those who got it.")),
        (_("Found it useful"), insight.useful, _("Of those who said so; the others found it not useful.")),
    ]
    return [
        {"label": label, "value": in_words(share), "range": range_in_words(share), "how": how, "share": share}
        for label, share, how in shares
    ]


class TipInsightView(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """What became of one tip."""

    model = Tip
    any_permission_required = ("change", "view")
    page_title = WHAT_BECAME
    header_icon = "view"
    template_name = "tips/cms/insight.html"

    @cached_property
    def tip(self) -> Tip:
        """The tip in the address."""
        return get_object_or_404(Tip, pk=self.kwargs["pk"])

    def get_page_subtitle(self) -> str:
        """Return its title."""
        return self.tip.title

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Return the way here."""
        return [
            *self.breadcrumbs_items,
            {"url": reverse(Tip.snippet_viewset.get_url_name("list")), "label": _("Tips")},
            {
                "url": reverse(Tip.snippet_viewset.get_url_name("edit"), args=[self.tip.pk]),
                "label": self.tip.title,
            },
            {"url": "", "label": self.page_title},
        ]

    @property
    def header_more_buttons(self) -> list[Button]:
        """The way back to the editor, and on to all tips."""
        edit = reverse(Tip.snippet_viewset.get_url_name("edit"), args=[self.tip.pk])
        return [
            Button(_("Edit"), url=edit, icon_name="edit", priority=10),
            Button(
                _("What became of all tips"), url=reverse("tips_report"), icon_name="list-ul", priority=20
            ),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the figures; one query."""
        insight = insights_of([self.tip.pk], timezone.now())[self.tip.pk]
        return {
            **super().get_context_data(**kwargs),
            "tip": self.tip,
            "insight": insight,
            "delivered": people_in_words(insight.delivered),
            "rows": rows_of(insight),
            "floor": FLOOR,
        }


def delivered_in_words(tip: Any) -> str:
    """Return to how many a tip went, whose insight was attached."""
    return people_in_words(tip.insight.delivered)


def share_in_words(name: str, tip: Any) -> str:
    """Return one share of a tip whose insight was attached."""
    return in_words(getattr(tip.insight, name))


class TipReportView(PermissionCheckedMixin, BaseListingView):
    """What became of all tips, as a list."""

    model = Tip
    any_permission_required = ("change", "view")
    page_title = gettext_lazy("What became of tips")
    header_icon = "list-ul"
    template_name = "tips/cms/report.html"
    results_template_name = "wagtailadmin/generic/listing_results.html"
    index_url_name = "tips_report"
    index_results_url_name = "tips_report_results"
    default_ordering = "title"
    paginate_by = 50
    is_searchable = False

    @cached_property
    def columns(self) -> list[Column]:
        """One for each figure."""
        return [
            TitleColumn("title", label=_("Tip"), get_url=lambda tip: reverse("tips_insight", args=[tip.pk])),
            Column("delivered", label=_("Delivered to"), accessor=delivered_in_words),
            *(
                Column(name, label=label, accessor=partial(share_in_words, name))
                for name, label in REPORTED.items()
            ),
        ]

    def get_base_queryset(self) -> Any:
        """Return every tip that was ever published."""
        return Tip.objects.filter(first_published_at__isnull=False)

    def paginate_queryset(self, queryset: Any, page_size: int) -> Any:
        """Return a page of tips with what became of each; one query beyond those of the list."""
        paginator, page, tips, has_others = super().paginate_queryset(queryset, page_size)
        insights = insights_of([tip.pk for tip in tips], timezone.now())
        for tip in tips:
            tip.insight = insights[tip.pk]
        return paginator, page, tips, has_others
