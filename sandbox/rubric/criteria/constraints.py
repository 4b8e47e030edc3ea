"""Are there limits: how long, in which tone, about what, and what not?"""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sandbox.definitions import Span
from sandbox.rubric.criteria.base import Criterion, Judgment, distinct
from sandbox.rubric.reading import Reading

_KINDS = ("length", "tone", "scope", "negative")
_SHOWN = 6


class Constraints(Criterion):
    """Limits that one can check: length, tone, scope, and what must not happen.

    2: two such limits. 1: one, or only soft words such as "short" and "friendly".
    """

    key = "constraints"
    label = gettext_lazy("Limits")
    live_signals = tuple(f"constraints.{kind}" for kind in (*_KINDS, "forbid"))
    live_hint = gettext_lazy("Set a limit: how long, in which tone, what to leave out.")

    def judge(self, reading: Reading) -> Judgment:
        """Return how many limits there are."""
        found = {kind: reading.find(f"constraints.{kind}") for kind in _KINDS}
        forbidding = [
            span for span in reading.find("constraints.forbid") if reading.begins_clause(span.start)
        ]
        found["negative"] = (*found["negative"], *forbidding)
        limits = distinct(span for spans in found.values() for span in spans)
        if len(limits) >= 2:
            return Judgment(2, limits[:_SHOWN])
        if limits:
            return Judgment(1, limits, _("There is one limit only."), _next_limit(found))
        soft = reading.find("constraints.soft")
        if soft:
            word = reading.text[slice(*soft[0])]
            return Judgment(
                1,
                soft[:_SHOWN],
                _("\u201c%(word)s\u201d can mean anything.") % {"word": word},
                _("Turn it into a limit that one can check, such as a number of words."),
            )
        return Judgment(
            0,
            (),
            _("Nothing says how long, in which tone, or what to leave out."),
            _("Set two limits that you could check afterwards."),
        )


def _next_limit(found: Mapping[str, tuple[Span, ...]]) -> str:
    if not found["length"]:
        return _("Say how long it may be.")
    if not found["negative"] and not found["scope"]:
        return _("Say what must be in it or what must not.")
    return _("Say in which tone it shall be written.")
