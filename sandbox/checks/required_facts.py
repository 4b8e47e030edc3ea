"""Does the answer name what it has to?"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from sandbox.checks.base import CheckContext, OutcomeCheck, Setting, Verdict, outcome_check
from sandbox.checks.phrases import find_phrases


@outcome_check
class RequiredFacts(OutcomeCheck):
    """Each fact is named by any of its words."""

    check = "required_facts"
    settings = (Setting("facts", "facts"),)

    def describe(self, settings: Mapping[str, Any]) -> str:
        """Return the names of the facts."""
        return _("Names %(facts)s.") % {"facts": ", ".join(fact["name"] for fact in settings["facts"])}

    def judge(self, answer: str, settings: Mapping[str, Any], context: CheckContext) -> Verdict:  # noqa: ARG002
        """Return whether each is there, and which are not. What is missing has no place to point at."""
        places = {fact["name"]: find_phrases(fact["words"], answer) for fact in settings["facts"]}
        missing = [name for name, spans in places.items() if not spans]
        if missing:
            return Verdict(False, _("Missing: %(facts)s.") % {"facts": ", ".join(missing)})
        return Verdict(
            True, _("All of them are there."), tuple(sorted(spans[0] for spans in places.values()))
        )
