"""Why a tip may not be deleted or published, in words for the author who tried."""

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext as _

from lms.tips.models import Tip
from lms.tips.selectors.reviewing import tip_that_must_stay


def reason_not_to_delete(tips: Collection[Tip]) -> str:
    """Return why these tips must stay; empty when they may go."""
    tip = tip_that_must_stay(tips)
    if tip is None:
        return ""
    return _(
        "Nothing was deleted: people have had “%(title)s”, or a plan sends it. Unpublish it instead; then nobody"
        " gets it any more."
    ) % {"title": tip.title}


def reason_not_to_publish(person: Any, tip: Tip) -> str:
    """Return why a person must hand a tip to reviewers; empty when they may publish."""
    if person.has_perm("people.act_as_reviewer") or not tip.has_workflow:
        return ""
    return _("Not published: tips are reviewed here first. Your draft is kept; submit it to the reviewers.")
