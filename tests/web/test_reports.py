"""Reports say how required paths stand, to those who answer for it, and never what anyone chose or answered."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qs, urlparse

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from lms.paths.models import Answer, Enrollment
from lms.people.models import User
from lms.people.services import rebuild_reporting_lines
from lms.web.views import reports as reports_view

REPORTS = "/reports/"
EXPORT = "/reports/export/"
DAYS = ["Due", "Closes", "Closed", "Completed", "Expires"]
HEADER = ["Name", "E-mail address", "Unit", "Path", "Status", *DAYS]


@pytest.fixture(autouse=True)
def _noon(noon):
    """Let it be noon on Tuesday, 24 November 2026."""
    with time_machine.travel(noon, tick=False):
        yield


@pytest.fixture
def path(path_factory, lesson_factory):
    return path_factory(lesson_factory(), title="Working with AI", slug="working-with-ai")


@pytest.fixture
def other(path_factory, lesson_factory):
    return path_factory(lesson_factory(), title="Data protection", slug="data-protection")


@pytest.fixture
def enrolled(path):
    """Return a function that puts a person on a path, as it would stand at some point."""

    def create(person, on=path, **facts):
        return Enrollment.objects.create(
            **{"learner": person, "path": on, "source": "rule", "enrolled_at": timezone.now(), **facts}
        )

    return create


@pytest.fixture
def admin(mei, client_of):
    return client_of(mei)


@pytest.fixture
def manager(linus, client_of):
    return client_of(linus)


def shown(client, **asked):
    response = client.get(REPORTS, asked)
    assert response.status_code == 200
    return response.context["shown"]


def listed(client, **asked):
    return [(line.name, line.path, line.standing.value) for line in shown(client, **asked).lines]


def text(response):
    return " ".join(response.content.decode().split())


def csv_lines(response):
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    content = b"".join(response.streaming_content).decode()
    assert content.startswith("\ufeff")
    return list(csv.reader(io.StringIO(content[1:], newline="")))


# --- who sees whom --------------------------------------------------------------------------------------


def test_an_administrator_reads_about_everyone_and_a_manager_about_those_below(
    admin, manager, enrolled, ada, bruno, linus
):
    for person in (ada, bruno, linus):
        enrolled(person)

    assert listed(admin) == [
        ("Ada Okafor", "Working with AI", "open"),
        ("Bruno Salgado", "Working with AI", "open"),
        ("Linus Berg", "Working with AI", "open"),
    ]
    assert listed(manager) == [("Ada Okafor", "Working with AI", "open")]
    assert [line[0] for line in csv_lines(manager.get(EXPORT))] == ["Name", "Ada Okafor"]


def test_a_manager_cannot_ask_for_more_than_their_people(manager, enrolled, ada, bruno, porto):
    enrolled(bruno)

    for asked in [{"whose": ""}, {"whose": "everyone"}, {"unit": porto.code}, {"path": "working-with-ai"}]:
        assert shown(manager, **asked).tally.total == 0
        assert csv_lines(manager.get(EXPORT, asked)) == [HEADER]


def test_who_leads_people_and_administers_chooses_between_their_people_and_everyone(
    client_of, mei, ada, bruno, enrolled
):
    bruno.manager = mei
    bruno.save()
    rebuild_reporting_lines()
    enrolled(ada)
    enrolled(bruno)
    client = client_of(mei)

    assert len(listed(client)) == 2
    assert listed(client, whose="mine") == [("Bruno Salgado", "Working with AI", "open")]
    assert 'name="whose"' in text(client.get(REPORTS))


def test_who_has_nothing_to_choose_is_not_asked(admin, manager, enrolled, ada):
    enrolled(ada)

    assert 'name="whose"' not in text(admin.get(REPORTS))
    assert 'name="whose"' not in text(manager.get(REPORTS))
    assert listed(admin, whose="mine") == [("Ada Okafor", "Working with AI", "open")]


def test_administrators_find_it_in_manage_and_names_lead_to_people(admin, manager, enrolled, ada):
    enrolled(ada)

    page = text(admin.get(REPORTS))
    assert '<a href="/reports/" aria-current="page">Reports</a>' in page
    assert f'<a href="/manage/people/{ada.public_id}/">Ada Okafor</a>' in page
    assert "/manage/" not in text(manager.get(REPORTS))


def test_nothing_private_is_on_the_page_or_in_the_file(admin, enrolled, ada, path, other):
    enrolled(ada, reason="Because of the audit")
    enrolled(ada, other, is_required=False, source="self")
    lesson = path.steps[0].value["lesson"].specific
    Answer.objects.create(
        learner=ada,
        lesson_uuid=lesson.uuid,
        question_id=lesson.question_ids[0],
        chosen=["a-telling-choice"],
        is_right=False,
        answered_at=timezone.now(),
    )
    facts = {"_answer", "_stepcompletion", "_learningrecord"}

    with CaptureQueriesContext(connection) as captured:
        page = text(admin.get(REPORTS))
        lines = csv_lines(admin.get(EXPORT))

    assert shown(admin).tally.total == 1
    assert lines == [
        HEADER,
        [
            "Ada Okafor",
            "ada@larkfield.example",
            "Customer Service Porto",
            "Working with AI",
            "open",
            *[""] * 5,
        ],
    ]
    assert "a-telling-choice" not in page
    asked = " ".join(query["sql"] for query in captured)
    assert [fact for fact in facts if fact in asked] == []


# --- what is counted --------------------------------------------------------------------------------------


@pytest.fixture
def company(enrolled, person_factory, porto, other):
    """Twelve enrollments of nine people, in every standing."""
    team = porto.add_child(code="CS-PORTO-1", name="Complaints")
    leaf = team.add_child(code="CS-PORTO-1A", name="Refunds")
    people = [
        person_factory(full_name=f"Person {number}", org_unit=unit)
        for number, unit in enumerate([porto, team, team, leaf, leaf, leaf, leaf, None, None])
    ]
    at = datetime(2026, 11, 10, 9, tzinfo=UTC)
    enrolled(people[0])
    enrolled(people[1], completed_at=at)
    enrolled(people[2], completed_at=at - timedelta(weeks=1), expires_on=date(2026, 11, 20))
    enrolled(people[3], due_on=date(2026, 11, 20))
    enrolled(people[4], due_on=date(2026, 11, 20), closes_on=date(2026, 11, 22))
    enrolled(people[5], paused_on=date(2026, 11, 1), due_on=date(2026, 11, 20))
    enrolled(people[6], closes_on=date(2026, 11, 22))
    enrolled(people[7], due_on=date(2026, 12, 1))
    enrolled(people[8], completed_at=at)
    enrolled(people[0], other, completed_at=at)
    enrolled(people[1], other, completed_at=at)
    enrolled(people[2], other)
    return people


def test_figures_add_up(admin, company):
    tally = shown(admin).tally

    assert shown(admin).people == 9
    assert tally.total == 12
    assert [tally.completed, tally.expired, tally.open, tally.overdue, tally.paused] == [4, 1, 4, 2, 1]
    assert (tally.closed, tally.late, tally.on_time) == (2, 4, 4)
    assert shown(admin).share_completed == 33


def test_figures_say_when_and_how_they_were_counted(admin, company):
    page = text(admin.get(REPORTS))

    assert (
        "As of 24 November 2026, 12:00 UTC. Each person on each of their required paths is counted once."
        in page
    )
    assert "<b>9</b> people who have at least one required path" in page
    assert "<b>4</b> of 12 (33 %) are done, and still count" in page
    assert "<b>2</b> are past the end of their due day, where each person lives" in page


def test_overdue_is_what_the_question_to_the_table_says(admin, company, noon):
    assert shown(admin).tally.overdue == Enrollment.objects.overdue(noon).count() == 2


def test_paths_with_most_that_is_late_come_first(admin, company):
    bars = shown(admin).by_path.bars

    assert [(bar.label, [n for _part, n in bar.by_part]) for bar in bars] == [
        ("Working with AI", [2, 3, 4]),
        ("Data protection", [2, 1, 0]),
    ]


def test_units_are_those_below_the_nearest_that_holds_everyone_with_all_below_counted_in(admin, company):
    bars = shown(admin).by_unit.bars

    assert [(bar.label, [n for _part, n in bar.by_part], bar.address) for bar in bars] == [
        ("Complaints", [2, 2, 4], "?unit=CS-PORTO-1"),
        ("Directly in Customer Service Porto", [1, 1, 0], ""),
        ("Without a unit", [1, 1, 0], ""),
    ]


def test_below_a_chosen_unit_are_the_next_ones(admin, company):
    found = shown(admin, unit="CS-PORTO-1")

    assert found.tally.total == 8
    assert [(bar.label, bar.total) for bar in found.by_unit.bars] == [
        ("Refunds", 4),
        ("Directly in Complaints", 4),
    ]


def test_completions_are_counted_by_week(admin, company):
    columns = shown(admin).by_week.columns

    assert [column.value for column in columns] == [0, 0, 0, 0, 0, 0, 0, 0, 1, 4, 0, 0]
    assert (columns[0].label, columns[-1].label) == ("Week of 7 September 2026", "Week of 23 November 2026")


# --- filters ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "names"),
    [
        ("open", ["Person 0", "Person 2", "Person 6", "Person 7"]),
        ("overdue", ["Person 3", "Person 4"]),
        ("paused", ["Person 5"]),
        ("completed", ["Person 0", "Person 1", "Person 1", "Person 8"]),
        ("expired", ["Person 2"]),
        ("closed", ["Person 4", "Person 6"]),
    ],
)
def test_the_list_and_the_file_show_one_status_and_the_figures_all(admin, company, status, names):
    found = shown(admin, status=status)

    assert [line.name for line in found.lines] == names
    assert found.listed == len(names)
    assert found.tally.total == 12
    assert [line[0] for line in csv_lines(admin.get(EXPORT, {"status": status}))[1:]] == names


def test_a_path_a_unit_and_days_narrow_everything(admin, company):
    assert shown(admin, path="data-protection").tally.total == 3
    assert shown(admin, unit="CS-PORTO-1A").people == 4
    assert shown(admin, since="2026-11-10").tally.total == 4
    assert shown(admin, until="2026-11-09").tally.total == 1
    assert shown(admin, since="2026-11-10", until="2026-11-10", path="working-with-ai").tally.completed == 2


def test_days_are_those_of_the_company(admin, enrolled, ada, settings):
    settings.PRAXIS_TIME_ZONE = "Europe/Berlin"
    enrolled(ada, completed_at=datetime(2026, 11, 9, 23, 30, tzinfo=UTC))  # 00:30 on the tenth in Berlin

    assert shown(admin, since="2026-11-10", until="2026-11-10").lines[0].completed_on == date(2026, 11, 10)
    assert shown(admin, until="2026-11-09").tally.total == 0


@pytest.mark.parametrize(
    "asked",
    [
        {"since": "yesterday"},
        {"since": "0001-01-01"},
        {"until": "9999-12-31"},
        {"status": "loved"},
        {"since": "2026-11-10", "until": "2026-11-01"},
    ],
)
def test_what_cannot_be_asked_is_said_and_no_file_is_made(admin, company, asked):
    response = admin.get(REPORTS, asked)

    assert response.status_code == 200
    assert "This cannot be reported" in text(response)
    refused = admin.get(EXPORT, {**asked, "format": "xlsx"})
    assert refused.status_code == 302
    assert urlparse(refused["Location"]).path == REPORTS
    assert parse_qs(urlparse(refused["Location"]).query) == {name: [value] for name, value in asked.items()}


@pytest.mark.parametrize("asked", [{"path": "no-such"}, {"unit": "no-such"}, {"from": "broken"}])
def test_an_address_that_names_nothing_is_a_page_like_any_other(admin, company, asked):
    assert shown(admin, **asked).tally.total == (12 if "from" in asked else 0)


def test_empty_reports_say_why(admin, manager, ada, company, enrolled):
    assert "Nothing is required of your people now" in text(manager.get(REPORTS))
    assert "No required path matches" in text(admin.get(REPORTS, {"path": "no-such"}))
    assert "Nobody has this status" in text(
        admin.get(REPORTS, {"status": "closed", "unit": "CS-PORTO-1", "path": "data-protection"})
    )
    Enrollment.objects.all().delete()
    assert "Nothing is required of anyone yet" in text(admin.get(REPORTS))


def test_every_line_stands_on_exactly_one_page(admin, enrolled, person_factory, other):
    for number in range(60):
        person = person_factory(full_name=f"Same name {number % 7}")
        enrolled(person)
        enrolled(person, other)
    seen, cursor = [], ""
    while True:
        found = shown(admin, **{"from": cursor})
        seen += [(line.email, line.path) for line in found.lines]
        cursor = found.page.next
        if not cursor:
            break

    assert found.listed == 120
    assert len(seen) == len(set(seen)) == 120


# --- files ------------------------------------------------------------------------------------------------


def test_the_file_has_every_day_of_every_line(admin, company):
    lines = csv_lines(admin.get(EXPORT, {"path": "working-with-ai"}))

    assert lines[0] == HEADER
    ai = "Working with AI"
    assert lines[2][0] == "Person 1"
    assert lines[2][3:] == [ai, "completed", "", "", "", "2026-11-10", ""]
    assert lines[5][2:] == ["Refunds", ai, "overdue", "2026-11-20", "2026-11-22", "closed", "", ""]
    assert len(lines) == 10


def test_the_workbook_has_the_same_lines(admin, company):
    response = admin.get(EXPORT, {"format": "xlsx", "status": "overdue"})

    assert response["Content-Disposition"] == 'attachment; filename="required-paths-2026-11-24.xlsx"'
    rows = list(load_workbook(io.BytesIO(response.content)).active.iter_rows(values_only=True))
    assert list(rows[0]) == HEADER
    assert [row[0] for row in rows[1:]] == ["Person 3", "Person 4"]
    assert rows[1][5] == datetime(2026, 11, 20)  # noqa: DTZ001 a day, as a workbook holds it


@pytest.mark.parametrize("name", ["=1+1", "+cmd", "@SUM(A1)"])
def test_a_name_is_never_a_formula(admin, enrolled, person_factory, name):
    enrolled(person_factory(full_name=name))

    assert csv_lines(admin.get(EXPORT))[1][0] == f"'{name}"
    sheet = load_workbook(io.BytesIO(admin.get(EXPORT, {"format": "xlsx"}).content)).active
    assert (sheet["A2"].value, sheet["A2"].data_type) == (name, "s")


def test_a_list_too_long_for_a_workbook_is_refused_in_words(admin, company, monkeypatch):
    monkeypatch.setattr(reports_view, "ROWS_OF_A_WORKBOOK", 11)

    response = admin.get(EXPORT, {"format": "xlsx", "unit": ""}, follow=True)

    assert response.redirect_chain == [("/reports/?unit=", 302)]
    assert "No file was made: the list has more than 11 lines" in text(response)
    assert admin.get(EXPORT, {"format": "xlsx", "status": "open"}).status_code == 200
    assert len(csv_lines(admin.get(EXPORT))) == 13


def test_there_is_no_other_format(admin):
    assert admin.get(EXPORT, {"format": "pdf"}).status_code == 404


# --- cost -------------------------------------------------------------------------------------------------


def queries(client, address):
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        response = client.get(address)
        if response.streaming:
            b"".join(response.streaming_content)
    return len(captured)


def fill(enrolled, linus, porto, count, paths):
    people = User.objects.bulk_create(
        User(
            email=f"many{number}@larkfield.example",
            full_name=f"Many {number}",
            org_unit=porto.add_child(code=f"U-{number}", name=f"Unit {number}"),
            manager=linus,
        )
        for number in range(count)
    )
    for person in people:
        linus.lines_down.create(report=person, depth=1)
        for path in paths:
            enrolled(person, path, due_on=date(2026, 11, 1))


@pytest.mark.parametrize("count", [1, 50])
def test_the_page_costs_the_same_for_1_and_for_50(
    admin, manager, enrolled, linus, porto, path_factory, lesson_factory, count
):
    fill(enrolled, linus, porto, count, [path_factory(lesson_factory()) for _ in range(min(count, 5))])

    assert queries(admin, REPORTS) == 11
    assert queries(admin, f"{REPORTS}?unit={porto.code}") == 12
    assert queries(manager, REPORTS) == 10
    assert queries(admin, EXPORT) == 5
