"""Is the answer short enough?"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import ngettext

from sandbox.checks.base import CheckContext, OutcomeCheck, Setting, Verdict, outcome_check
from sandbox.checks.phrases import WORD


@outcome_check
class MaxWords(OutcomeCheck):
    """At most so many words; Markdown signs are none."""

    check = "max_words"
    settings = (Setting("words", "count"),)

    def describe(self, settings: Mapping[str, Any]) -> str:
        """Return the limit."""
        limit = settings["words"]
        return ngettext("Has at most %(n)d word.", "Has at most %(n)d words.", limit) % {"n": limit}

    def judge(self, answer: str, settings: Mapping[str, Any], context: CheckContext) -> Verdict:  # noqa: ARG002
        """Return whether the limit is kept."""
        return Verdict((count := count_words(answer)) <= settings["words"], explain_count(count))


def count_words(text: str) -> int:
    """Return the number of words as people count them."""
    return sum(1 for _match in WORD.finditer(text))


def explain_count(count: int) -> str:
    """Return the number of words in a sentence."""
    return ngettext("It has %(n)d word.", "It has %(n)d words.", count) % {"n": count}
