"""Has the answer as many items as asked for?"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sandbox.checks.base import CheckContext, OutcomeCheck, Setting, Verdict, outcome_check
from sandbox.checks.markdown import list_sizes


@outcome_check
class Items(OutcomeCheck):
    """A list of so many items: bulleted, numbered, under headings of one level, or, without any of these, by lines."""

    check = "items"
    settings = (
        Setting("items", "count", is_required=False),
        Setting("at_least", "count", is_required=False),
        Setting("at_most", "count", is_required=False),
    )

    def validate_together(self, settings: Mapping[str, Any]) -> list[str]:
        """Return a problem unless there is one number, or a range that something can be in."""
        has_range = "at_least" in settings or "at_most" in settings
        if ("items" in settings) == has_range:
            return [_("items needs \u201citems\u201d, or \u201cat_least\u201d, \u201cat_most\u201d or both.")]
        if "items" not in settings and settings.get("at_least", 1) > settings.get("at_most", float("inf")):
            return [_("\u201cat_least\u201d of items must not be greater than \u201cat_most\u201d.")]
        return []

    def describe(self, settings: Mapping[str, Any]) -> str:
        """Return how many."""
        if "items" in settings:
            n = settings["items"]
            return ngettext("Has %(n)d item.", "Has %(n)d items.", n) % {"n": n}
        least, most = settings.get("at_least"), settings.get("at_most")
        if least and most:
            return _("Has %(least)d to %(most)d items.") % {"least": least, "most": most}
        if least:
            return ngettext("Has at least %(n)d item.", "Has at least %(n)d items.", least) % {"n": least}
        return ngettext("Has at most %(n)d item.", "Has at most %(n)d items.", most or 0) % {"n": most}

    def judge(self, answer: str, settings: Mapping[str, Any], context: CheckContext) -> Verdict:  # noqa: ARG002
        """Return whether one of the lists fits. The longest list is the one that must not be too long."""
        sizes = list_sizes(answer) or (_line_count(answer),)
        if "items" in settings:
            passed = settings["items"] in sizes
        else:
            least, most = settings.get("at_least", 1), settings.get("at_most", float("inf"))
            passed = least <= max(sizes) <= most
        n = settings["items"] if passed and "items" in settings else max(sizes)
        return Verdict(passed, ngettext("It has %(n)d item.", "It has %(n)d items.", n) % {"n": n})


def _line_count(answer: str) -> int:
    """Return the number of lines that say something, an introduction with a colon left out."""
    lines = [line.strip() for line in answer.split("\n") if any(character.isalnum() for character in line)]
    if len(lines) > 1 and lines[0].endswith(":"):
        return len(lines) - 1
    return len(lines)
