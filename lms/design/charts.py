"""Small charts as plain SVG: where each mark lies, worked out from plain numbers.

Lengths across are percentages and heights are pixels, so that a chart is as wide as its place and its text keeps its
size. Colors come from the classes ``part-1``, ``part-2`` and so on in `components/chart.css`. A chart is never alone:
its table stands under it, from the same numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass

LABEL_LETTERS = 36
ROW_HEIGHT = 46
BAR_TOP = 22
COLUMNS_HEIGHT = 96
COLUMNS_TOP = 20
COLUMN_SHARE = 0.72
COLUMNS_PER_LABEL = 3
THOUSAND = 1000


@dataclass(frozen=True)
class Mark:
    """One rectangle; `x` and `width` in percent, `y` and `height` in pixels."""

    part: int
    x: float
    width: float
    y: float
    height: float


@dataclass(frozen=True)
class Bar:
    """One row of a bar chart.

    Attributes:
        short: The label, cut to what fits above the bar.
        note: Said at the end of the line of the label.
        address: Where the row of the table leads; empty for nowhere.
        by_part: Each part with its number, as the table shows them.
        text_y: Where the label stands.
    """

    label: str
    short: str
    note: str
    address: str
    by_part: tuple[tuple[str, int], ...]
    total: int
    text_y: int
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class BarChart:
    """Bars under each other, all of the same length, divided by the share of each part."""

    title: str
    subject: str
    parts: tuple[str, ...]
    bars: tuple[Bar, ...]

    @property
    def height(self) -> int:
        """Of all bars, in pixels."""
        return ROW_HEIGHT * len(self.bars)


@dataclass(frozen=True)
class BarRow:
    """What a bar shows."""

    label: str
    values: tuple[int, ...]
    address: str = ""


def bar_chart(*, title: str, subject: str, parts: Sequence[str], rows: Sequence[BarRow]) -> BarChart:
    """Return a chart of stacked bars.

    Args:
        title: What the chart shows, in a sentence.
        subject: What each row is: the title of the first column of the table.
        parts: Names of the parts of each bar; the note of a row says the share of the first.
        rows: From top to bottom.
    """
    bars = tuple(_bar(number, row, parts) for number, row in enumerate(rows))
    return BarChart(title, subject, tuple(parts), bars)


def _bar(number: int, row: BarRow, parts: Sequence[str]) -> Bar:
    total = sum(row.values)
    top = number * ROW_HEIGHT
    marks, x = [], 0.0
    for part, value in enumerate(row.values, start=1):
        width = 100 * value / total if total else 0.0
        if value:
            marks.append(Mark(part, round(x, 2), round(width, 2), top + BAR_TOP, 12))
        x += width
    return Bar(
        label=row.label,
        short=_cut(row.label),
        note=f"{percent(row.values[0], total)} %",
        address=row.address,
        by_part=tuple(zip(parts, row.values, strict=True)),
        total=total,
        text_y=top + 15,
        marks=tuple(marks),
    )


def percent(part: int, whole: int) -> int:
    """Return a share in whole percent; 100 only for all of it and 0 only for nothing."""
    if part in {0, whole}:
        return 100 if part else 0
    return min(99, max(1, round(100 * part / whole)))


def _cut(label: str) -> str:
    return label if len(label) <= LABEL_LETTERS else f"{label[: LABEL_LETTERS - 1].rstrip()}…"


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        short: Label under it; empty where there is no room for one.
        value_text: The number above it; thousands are rounded, there is room for four letters.
        value_x: Where the middle of the column is, in percent.
        value_y: Where its number stands.
    """

    label: str
    short: str
    value: int
    value_text: str
    mark: Mark
    value_x: float
    value_y: float


@dataclass(frozen=True)
class ColumnChart:
    """Columns beside each other on one base line."""

    title: str
    subject: str
    measure: str
    columns: tuple[Column, ...]
    base_y: int = COLUMNS_TOP + COLUMNS_HEIGHT

    @property
    def height(self) -> int:
        """Of columns and labels, in pixels."""
        return self.base_y + 22

    @property
    def label_y(self) -> int:
        """Where the labels stand."""
        return self.base_y + 17


def _in_few_letters(value: int) -> str:
    if value < THOUSAND:
        return str(value)
    return f"{value / THOUSAND:.1f}k" if value < 10 * THOUSAND else f"{value // THOUSAND}k"


def column_chart(
    *, title: str, subject: str, measure: str, rows: Sequence[tuple[str, str, int]]
) -> ColumnChart:
    """Return a chart of columns.

    Args:
        title: What the chart shows, in a sentence.
        subject: What each column is: the title of the first column of the table.
        measure: What is counted.
        rows: From left to right: the label, a short one, and the value.
    """
    most = max((value for _label, _short, value in rows), default=0)
    place = 100 / len(rows) if rows else 100.0
    columns = []
    for number, (label, short, value) in enumerate(rows):
        height = round(COLUMNS_HEIGHT * value / most, 1) if most else 0.0
        top = COLUMNS_TOP + COLUMNS_HEIGHT - height
        mark = Mark(1, round(number * place, 2), round(place * COLUMN_SHARE, 2), round(top, 1), height)
        columns.append(
            Column(
                label=label,
                short="" if number % COLUMNS_PER_LABEL else short,
                value=value,
                value_text=_in_few_letters(value),
                mark=mark,
                value_x=round(mark.x + mark.width / 2, 2),
                value_y=round(top - 5, 1),
            )
        )
    return ColumnChart(title, subject, measure, tuple(columns))
