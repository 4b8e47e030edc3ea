"""The demo company comes in by the same way as any other, without a single complaint."""

from collections import Counter
from datetime import date

import pytest

from lms.people.demo import LARKFIELD_EXPORT
from lms.people.hr_export import read_export
from lms.people.models import OrgUnit, ReportingLine, User
from lms.people.services import ImportResult, import_people

JOB_ROLES = {
    "customer-service",
    "marketing",
    "human-resources",
    "operations",
    "sales",
    "finance",
    "engineering",
}


@pytest.fixture
def imported(db: None) -> ImportResult:
    return import_people(
        content=LARKFIELD_EXPORT.read_bytes(), actor="command:load_demo", today=date(2026, 11, 20)
    )


def test_all_250_people_are_imported_without_error_or_warning(imported: ImportResult) -> None:
    assert imported.plan.errors == ()
    assert imported.plan.warnings == ()
    assert len(imported.plan.created) == User.objects.count() == 250
    assert Counter(User.objects.values_list("status", flat=True)) == {"active": 236, "on_leave": 7, "left": 7}


def test_importing_the_company_again_changes_nobody(imported: ImportResult) -> None:
    again = import_people(
        content=LARKFIELD_EXPORT.read_bytes(), actor="command:load_demo", today=date(2026, 11, 21)
    )

    assert again.counts()["unchanged"] == 250


def test_everyone_has_a_role_a_unit_a_zone_and_all_but_one_a_manager(imported: ImportResult) -> None:
    assert set(User.objects.values_list("job_role__code", flat=True)) == JOB_ROLES
    assert not User.objects.filter(org_unit=None).exists()
    assert not User.objects.filter(time_zone="").exists()
    assert list(User.objects.filter(manager=None).values_list("full_name", flat=True)) == ["Margaret Ashdown"]
    assert ReportingLine.objects.filter(report__full_name="Margaret Ashdown").count() == 0


def test_the_company_is_a_tree_of_five_levels_with_spans_of_five_to_twelve(imported: ImportResult) -> None:
    spans = Counter(ReportingLine.objects.filter(depth=1).values_list("manager", flat=True))

    assert max(ReportingLine.objects.values_list("depth", flat=True)) == 4
    assert (min(spans.values()), max(spans.values())) == (5, 12)
    assert {unit.name for unit in OrgUnit.objects.filter(depth=2)} == {
        "Customer Service",
        "Engineering",
        "Executive Office",
        "Finance",
        "Human Resources",
        "Learning & Development",
        "Marketing",
        "Operations",
        "Sales",
    }


def test_nobody_reports_to_someone_who_left(imported: ImportResult) -> None:
    assert not User.objects.filter(manager__status="left").exists()


def test_the_people_of_the_tour_stand_where_the_tour_says(imported: ImportResult) -> None:
    cast = User.objects.filter(email__regex="^(ada|bruno|linus|grace|radia|mei)@larkfield.example$").order_by(
        "email"
    )

    assert list(
        cast.values_list(
            "full_name", "preferred_name", "job_role__code", "org_unit__name", "manager__full_name"
        )
    ) == [
        ("Ada Okafor", "Ada", "customer-service", "Porto", "Linus Berg"),
        ("Bruno Salgado", "Bruno", "customer-service", "Porto", "Linus Berg"),
        ("Grace Lindqvist", "Grace", "human-resources", "Learning & Development", "Mei Tanaka"),
        ("Linus Berg", "Linus", "customer-service", "Porto", "Niamh Begum"),
        ("Mei Tanaka", "Mei", "human-resources", "Learning & Development", "Callum MacLeod"),
        ("Radia Haddad", "Radia", "human-resources", "Learning & Development", "Mei Tanaka"),
    ]


def test_names_are_written_as_people_write_them() -> None:
    rows = read_export(LARKFIELD_EXPORT.read_bytes()).rows
    names = {row.full_name for row in rows}

    assert {
        "Wulandari",
        "Maria Antónia de Vasconcelos e Sá Teixeira da Mota",
        "Þórdís Sigurðardóttir",
    } <= names
    assert {row.preferred_name for row in rows} >= {"欣怡", "Ярослава", "수진", "نسرین"}
    assert len(names) == 250


def test_people_joined_from_1998_to_this_autumn() -> None:
    hired = [row.hired_on for row in read_export(LARKFIELD_EXPORT.read_bytes()).rows if row.hired_on]

    assert len(hired) == 250
    assert (min(hired), max(hired)) == (date(1998, 4, 6), date(2026, 10, 1))
