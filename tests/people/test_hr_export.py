"""How a file from the HR system is read: what is accepted as it is, what is refused, and what HR is told."""

from datetime import date

import pytest

from lms.people.hr_export import COLUMNS, UnreadableExport, read_export, unit_code
from lms.people.models import Employment, User
from lms.people.vocabulary import EMPLOYMENT_TYPES, SIGN_IN_STATUSES, STATUSES
from tests.people.exports import export_of


def told(content: bytes) -> list[str]:
    return [str(issue) for issue in read_export(content).errors]


@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_row_is_read_whatever_program_saved_the_file(delimiter: str, encoding: str) -> None:
    export = read_export(export_of({}, delimiter=delimiter, encoding=encoding))

    [row] = export.rows
    assert export.errors == ()
    assert export.warnings == ()
    assert (row.line, row.employee_number, row.email) == (2, "00042", "ada.okafor@larkfield.example")
    assert row.org_unit == ("Larkfield Appliances", "Customer Service", "Porto")
    assert (row.hired_on, row.locale, row.status) == (date(2021, 3, 1), "pt-PT", "active")


def test_empty_cells_mean_nothing_known() -> None:
    empty = dict.fromkeys(COLUMNS[3:], "")

    [row] = read_export(export_of({**empty, "job_role_code": "sales"})).rows

    assert (row.org_unit, row.manager_number, row.time_zone, row.hired_on) == ((), "", "", None)
    assert (row.employment_type, row.status) == ("full_time", "")


@pytest.mark.parametrize(
    "name",
    [
        "=HYPERLINK(1)",
        "+49",
        "@sum",
        "Sukarno",
        "José Łukasz Ñandú-O'Brien",
        "田中 芽衣",
        "علی‌رضا",
        "O" * 300,
        "🌱 Robin",
    ],
)
def test_a_name_is_kept_letter_by_letter(name: str) -> None:
    [row] = read_export(export_of({"full_name": name})).rows

    assert row.full_name == name


@pytest.mark.parametrize(
    ("column", "text", "message"),
    [
        ("employee_number", "", "It is empty, so nobody knows whose row this is. Add the number."),
        ("employee_number", "9" * 65, "It has 65 characters, the most is 64. Shorten it."),
        ("email", "", "It is empty, and nobody can sign in without an e-mail address. Add it."),
        (
            "email",
            "ada at home",
            "'ada at home' is not an e-mail address. Write one such as ada@example.com.",
        ),
        ("full_name", " ", "It is empty. Write the name as the person writes it."),
        ("full_name", "Ada\x07Okafor", "It contains the invisible character U+0007. Remove it."),
        ("full_name", "Ada\nOkafor", "It contains the invisible character U+000A. Remove it."),
        ("full_name", "Ada \u202erofakO", "It contains the invisible character U+202E. Remove it."),
        ("job_title", "Agent\x00", "It contains the invisible character U+0000. Remove it."),
        (
            "job_role_code",
            "customer service",
            "'customer service' is not a code. Write letters, digits, hyphens (64 at most), such as sales.",
        ),
        ("org_unit", "A > > B", "'A > > B' is not a path of units. Write it as Company > Division > Team."),
        ("time_zone", "Lisbon", "Lisbon is not a time zone. Use a name such as Europe/Lisbon."),
        ("locale", "português", "'português' is not a language. Write a code such as en or pt-PT."),
        (
            "employment_type",
            "Full time",
            "'Full time' is not known. Write one of: full_time, part_time, contract, intern, temporary.",
        ),
        (
            "status",
            "retired",
            "'retired' is not known. Write one of: prehire, active, on_leave, suspended, left.",
        ),
        ("hired_on", "03/04/2021", "'03/04/2021' is not a day. Write year, month and day as 2026-03-31."),
        ("hired_on", "2021-02-30", "'2021-02-30' is not a day. Write year, month and day as 2026-03-31."),
        ("hired_on", "20210301", "'20210301' is not a day. Write year, month and day as 2026-03-31."),
    ],
)
def test_a_wrong_cell_refuses_its_row_with_line_column_and_remedy(
    column: str, text: str, message: str
) -> None:
    bruno = {"employee_number": "00043", "email": "bruno@larkfield.example"}

    export = read_export(export_of({column: text}, bruno))

    assert [str(issue) for issue in export.errors] == [
        f"line 2, {column}: {message} The row was not imported."
    ]
    assert [row.employee_number for row in export.rows] == ["00043"]


def test_every_wrong_cell_of_a_row_is_named() -> None:
    export = read_export(export_of({"email": "", "hired_on": "soon"}))

    assert [(issue.line, issue.column) for issue in export.errors] == [(2, "email"), (2, "hired_on")]


