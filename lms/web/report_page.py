"""Reports: how required paths stand, in figures, charts and a list of names, in a fixed number of queries."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, F, Max, Min
from django.db.models.functions import Substr
from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from lms.design.charts import BarChart, BarRow, ColumnChart, bar_chart, column_chart, percent
from lms.paths.models import Enrollment
from lms.paths.selectors.reporting import Tally, completions_by_week, tallies
from lms.people.models import OrgUnit
from lms.people.selectors import company_day
from lms.web.keyset import KeysetPage, keyset_page
from lms.web.report_list import BY_NAME, PathNames, ReportLine, ReportRows, for_lines, report_line

WEEKS = 12
BARS_SHOWN = 12
STEP = OrgUnit.steplen


@dataclass(frozen=True)
class Report:
    """All that the page shows.

    Attributes:
        people: How many have at least one of these paths.
        share_completed: How many of all are completed and count, in percent.
        more_paths: How many paths the chart has no room for.
        more_units: As many units.
        listed: How many lines the whole list has.
    """

    as_of: datetime
    people: int
    tally: Tally
    share_completed: int
    by_path: BarChart
    more_paths: int
    by_unit: BarChart
    more_units: int
    by_week: ColumnChart
    lines: list[ReportLine]
    listed: int
    page: KeysetPage[Enrollment]


def report(found: ReportRows, asked: Mapping[str, Any], *, address: QueryDict, now: datetime) -> Report:
    """Return a report; six queries, and a seventh when nothing is left behind a cursor.

    Args:
        found: What it is about.
        asked: Values of the fields of `ReportFilter`.
        address: What the address asks for, which links narrow further; `from` is where the list begins.
        now: The present.
    """
    place = "learner__org_unit__path"
    span = found.counted.aggregate(people=Count("learner", distinct=True), first=Min(place), last=Max(place))
    by_path = tallies(found.counted, now, by=F("path"))
    tally = sum(by_path.values(), Tally())
    top = found.unit or _nearest_common(span["first"] or "", span["last"] or "")
    by_unit = tallies(found.counted, now, by=Substr(place, 1, len(top) + STEP))
    page = keyset_page(for_lines(found.listed), order=BY_NAME, cursor=address.get("from", ""))
    return Report(
        as_of=now,
        people=span["people"],
        tally=tally,
        share_completed=percent(tally.completed, tally.total),
        by_path=_path_chart(by_path, found.paths, address),
        more_paths=max(0, len(by_path) - BARS_SHOWN),
        by_unit=_unit_chart(by_unit, top, address),
        more_units=max(0, len(by_unit) - BARS_SHOWN),
        by_week=_week_chart(found, min(asked["until"] or date.max, company_day(now))),
        lines=[report_line(row, found.paths) for row in page.rows],
        listed=getattr(tally, asked["status"]) if asked["status"] else tally.total,
        page=page,
    )


def _nearest_common(first: str, last: str) -> str:
    """Return the place of the lowest unit that holds every unit between two places in the tree."""
    lengths = range(STEP, min(len(first), len(last)) + 1, STEP)
    shared = [length for length in lengths if first[:length] == last[:length]]
    return first[: shared[-1]] if shared else ""


def _path_chart(found: Mapping[int, Tally], paths: PathNames, address: QueryDict) -> BarChart:
    rows = []
    for key, tally in _most_late_first(found.items()):
        slug, title = paths.by_key[key]
        rows.append(BarRow(title, _parts(tally), _narrowed(address, path=slug)))
    return bar_chart(title=_("Required paths, by path"), subject=_("Path"), parts=_part_names(), rows=rows)


def _unit_chart(found: Mapping[str | None, Tally], top: str, address: QueryDict) -> BarChart:
    """Return the chart of the units below one, with all below them counted in; one query for their names."""
    shown = _most_late_first(found.items())
    units = OrgUnit.objects.filter(path__in=[place for place, _tally in shown if place])
    known = {path: (code, name) for path, code, name in units.values_list("path", "code", "name")}
    rows = []
    for place, tally in shown:
        code, name = known.get(place or "", ("", _("Without a unit")))
        is_top = place == top
        label = _("Directly in %s") % name if is_top and code else name
        link = _narrowed(address, unit=code) if code and not is_top else ""
        rows.append(BarRow(label, _parts(tally), link))
    return bar_chart(title=_("Required paths, by unit"), subject=_("Unit"), parts=_part_names(), rows=rows)


def _most_late_first(found: Iterable[tuple[Any, Tally]]) -> list[tuple[Any, Tally]]:
    return sorted(found, key=lambda pair: (-pair[1].late, -pair[1].total, str(pair[0])))[:BARS_SHOWN]


def _part_names() -> list[str]:
    return [_("Completed"), _("On time"), _("Late")]


def _parts(tally: Tally) -> tuple[int, int, int]:
    return tally.completed, tally.on_time, tally.late


def _narrowed(address: QueryDict, **further: str) -> str:
    narrowed = address.copy()
    narrowed.pop("from", None)
    for name, value in further.items():
        narrowed[name] = value
    return f"?{narrowed.urlencode()}"


def _week_chart(found: ReportRows, last_day: date) -> ColumnChart:
    weeks = completions_by_week(found.counted, last_day=last_day, weeks=WEEKS)
    rows = [
        (_("Week of %s") % date_format(monday, "j F Y"), date_format(monday, "j M"), count)
        for monday, count in weeks.items()
    ]
    return column_chart(
        title=_("Completions in each of %s weeks") % WEEKS,
        subject=_("Week"),
        measure=_("Completions"),
        rows=rows,
    )
