"""Reading the export of an HR system: each row is right, or refused with its line, column and remedy.

The file is CSV in UTF-8, with or without a byte order mark, with commas or semicolons, and has every column
of `COLUMNS` in any order. Cells are kept as they are, leading zeros and formula-like text included; control
characters, which could not be shown faithfully, are refused.
"""

import csv
import difflib
import io
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any, NoReturn

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.text import slugify

from lms.core.errors import ActionRefused
from lms.people.time_zones import validate_time_zone
from lms.people.vocabulary import EMPLOYMENT_TYPES, STATUSES

COLUMNS = (
    "employee_number",
    "email",
    "full_name",
    "preferred_name",
    "job_role_code",
    "job_role",
    "job_title",
    "org_unit",
    "manager_number",
    "location",
    "time_zone",
    "locale",
    "employment_type",
    "hired_on",
    "status",
)
# They turn the reading direction of the text around them; names need none of them.
DIRECTION_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
CODE_LENGTH = 64


class UnreadableExport(ActionRefused):
    """The file as a whole cannot be read; no row was looked at."""


@dataclass(frozen=True)
class RowIssue:
    """Something about one row that HR can put right.

    Attributes:
        line: Line of the file, the header being 1.
        column: Column it is about; empty when it is about the whole row.
        message: What is wrong, what happened with the row, what to do.
    """

    line: int
    column: str
    message: str

    def __str__(self) -> str:
        return (
            f"line {self.line}, {self.column}: {self.message}"
            if self.column
            else f"line {self.line}: {self.message}"
        )


@dataclass(frozen=True)
class HrRow:
    """One person as the HR system knows them; empty text, the status too, where it knows nothing."""

    line: int
    employee_number: str
    email: str
    full_name: str
    preferred_name: str
    job_role_code: str
    job_role: str
    job_title: str
    org_unit: tuple[str, ...]
    manager_number: str
    location: str
    time_zone: str
    locale: str
    employment_type: str
    hired_on: date | None
    status: str


@dataclass(frozen=True)
class HrExport:
    """What a file says.

    Attributes:
        rows: Rows that can be used, in order of the file.
        errors: Why other rows were refused.
        warnings: What was used with a doubt.
        refused_numbers: Employee numbers of refused rows, as far as they can be read.
        refused_emails: Addresses of refused rows, as far as they can be read.
        has_anonymous_refusals: Some refused row names nobody.
    """

    rows: tuple[HrRow, ...] = ()
    errors: tuple[RowIssue, ...] = ()
    warnings: tuple[RowIssue, ...] = ()
    refused_numbers: frozenset[str] = frozenset()
    refused_emails: frozenset[str] = frozenset()
    has_anonymous_refusals: bool = False


def unit_code(path: tuple[str, ...]) -> str:
    """Return the code of a unit from the names on the way to it; the same path always has the same code."""
    code = ".".join(slugify(name, allow_unicode=True) or _digest(name) for name in path)
    return code if len(code) <= CODE_LENGTH else f"{code[: CODE_LENGTH - 13]}-{_digest(code)}"


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:12]


def read_export(content: bytes) -> HrExport:
    """Return the rows of a file, refusing the wrong ones one by one.

    Raises:
        UnreadableExport: It is not UTF-8 text, has no rows, or lacks a column.
    """
    reader = _Reader()
    records = _records(_decode(content))
    _line, header = next(records, (1, []))
    columns = reader.columns(header)
    for line, cells in records:
        if any(cell.strip() for cell in cells):
            reader.read(line, columns, cells)
    if not reader.rows and not reader.errors:
        raise UnreadableExport("The file has a header and no rows. Export it again; nothing was changed.")
    return reader.export()


