"""Does the answer avoid what it must not say?"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from sandbox.checks.base import CheckContext, OutcomeCheck, Setting, Verdict, outcome_check
from sandbox.checks.phrases import find_phrases, quoted_list


@outcome_check
class ForbiddenWords(OutcomeCheck):
    """None of the words stands in it."""

    check = "forbidden_words"
    settings = (Setting("words", "words"),)

    def describe(self, settings: Mapping[str, Any]) -> str:
        """Return the words."""
        return _("Does not say %(words)s.") % {"words": quoted_list(settings["words"])}

    def judge(self, answer: str, settings: Mapping[str, Any], context: CheckContext) -> Verdict:  # noqa: ARG002
        """Return whether none is there, and where they are."""
        spans = find_phrases(settings["words"], answer)
        if not spans:
            return Verdict(True, _("None of these words is there."))
        said = quoted_list(answer[span.start : span.end] for span in spans)
        return Verdict(False, _("It says %(words)s.") % {"words": said}, spans)

    def explain_place(self, words: str) -> str:
        """Return that the word must not be there."""
        return _("\u201c%(words)s\u201d must not be in the answer.") % {"words": words}
