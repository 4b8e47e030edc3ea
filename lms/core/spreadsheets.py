"""Tables as files that spreadsheet programs open, and whose cells never make them calculate.

A spreadsheet takes text that begins with ``=`` and some other signs for a formula, which may send the rest of the sheet
away. Names and comments come from people, so nothing here is a formula. Source: OWASP, "CSV Injection".
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

BYTE_ORDER_MARK = "\ufeff"
BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
LONGEST_TEXT = 32_767  # of a cell, in the format's own limits


def csv_rows(header: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Yield the lines of a CSV file, header first, for a response that streams.

    It begins with a byte order mark, without which spreadsheet programs guess another encoding than UTF-8. Text that
    would be a formula gets an apostrophe in front. Moments are written in the current time zone.
    """
    line = io.StringIO()
    writer = csv.writer(line)
    yield BYTE_ORDER_MARK
    yield _written(writer, line, header)
    for row in rows:
        yield _written(writer, line, row)


def _written(writer: Any, line: io.StringIO, row: Sequence[Any]) -> str:
    line.seek(0)
    line.truncate()
    writer.writerow([_harmless(_plain(value)) for value in row])
    return line.getvalue()


def _harmless(value: Any) -> Any:
    if isinstance(value, str) and value.startswith(BEGINS_A_FORMULA):
        return f"'{value}"
    return value


def write_xlsx(header: Sequence[Any], rows: Iterable[Sequence[Any]]) -> bytes:
    """Return a workbook of one sheet: text as text, never as a formula; numbers and dates as what they are."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append([_cell(sheet, value) for value in header])
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _cell(sheet: Any, value: Any) -> Any:
    plain = _plain(value)
    if not isinstance(plain, str):
        return WriteOnlyCell(sheet, plain)
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", plain)[:LONGEST_TEXT])
    cell.data_type = "s"  # the library takes "=1+1" for a formula, and "#N/A" for an error
    return cell


def _plain(value: Any) -> Any:
    """Return what both formats can hold; moments lose their zone, which spreadsheets do not know."""
    if isinstance(value, datetime) and timezone.is_aware(value):
        return timezone.make_naive(value).replace(microsecond=0)
    if value is None or isinstance(value, bool | int | float | Decimal | date):
        return value
    return str(value)