def _decode(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UnreadableExport(
            f'Line {line} is not UTF-8 text. Save the file as "CSV UTF-8" and try again; nothing was changed.'
        ) from error


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    header = text.partition("\n")[0]
    delimiter = ";" if header.count(";") > header.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise UnreadableExport(
                f"Line {line} is not CSV ({error}). Close its quotation mark; nothing was changed."
            ) from error
        if cells is None:
            return
        yield line, cells
        line = reader.line_num + 1


class _Reader:
    """Collects rows, errors and warnings of one file."""

    def __init__(self) -> None:
        self.rows: list[HrRow] = []
        self.errors: list[RowIssue] = []
        self.warnings: list[RowIssue] = []
        self.refused_numbers: set[str] = set()
        self.refused_emails: set[str] = set()
        self.has_anonymous_refusals = False
        self.line_of: dict[str, dict[str, int]] = {"employee_number": {}, "email": {}}

    def columns(self, header: list[str]) -> list[str]:
        columns = [name.strip().lower() for name in header]
        for missing in [name for name in COLUMNS if name not in columns]:
            near = difflib.get_close_matches(missing, [name for name in columns if name not in COLUMNS], n=1)
            hint = f" Rename {near[0]} to it." if near else ""
            raise UnreadableExport(
                f"The column {missing} is missing.{hint} A file has the columns {', '.join(COLUMNS)}; "
                "nothing was changed."
            )
        for index, name in enumerate(columns):
            if name not in COLUMNS:
                self.warnings.append(
                    RowIssue(1, name or f"column {index + 1}", "Praxis does not use this column.")
                )
            elif name in columns[:index]:
                raise UnreadableExport(f"The column {name} appears twice. Keep one; nothing was changed.")
        return columns

    def read(self, line: int, columns: list[str], cells: list[str]) -> None:
        texts = {name: cell.strip() for name, cell in zip(columns, cells, strict=False) if name in COLUMNS}
        issues: list[RowIssue] = []
        if len(cells) != len(columns):
            told = f"It has {len(cells)} cells, the header has {len(columns)}. Put quotes around values with "
            issues.append(RowIssue(line, "", f"{told}a comma or semicolon. The row was not imported."))
        else:
            row = _row(line, texts, issues)
            self._refuse_repeats(line, texts, issues)
        if issues:
            self._refuse(texts, issues)
            return
        for column, lines in self.line_of.items():
            lines[getattr(row, column)] = line
        self.rows.append(row)
        if not row.job_role_code:
            self.warnings.append(
                RowIssue(
                    line, "job_role_code", f"{row.full_name} has no job role, so no path is meant for them."
                )
            )

    def _refuse_repeats(self, line: int, texts: dict[str, str], issues: list[RowIssue]) -> None:
        for column, lines in self.line_of.items():
            text = texts[column].lower() if column == "email" else texts[column]
            if text in lines:
                told = f"{text} stands in line {lines[text]} already. Correct one of the two."
                issues.append(RowIssue(line, column, f"{told} This row was not imported."))

    def _refuse(self, texts: dict[str, str], issues: list[RowIssue]) -> None:
        self.errors.extend(issues)
        number, email = texts.get("employee_number", ""), texts.get("email", "").lower()
        self.refused_numbers.update({number} - {""})
        self.refused_emails.update({email} - {""})
        self.has_anonymous_refusals |= not number

    def export(self) -> HrExport:
        return HrExport(
            rows=tuple(self.rows),
            errors=tuple(self.errors),
            warnings=tuple(self.warnings),
            refused_numbers=frozenset(self.refused_numbers),
            refused_emails=frozenset(self.refused_emails),
            has_anonymous_refusals=self.has_anonymous_refusals,
        )


def _row(line: int, texts: dict[str, str], issues: list[RowIssue]) -> HrRow:
    """Return the row; what is wrong is appended to `issues`, and the row is then not to be used."""
    values: dict[str, Any] = {"line": line}
    for column, parse in PARSERS.items():
        try:
            values[column] = parse(_printable(texts[column]))
        except ValidationError as error:
            issues.append(RowIssue(line, column, f"{error.messages[0]} The row was not imported."))
            values[column] = None
    return HrRow(**values)


def _wrong(message: str) -> NoReturn:
    raise ValidationError(message)


def _printable(text: str) -> str:
    for character in text:
        if unicodedata.category(character) == "Cc" or character in DIRECTION_OVERRIDES:
            _wrong(f"It contains the invisible character U+{ord(character):04X}. Remove it.")
    return text


def _text(longest: int, *, required: str = "") -> Callable[[str], str]:
    def parse(text: str) -> str:
        if required and not text:
            _wrong(required)
        if len(text) > longest:
            _wrong(f"It has {len(text)} characters, the most is {longest}. Shorten it.")
        return text

    return parse


def _one_of(known: tuple[str, ...], default: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        code = text.lower() or default
        return code if code in known else _wrong(f"{text!r} is not known. Write one of: {', '.join(known)}.")

    return parse


def _status(text: str) -> str:
    return _one_of(STATUSES, "")(text) if text else ""


def _email(text: str) -> str:
    if not text:
        _wrong("It is empty, and nobody can sign in without an e-mail address. Add it.")
    try:
        validate_email(text)
    except ValidationError:
        _wrong(f"{text!r} is not an e-mail address. Write one such as ada@example.com.")
    return _text(254)(text).lower()


def _job_role_code(text: str) -> str:
    if text and not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", text):
        _wrong(f"{text!r} is not a code. Write letters, digits, hyphens (64 at most), such as sales.")
    return text.lower()


def _org_unit(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(">")) if text else ()
    if not all(names) or any(len(name) > 200 for name in names) or len(names) > 20:
        _wrong(f"{text!r} is not a path of units. Write it as Company > Division > Team.")
    return names


def _time_zone(text: str) -> str:
    if text:
        validate_time_zone(text)
    return text


def _locale(text: str) -> str:
    if text and (len(text) > 35 or not re.fullmatch(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*", text)):
        _wrong(f"{text!r} is not a language. Write a code such as en or pt-PT.")
    return text.replace("_", "-")


def _hired_on(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else _wrong("")
    except (ValueError, ValidationError):
        _wrong(f"{text!r} is not a day. Write year, month and day as 2026-03-31.")


PARSERS: dict[str, Callable[[str], Any]] = {
    "employee_number": _text(64, required="It is empty, so nobody knows whose row this is. Add the number."),
    "email": _email,
    "full_name": _text(300, required="It is empty. Write the name as the person writes it."),
    "preferred_name": _text(150),
    "job_role_code": _job_role_code,
    "job_role": _text(200),
    "job_title": _text(200),
    "org_unit": _org_unit,
    "manager_number": _text(64),
    "location": _text(100),
    "time_zone": _time_zone,
    "locale": _locale,
    "employment_type": _one_of(EMPLOYMENT_TYPES, "full_time"),
    "hired_on": _hired_on,
    "status": _status,
}
