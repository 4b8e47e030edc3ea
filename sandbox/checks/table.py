"""Is there a table with the columns that were asked for?"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sandbox.checks.base import CheckContext, OutcomeCheck, Setting, Verdict, outcome_check
from sandbox.checks.markdown import Table, tables
from sandbox.checks.phrases import find_phrases


@outcome_check
class HasTable(OutcomeCheck):
    """A table in Markdown or CSV with these columns, in any order, and exactly so many rows."""

    check = "table"
    settings = (Setting("columns", "words"), Setting("rows", "count", is_required=False))

    def describe(self, settings: Mapping[str, Any]) -> str:
        """Return columns and rows."""
        columns = ", ".join(settings["columns"])
        if "rows" not in settings:
            return _("Has a table with the columns %(columns)s.") % {"columns": columns}
        n = settings["rows"]
        return ngettext(
            "Has a table with the columns %(columns)s and %(n)d row.",
            "Has a table with the columns %(columns)s and %(n)d rows.",
            n,
        ) % {"columns": columns, "n": n}

    def judge(self, answer: str, settings: Mapping[str, Any], context: CheckContext) -> Verdict:  # noqa: ARG002
        """Return whether one of the tables fits; the explanation is about the one that comes closest."""
        found = tables(answer)
        if not found:
            return Verdict(False, _("There is no table."))
        best = min(found, key=lambda table: len(_missing_columns(table, settings["columns"])))
        missing = _missing_columns(best, settings["columns"])
        if missing:
            return Verdict(False, _("The table lacks: %(columns)s.") % {"columns": ", ".join(missing)})
        fitting = [table for table in found if not _missing_columns(table, settings["columns"])]
        counts = [len(table.rows) for table in fitting]
        wanted = settings.get("rows", counts[0])
        n = wanted if wanted in counts else counts[0]
        return Verdict(
            wanted in counts, ngettext("The table has %(n)d row.", "The table has %(n)d rows.", n) % {"n": n}
        )


def _missing_columns(table: Table, columns: list[str]) -> list[str]:
    """Return the columns that no heading names; "Due date" names "Date"."""
    return [
        column for column in columns if not any(find_phrases([column], heading) for heading in table.columns)
    ]
