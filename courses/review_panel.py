"""What has to be read again soon, on the first page of the CMS."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.components import Component

REVIEW_AHEAD = timedelta(days=30)


@dataclass(frozen=True)
class DueForReview:
    """Something that is due.

    Attributes:
        url: Where it is edited.
        so_far: What has come of being overdue; empty for nothing.
    """

    title: str
    url: str
    review_by: date
    so_far: str = ""


class ReviewPanel(Component):
    """A list of what is due; absent when nothing is."""

    heading: str | Promise = gettext_lazy("Due for review")
    template_name = "cms/due_for_review.html"

    def due(self) -> list[DueForReview]:
        """Return what is due within `REVIEW_AHEAD`, the longest overdue first."""
        raise NotImplementedError

    def get_context_data(self, _parent_context: Mapping[str, Any]) -> dict[str, Any]:
        """Return what is due, and today's date."""
        return {
            "due": self.due(),
            "today": timezone.localdate(),
            "heading": self.heading,
            "name": self.name.replace("_", "-"),
        }
