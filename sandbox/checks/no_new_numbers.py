"""Does every number of the answer come from somewhere?"""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from sandbox.checks.base import CheckContext, OutcomeCheck, Verdict, outcome_check
from sandbox.checks.markdown import is_list_item, list_sizes, tables
from sandbox.checks.phrases import quoted_list
from sandbox.checks.quantities import Known, Quantity, quantities

_LABEL = re.compile(
    r"^[ \t>|*_#(\[-]*(?:[^\W\d_]{3,14}(?:[ -][^\W\d_]{2,10})?[ \t]+)?$"  # what may stand before "1." or "Step 2:"
)
_BEHIND_LABEL = re.compile(r"[*_]{0,2}(?:[.):\]](?!\d)|[ \t]*\||[*_]{1,2}:?[ \t]*$|[ \t]*$)", re.MULTILINE)
_LABELS = frozenset(range(31))
_LONGEST_LINE = 300


@outcome_check
class NoNewNumbers(OutcomeCheck):
    """Each number, date and time stands in the material or in the prompt, in whatever form.

    Sums and differences are new unless the material holds them: they are where models go wrong. Not new are the
    numbers that label items, and those that count the items of a list or the rows of a table, here or in the material.
    """

    check = "no_new_numbers"

    def describe(self, settings: Mapping[str, Any]) -> str:  # noqa: ARG002
        """Return the rule."""
        return _("Holds no number or date that neither the material nor the prompt holds.")

    def judge(self, answer: str, settings: Mapping[str, Any], context: CheckContext) -> Verdict:  # noqa: ARG002
        """Return whether there is none, and where the new ones are."""
        known = Known([context.material, context.prompt], extra=_sizes(context.material))
        counted = _sizes(answer)
        new = [
            quantity
            for quantity in quantities(answer)
            if not known.holds(quantity)
            and not _is_label(answer, quantity)
            and not _counts(answer, quantity, counted)
        ]
        if not new:
            return Verdict(True, _("Every number is in the material or in your prompt."))
        spans = tuple(quantity.span for quantity in new)
        said = quoted_list(answer[span.start : span.end] for span in spans)
        return Verdict(
            False, _("Neither in the material nor in your prompt: %(numbers)s.") % {"numbers": said}, spans
        )

    def explain_place(self, words: str) -> str:
        """Return that the number is new."""
        return _("\u201c%(words)s\u201d is neither in the material nor in your prompt.") % {"words": words}


def _sizes(text: str) -> frozenset[int]:
    """Return how many items or rows the lists and tables of a text have."""
    return frozenset([*list_sizes(text), *(len(table.rows) for table in tables(text))])


def _is_label(answer: str, quantity: Quantity) -> bool:
    """Whether it numbers an item: "1.", "Step 2:", a cell at the beginning of a row."""
    if not quantity.is_plain or not _LABELS.intersection(quantity.readings):
        return False
    line_start = answer.rfind("\n", 0, quantity.span.start) + 1
    before = answer[max(line_start, quantity.span.start - 60) : quantity.span.start]
    return bool(_LABEL.match(before) and _BEHIND_LABEL.match(answer, quantity.span.end))


def _counts(answer: str, quantity: Quantity, sizes: frozenset[int]) -> bool:
    """Whether it says how many items follow, outside of any item."""
    if not quantity.is_plain or not sizes.intersection(quantity.readings):
        return False
    start = answer.rfind("\n", 0, quantity.span.start) + 1
    line = answer[start : start + _LONGEST_LINE]
    return not is_list_item(line) and not line.lstrip().startswith("|")
