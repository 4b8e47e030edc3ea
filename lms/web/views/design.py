"""The living style page: every component in one place, in development only."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from lms.design.charts import BarRow, bar_chart, column_chart
from lms.web.forms import SettingsForm


@require_safe
def living_style(request: HttpRequest) -> HttpResponse:
    """Show the tokens and components."""
    drawn = {
        "form": SettingsForm(),
        "track_steps": TRACK,
        "current_step": TRACK[3],
        "bar_chart": BARS,
        "column_chart": COLUMNS,
    }
    return render(request, "web/design.html", drawn)


class _Drawn:
    """A step for the drawing."""

    def __init__(self, status: str) -> None:
        self.status = status


TRACK = [
    _Drawn(status) for status in ["done", "done", "done", "open", "locked", "locked", "locked", "locked"]
]
BARS = bar_chart(
    title="Shares, by thing",
    subject="Thing",
    parts=["Done", "Open", "Late"],
    rows=[BarRow("One thing", (6, 3, 1)), BarRow("Another thing", (2, 7, 0))],
)
COLUMNS = column_chart(
    title="Counts, by week",
    subject="Week",
    measure="Count",
    rows=[(f"Week {week}", f"Week {week}", 7 * week % 10) for week in range(1, 13)],
)
