"""Is the answer written in the language that was asked for?"""

from collections.abc import Mapping
from typing import Any

from django.conf.locale import LANG_INFO
from django.utils.translation import gettext as _

from sandbox.checks.base import CheckContext, OutcomeCheck, Setting, Verdict, outcome_check
from sandbox.rubric.detection import WORD, detect_language
from sandbox.rubric.lexicon import stopwords

_ENOUGH_WORDS = 5


@outcome_check
class IsInLanguage(OutcomeCheck):
    """Counted by the commonest words; a handful of words is not enough to tell."""

    check = "language"
    settings = (Setting("language", "text"),)

    def validate_together(self, settings: Mapping[str, Any]) -> list[str]:
        """Return a problem when the language is none that can be recognized."""
        if settings["language"] in stopwords():
            return []
        return [
            _("\u201clanguage\u201d of language must be one of %(codes)s.")
            % {"codes": ", ".join(sorted(stopwords()))}
        ]

    def describe(self, settings: Mapping[str, Any]) -> str:
        """Return the language."""
        return _("Is written in %(language)s.") % {"language": _name(settings["language"])}

    def judge(self, answer: str, settings: Mapping[str, Any], context: CheckContext) -> Verdict:  # noqa: ARG002
        """Return whether it is that language; None when the answer is too short to tell."""
        language = detect_language(answer)
        if language == settings["language"]:
            return Verdict(True, _("It is."))
        if language:
            return Verdict(
                False, _("It seems to be written in %(language)s.") % {"language": _name(language)}
            )
        if len(WORD.findall(answer)) < _ENOUGH_WORDS:
            return Verdict(None, _("There are too few words to tell."))
        return Verdict(None, _("Its language is not recognized."))


def _name(code: str) -> str:
    return _(str(LANG_INFO[code]["name"]))