@pytest.mark.parametrize(
    ("column", "again"), [("employee_number", "00042"), ("email", "ADA.OKAFOR@larkfield.example")]
)
def test_the_second_of_two_equal_rows_is_refused(column: str, again: str) -> None:
    other = {"employee_number": "00043", "email": "bruno@larkfield.example", column: again}

    export = read_export(export_of({}, other))

    [error] = export.errors
    assert error.line == 3
    assert error.message == (
        f"{again.lower()} stands in line 2 already. Correct one of the two. This row was not imported."
    )
    assert [row.line for row in export.rows] == [2]


def test_a_refused_row_does_not_take_the_number_from_a_good_one() -> None:
    export = read_export(export_of({"email": ""}, {}))

    assert [row.line for row in export.rows] == [3]


def test_a_row_with_a_stray_comma_says_how_many_cells_it_has() -> None:
    good = export_of({}).decode()
    bad = good + "00043,bruno@larkfield.example,Salgado, Bruno\n"

    assert told(bad.encode()) == [
        "line 3: It has 4 cells, the header has 15. Put quotes around values with a comma or semicolon. "
        "The row was not imported."
    ]


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    two_lines = {"job_title": "Agent\r\nsecond shift"}
    bad = {"employee_number": "00043", "email": ""}

    assert [error.line for error in read_export(export_of(two_lines, bad)).errors] == [2, 4]


def test_blank_lines_are_passed_over() -> None:
    assert len(read_export(export_of({}) + b"\r\n,,,,,,,,,,,,,,\r\n").rows) == 1


def test_someone_without_a_job_role_is_read_with_a_warning() -> None:
    export = read_export(export_of({"job_role_code": ""}))

    assert len(export.rows) == 1
    assert [str(issue) for issue in export.warnings] == [
        "line 2, job_role_code: Ada Okafor has no job role, so no path is meant for them."
    ]


def test_a_column_praxis_does_not_know_is_named_and_passed_over() -> None:
    header, row = export_of({}).decode().splitlines()

    export = read_export(f"{header},salary\n{row},100000\n".encode())

    assert len(export.rows) == 1
    assert [str(issue) for issue in export.warnings] == ["line 1, salary: Praxis does not use this column."]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "The column employee_number is missing."),
        (export_of(), "The file has a header and no rows. Export it again; nothing was changed."),
        (export_of({}).replace(b",email,", b",e_mail,"), "The column email is missing. Rename e_mail to it."),
        (export_of({}).replace(b",locale,", b",status,"), "The column locale is missing."),
        (
            export_of({"full_name": "José"}).decode().encode("cp1252"),
            'Line 2 is not UTF-8 text. Save the file as "CSV UTF-8" and try again; nothing was changed.',
        ),
        (
            export_of({}) + b'00043,"bruno',
            "Line 3 is not CSV (unexpected end of data). Close its quotation mark",
        ),
    ],
)
def test_a_file_that_cannot_be_read_as_a_whole_is_refused_as_a_whole(content: bytes, message: str) -> None:
    with pytest.raises(UnreadableExport) as refused:
        read_export(content)

    assert refused.value.message.startswith(message)


def test_a_column_given_twice_refuses_the_file() -> None:
    header, row = export_of({}).decode().splitlines()

    with pytest.raises(
        UnreadableExport, match=r"^The column email appears twice\. Keep one; nothing was changed\.$"
    ):
        read_export(f"{header},email\n{row},ada@elsewhere.example\n".encode())


@pytest.mark.parametrize(
    ("path", "code"),
    [
        (
            ("Larkfield Appliances", "Customer Service", "Porto"),
            "larkfield-appliances.customer-service.porto",
        ),
        (("A", "B C"), "a.b-c"),
        (("A B", "C"), "a-b.c"),
        (("東京", "品質"), "東京.品質"),
    ],
)
def test_a_unit_has_a_code_made_of_its_path(path: tuple[str, ...], code: str) -> None:
    assert unit_code(path) == code


def test_long_paths_and_names_without_letters_have_short_and_different_codes() -> None:
    paths = [
        ("Larkfield", "&"),
        ("Larkfield", "+"),
        *[("Larkfield Appliances",) * 4 + (end,) for end in "ab"],
    ]

    codes = [unit_code(path) for path in paths]

    assert len(set(codes)) == 4
    assert max(map(len, codes)) == 64
    assert codes == [unit_code(path) for path in paths]


def test_the_codes_of_files_are_those_of_the_models() -> None:
    assert set(EMPLOYMENT_TYPES) == set(Employment.Type.values)
    assert set(STATUSES) == set(User.Status.values)
    assert set(SIGN_IN_STATUSES) == User.MAY_SIGN_IN
