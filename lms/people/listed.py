"""A list of people as somebody pastes or uploads it: addresses or employee numbers, one in a line.

A list often comes out of a table, so a line may have several cells. With a heading the column is chosen by its name;
without one, the cell with an address, else the first. Plain text in, plain values out.
"""

import csv
import io
from collections.abc import Iterator
from typing import NamedTuple

MAX_LINES = 50_000
LONGEST_LINE = 2_000
HEADINGS = {
    "email",
    "e-mail",
    "mail",
    "email address",
    "e-mail address",
    "employee number",
    "employee_number",
    "number",
}


class Entry(NamedTuple):
    """One line that names somebody.

    Attributes:
        line: Its number, from 1.
        text: An address or an employee number, as written.
    """

    line: int
    text: str


def read_list(text: str) -> list[Entry]:
    """Return what each line names, in order; empty lines and a heading are left out."""
    entries: list[Entry] = []
    column: int | None = None
    for number, cells in _lines(text):
        lowered = [cell.lower() for cell in cells]
        if not entries and column is None and (named := [c for c in lowered if c in HEADINGS]):
            column = lowered.index(named[0])
            continue
        if column is not None and column < len(cells) and cells[column]:
            entries.append(Entry(number, cells[column]))
        else:
            entries.append(Entry(number, next((cell for cell in cells if "@" in cell), cells[0])))
    return entries


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    beginning = "\n".join(lines[:50])
    delimiter = max("\t;,", key=beginning.count)
    for number, line in enumerate(lines, 1):
        # Nobody has a name as long as that; what is cut is found in no table, and so is told.
        short = line.replace("\0", "")[:LONGEST_LINE]
        cells = next(csv.reader(io.StringIO(short), delimiter=delimiter), [])
        trimmed = [cell.strip() for cell in cells]
        if any(trimmed):
            yield number, trimmed if trimmed[0] else [cell for cell in trimmed if cell]
