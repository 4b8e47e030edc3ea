"""Lists, tables and fenced code in an answer: models write Markdown, mostly."""

import csv
import re
from typing import NamedTuple

from sandbox.definitions import Span

_BULLET = re.compile(r"^([ \t]{0,12})(?:[-*+\u2022\u2013]|\[[ xX]?\])[ \t]+(?=\S)")
_NUMBER = re.compile(r"^([ \t]{0,12})(?:\*\*)?\(?(\d{1,3})(?:[.)]|\.\))(?:\*\*)?[ \t]+(?=\S)")
_HEADING = re.compile(r"^(#{1,6})[ \t]+(?=\S)")
_RULE = re.compile(r"^[ \t|:-]*-{2,}[ \t|:-]*$")
_FENCE = re.compile(r"^[ \t]{0,3}(?:`{3,}|~{3,})[^\n`]*$")
_INDENTED = re.compile(r"^(?:[ \t]{2,}|\t)\S")


class Table(NamedTuple):
    """A table, without Markdown in its cells."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class _Line(NamedTuple):
    start: int
    text: str


def list_sizes(text: str) -> tuple[int, ...]:
    """Return how many items each list of a text has, in order; a list inside an item belongs to its item.

    Headings of one level count as a list too, such as one heading for each of five posts.
    """
    sizes: list[int] = []
    kind, indent, size = "", 0, 0
    for line in [*text.split("\n"), "\0"]:
        bullet, number = _BULLET.match(line), _NUMBER.match(line)
        found = bullet or number
        if found:
            depth = len(found.group(1).expandtabs(4))
            this = "bullet" if bullet else "number"
            if size and depth > indent + 1:
                continue
            if size and this == kind and not (number and number.group(2) == "1"):
                size += 1
                continue
            if size:
                sizes.append(size)
            kind, indent, size = this, depth, 1
        elif line.strip() and not _INDENTED.match(line) and not (kind == "number" and line != "\0"):
            if size:
                sizes.append(size)
            kind, size = "", 0
    if size:
        sizes.append(size)
    return (*sizes, *_heading_counts(text))


def _heading_counts(text: str) -> tuple[int, ...]:
    levels = [len(match.group(1)) for line in text.split("\n") if (match := _HEADING.match(line))]
    return tuple(levels.count(level) for level in sorted(set(levels)) if levels.count(level) > 1)


def is_list_item(line: str) -> bool:
    """Whether a line begins an item."""
    return bool(_BULLET.match(line) or _NUMBER.match(line))


def fenced_blocks(text: str) -> tuple[Span, ...]:
    """Return the content of each block between fences, in order."""
    spans: list[Span] = []
    opened: int | None = None
    for line in _lines(text):
        if not _FENCE.match(line.text):
            continue
        if opened is None:
            opened = min(line.start + len(line.text) + 1, len(text))
        else:
            spans.append(Span(min(opened, line.start), line.start))
            opened = None
    if opened is not None:
        spans.append(Span(opened, len(text)))
    return tuple(spans)


def tables(text: str) -> tuple[Table, ...]:
    """Return each table of a text: Markdown, or lines of CSV with the same number of cells."""
    found: list[Table] = []
    block: list[str] = []
    for line in [*text.split("\n"), ""]:
        if "|" in line:
            block.append(line)
        elif block:
            found += _markdown_table(block)
            block = []
    return (*found, *_csv_tables(text))


def _markdown_table(lines: list[str]) -> list[Table]:
    rule = next((number for number, line in enumerate(lines) if _RULE.match(line) and "-" in line), None)
    if rule is None or rule == 0:
        return []
    rows = [_cells(line) for line in lines[rule + 1 :] if not _RULE.match(line)]
    return [Table(_cells(lines[rule - 1]), tuple(row for row in rows if any(row)))]


def _cells(line: str) -> tuple[str, ...]:
    inner = line.strip().removeprefix("|").removesuffix("|")
    return tuple(plain(cell) for cell in re.split(r"(?<!\\)\|", inner))


def plain(text: str) -> str:
    """Return a cell or a heading without asterisks, backticks and the space around it."""
    return re.sub(r"[*_`]{1,3}", "", text).strip()


def _csv_tables(text: str) -> tuple[Table, ...]:
    """Return the runs of lines that have as many cells as the first of them, two at least."""
    found = []
    for separator in (",", ";", "\t"):
        run: list[list[str]] = []
        for line in [*text.split("\n"), ""]:
            is_row = separator in line and "|" not in line and not is_list_item(line)
            cells = (
                next(csv.reader([line.strip()], delimiter=separator, skipinitialspace=True)) if is_row else []
            )
            if run and (len(cells) != len(run[0])):
                found.append(run)
                run = []
            if len(cells) >= 2:
                run.append(cells)
    tables = (tuple(tuple(plain(cell) for cell in row) for row in run) for run in found if len(run) >= 2)
    return tuple(Table(rows[0], rows[1:]) for rows in tables)


def _lines(text: str) -> list[_Line]:
    lines, start = [], 0
    for line in text.split("\n"):
        lines.append(_Line(start, line))
        start += len(line) + 1
    return lines
