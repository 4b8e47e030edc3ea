"""The list of people finds whom an administrator asks for, at the same cost for a few and for many."""

import html
import re
from datetime import date

import pytest

from lms.people.models import Employment, JobRole, User
from lms.people.services import rebuild_reporting_lines, set_person_status
from lms.web import people_page

PEOPLE = "/manage/people/"


@pytest.fixture
def found(admin):
    """Return a function that gives the names on the page that an address shows."""

    def names(**asked):
        response = admin.get(PEOPLE, asked)
        assert response.status_code == 200
        return [person.full_name for person in response.context["found"].page.rows]

    return names


def test_everyone_who_works_here_now_is_listed_by_name(found, ada, bruno, person_factory):
    person_factory(full_name="Away", status="on_leave")
    for status in ["prehire", "suspended", "left"]:
        person_factory(full_name=status, status=status)

    assert found() == ["Ada Okafor", "Away", "Bruno Salgado", "Linus Berg", "Mei Tanaka"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("okaf", ["Ada Okafor"]),
        ("  OKAFOR   ada ", ["Ada Okafor"]),
        ("bruno@LARK", ["Bruno Salgado"]),
        ("00042", ["Ada Okafor"]),
        ("0004", []),
        ("42", []),
        ("", ["Ada Okafor", "Bruno Salgado", "Linus Berg", "Mei Tanaka"]),
        ("%", []),
        ("_", []),
        ("a%b", []),
        ("\\", []),
        ("'; drop table people_user; --", []),
        ("山田", []),
        ("\N{OWL}" * 50, []),
        ("a b c d e f g h i j k", []),
    ],
)
def test_a_search_looks_for_any_part_of_name_or_address_or_the_whole_number(found, ada, bruno, text, names):
    Employment.objects.create(person=ada, number="00042", effective_from=date(2021, 3, 1))

    assert found(q=text) == names


def test_names_are_found_with_the_signs_they_are_made_of(found, person_factory):
    person_factory(full_name="Zoë 100%_Łukasz")

    assert found(q="0%_Ł") == ["Zoë 100%_Łukasz"]


@pytest.mark.parametrize("text", ["a" * 201, "nul\x00byte"])
def test_what_cannot_be_searched_for_is_said(admin, ada, text):
    response = admin.get(PEOPLE, {"q": text})

    assert response.status_code == 200
    assert response.context["found"].page.rows == []
    assert "This cannot be searched for" in response.content.decode()


@pytest.mark.parametrize(
    "asked", [{"status": "nonsense"}, {"missing": "nonsense"}, {"unit": "x" * 65}, {"role": "a\x00b"}]
)
def test_a_filter_that_does_not_exist_is_no_error(admin, asked):
    assert admin.get(PEOPLE, asked).status_code == 200


def test_the_status_can_be_asked_for(found, ada, bruno):
    set_person_status(person=bruno, status=User.Status.LEFT, actor="test")

    assert found(status="left") == ["Bruno Salgado"]
    assert found(status="any", q="larkfield") == ["Ada Okafor", "Bruno Salgado", "Linus Berg", "Mei Tanaka"]


def test_a_unit_means_everyone_below_it_too(found, ada, porto, person_factory):
    team = porto.add_child(code="TEAM", name="Team")
    person_factory(full_name="Below", org_unit=team)
    porto.refresh_from_db()
    porto.add_sibling(code="OTHER", name="Other")

    assert found(unit="CS-PORTO") == ["Ada Okafor", "Below", "Linus Berg"]
    assert found(unit="TEAM") == ["Below"]
    assert found(unit="OTHER") == []
    assert found(unit="NO-SUCH") == []


def test_a_job_role_can_be_asked_for(found, ada, bruno):
    assert found(role="customer-service") == ["Ada Okafor", "Bruno Salgado"]
    assert found(role="no-such") == []


def test_people_of_whom_something_is_missing_are_found(found, ada, person_factory):
    person_factory(full_name="Root", is_superuser=True)

    assert found(missing="role") == ["Linus Berg", "Mei Tanaka"]
    assert found(missing="unit") == ["Mei Tanaka"]
    assert found(missing="manager") == ["Linus Berg", "Mei Tanaka"]


def test_a_circle_of_managers_is_found_where_it_was_cut(found, ada, linus):
    linus.manager = ada
    linus.save()
    rebuild_reporting_lines()

    assert found(missing="line") == ["Linus Berg"]


def test_filters_stay_from_page_to_page(admin, person_factory):
    for number in range(51):
        person_factory(full_name=f"Row {number:02}")
    first = admin.get(PEOPLE, {"q": "Row"})

    [link] = re.findall(r'rel="next" href="([^"]+)"', first.content.decode())
    second = admin.get(PEOPLE + html.unescape(link))
    assert "q=Row&amp;" in link
    assert [person.full_name for person in second.context["found"].page.rows] == ["Row 50"]
    back = admin.get(PEOPLE, {"q": "Row", "from": second.context["found"].page.previous})
    assert [person.full_name for person in back.context["found"].page.rows][::49] == ["Row 00", "Row 49"]


@pytest.mark.parametrize("cursor", ["nonsense", "\x00", "a:b:c", "é" * 3000])
def test_a_broken_place_in_the_list_shows_its_beginning(found, ada, cursor):
    assert found(**{"from": cursor})[0] == "Ada Okafor"


def test_the_figure_stops_where_counting_would_cost_more_than_the_page(
    text_of, ada, bruno, monkeypatch, person_factory
):
    assert "4 people" in text_of(PEOPLE)

    monkeypatch.setattr(people_page, "COUNTED", 3)

    assert "More than 1,000 people" in text_of(PEOPLE)


def test_names_are_shown_as_text(text_of, person_factory, porto):
    person_factory(full_name="<script>alert(1)</script>", org_unit=porto)
    porto.name = "<b>unit</b>"
    porto.save()

    page = text_of(PEOPLE, q="<script>")

    assert "<script>alert" not in page
    assert "<b>unit" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_an_empty_result_says_why_and_offers_to_clear(text_of, ada):
    page = text_of(PEOPLE, q="nobody")

    assert "Nobody matches" in page
    assert '<a class="btn quiet" href="/manage/people/">Clear all filters</a>' in page


def test_the_list_costs_the_same_for_1_and_for_50(queries_of, ada, person_factory):
    few = queries_of(PEOPLE), queries_of(f"{PEOPLE}?q=a&unit=CS-PORTO&role=customer-service")

    for number in range(60):
        role = JobRole.objects.create(code=f"role-{number}", name=f"Role {number}")
        unit = ada.org_unit.add_child(code=f"unit-{number}", name=f"Unit {number}")
        person_factory(job_role=role, org_unit=unit, manager=ada)

    assert few == (7, 8)
    assert (queries_of(PEOPLE), queries_of(f"{PEOPLE}?q=a&unit=CS-PORTO&role=customer-service")) == few
