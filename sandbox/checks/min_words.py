"""Is the answer long enough?"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import ngettext

from sandbox.checks.base import CheckContext, OutcomeCheck, Setting, Verdict, outcome_check
from sandbox.checks.max_words import count_words, explain_count


@outcome_check
class MinWords(OutcomeCheck):
    """At least so many words; Markdown signs are none."""

    check = "min_words"
    settings = (Setting("words", "count"),)

    def describe(self, settings: Mapping[str, Any]) -> str:
        """Return the limit."""
        limit = settings["words"]
        return ngettext("Has at least %(n)d word.", "Has at least %(n)d words.", limit) % {"n": limit}

    def judge(self, answer: str, settings: Mapping[str, Any], context: CheckContext) -> Verdict:  # noqa: ARG002
        """Return whether the limit is reached."""
        return Verdict((count := count_words(answer)) >= settings["words"], explain_count(count))
