"""Charts are plain marks worked out from plain numbers, with a table of the same numbers."""

import pytest
from django.template import engines
from hypothesis import given
from hypothesis import strategies as st

from lms.design.charts import BarRow, Mark, bar_chart, column_chart, percent


def bars_of(*rows):
    return bar_chart(title="By path", subject="Path", parts=["Done", "Open", "Late"], rows=rows)


def drawn(tag, chart):
    page = engines["django"].from_string(f'{{% {tag} chart "one" %}}').render({"chart": chart})
    return " ".join(page.split())


def test_a_bar_is_divided_by_the_share_of_each_part():
    (bar,) = bars_of(BarRow("Sales", (6, 3, 1))).bars

    assert bar.marks == (Mark(1, 0.0, 60.0, 22, 12), Mark(2, 60.0, 30.0, 22, 12), Mark(3, 90.0, 10.0, 22, 12))
    assert (bar.note, bar.total) == ("60 %", 10)


def test_a_part_of_nothing_is_not_drawn_and_a_bar_of_nothing_is_empty():
    some, none = bars_of(BarRow("Some", (0, 2, 0)), BarRow("None", (0, 0, 0))).bars

    assert [mark.part for mark in some.marks] == [2]
    assert (none.marks, none.note) == ((), "0 %")


@given(st.lists(st.integers(0, 10**6), min_size=3, max_size=3))
def test_marks_never_leave_the_bar(values):
    (bar,) = bars_of(BarRow("Any", tuple(values))).bars

    assert all(mark.x + mark.width <= 100.02 for mark in bar.marks)


@pytest.mark.parametrize(
    ("part", "whole", "shown"), [(0, 0, 0), (0, 9, 0), (9, 9, 100), (1, 1000, 1), (999, 1000, 99), (1, 3, 33)]
)
def test_a_percentage_is_all_or_nothing_only_when_it_is(part, whole, shown):
    assert percent(part, whole) == shown


def test_the_highest_column_fills_the_chart():
    chart = column_chart(
        title="By week",
        subject="Week",
        measure="Completions",
        rows=[("W1", "1", 0), ("W2", "2", 5), ("W3", "3", 10)],
    )

    assert [(column.mark.y, column.mark.height) for column in chart.columns] == [
        (116.0, 0.0),
        (68.0, 48.0),
        (20.0, 96.0),
    ]
    assert [column.short for column in chart.columns] == ["1", "", ""]


def test_columns_of_nothing_have_no_height():
    chart = column_chart(title="By week", subject="Week", measure="Completions", rows=[("W1", "1", 0)])

    assert [column.mark.height for column in chart.columns] == [0.0]


def test_bars_have_a_title_and_a_table_of_the_same_numbers_and_no_inline_style():
    page = drawn("bars", bars_of(BarRow("<Sales>", (1200, 300, 100), "?path=sales")))

    assert '<svg role="img" width="100%" height="46" aria-labelledby="one-title">' in page
    assert '<title id="one-title">By path</title>' in page
    assert '<th scope="row"><a href="?path=sales">&lt;Sales&gt;</a></th>' in page
    assert '<td class="num" data-label="Done">1,200</td>' in page
    assert '<td class="num" data-label="All">1,600</td>' in page
    assert "style" not in page


def test_columns_have_a_title_and_a_table_of_the_same_numbers_and_no_inline_style():
    rows = [("Week of 2 November", "2 Nov", 1234)]
    page = drawn("columns", column_chart(title="By week", subject="Week", measure="Done", rows=rows))

    assert '<title id="one-title">By week</title>' in page
    assert '<th scope="row">Week of 2 November</th><td class="num">1,234</td>' in page
    assert ">1.2k</text>" in page
    assert "style" not in page


def test_a_long_label_is_cut_above_its_bar_and_whole_in_the_table():
    label = "A path with a name that is much longer than a phone is wide"

    page = drawn("bars", bars_of(BarRow(label, (1, 0, 0))))

    assert ">A path with a name that is much lon…</text>" in page
    assert f'<th scope="row">{label}</th>' in page
