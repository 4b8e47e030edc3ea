"""How required paths stand: one standing for each, counted where each person lives, for those who may see it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db.models import F

from lms.paths.models import Enrollment
from lms.paths.selectors.reporting import Tally, completions_by_week, required_of_people, tallies

DAY = timedelta(days=1)


@pytest.fixture
def enrolled(path, noon):
    """Return a function that puts a person on a path, as it would stand at some point."""

    def create(person, on=path, **facts):
        return Enrollment.objects.create(
            **{"learner": person, "path": on, "source": "rule", "enrolled_at": noon, **facts}
        )

    return create


def standing_of(enrollment, now):
    row = Enrollment.objects.with_standing(now).get(pk=enrollment.pk)
    return row.standing, row.is_closed


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, ("open", False)),
        ({"due_on": date(2026, 11, 24)}, ("open", False)),
        ({"due_on": date(2026, 11, 23)}, ("overdue", False)),
        ({"due_on": date(2026, 11, 1), "closes_on": date(2026, 11, 23)}, ("overdue", True)),
        ({"closes_on": date(2026, 11, 23)}, ("open", True)),
        ({"closes_on": date(2026, 11, 24)}, ("open", False)),
        ({"due_on": date(2026, 11, 1), "paused_on": date(2026, 10, 1)}, ("paused", False)),
        (
            {"completed_at": datetime(2026, 11, 1, tzinfo=UTC), "due_on": date(2026, 10, 1)},
            ("completed", False),
        ),
        (
            {"completed_at": datetime(2025, 11, 1, tzinfo=UTC), "expires_on": date(2026, 11, 24)},
            ("completed", False),
        ),
        (
            {"completed_at": datetime(2025, 11, 1, tzinfo=UTC), "expires_on": date(2026, 11, 23)},
            ("expired", False),
        ),
    ],
)
def test_a_required_path_stands_in_exactly_one_place(enrolled, ada, noon, facts, expected):
    assert standing_of(enrolled(ada, **facts), noon) == expected


def test_a_day_is_over_where_the_person_lives(enrolled, person_factory, path):
    due = {"due_on": date(2026, 11, 24)}
    auckland = enrolled(person_factory(time_zone="Pacific/Auckland"), **due)
    honolulu = enrolled(person_factory(time_zone="Pacific/Honolulu"), **due)
    evening = datetime(
        2026, 11, 24, 11, 0, tzinfo=UTC
    )  # midnight in Auckland, UTC+13; one at night in Honolulu

    assert standing_of(auckland, evening) == ("overdue", False)
    assert standing_of(honolulu, evening) == ("open", False)
    assert list(Enrollment.objects.overdue(evening)) == [auckland]


def test_a_tally_adds_up_and_counts_the_late_once():
    tally = Tally.of(
        [
            ("completed", False, 5),
            ("expired", False, 1),
            ("open", False, 4),
            ("open", True, 2),
            ("overdue", False, 3),
            ("overdue", True, 7),
            ("paused", False, 6),
        ]
    )

    assert tally == Tally(completed=5, expired=1, open=6, overdue=10, paused=6, closed=9, late=13)
    assert tally.total == 28
    assert tally.on_time == 10
    assert tally + Tally(open=1) == Tally(
        completed=5, expired=1, open=7, overdue=10, paused=6, closed=9, late=13
    )


def test_tallies_are_by_path(enrolled, ada, bruno, path, path_factory, lesson_factory, noon):
    other = path_factory(lesson_factory())
    enrolled(ada, due_on=date(2026, 11, 1))
    enrolled(bruno, completed_at=noon - DAY)
    enrolled(bruno, other)

    found = tallies(Enrollment.objects.all(), noon, by=F("path"))

    assert found == {path.pk: Tally(completed=1, overdue=1, late=1), other.pk: Tally(open=1)}


def test_weeks_begin_on_monday_in_the_zone_of_the_company(enrolled, ada, bruno, linus, noon, settings):
    settings.PRAXIS_TIME_ZONE = "Europe/Berlin"
    monday_there = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)  # 00:30 on Monday in Berlin, UTC+1
    enrolled(ada, completed_at=monday_there)
    enrolled(bruno, completed_at=monday_there - timedelta(hours=1))
    enrolled(linus, completed_at=noon - timedelta(weeks=3))

    found = completions_by_week(Enrollment.objects.all(), last_day=date(2026, 11, 24), weeks=3)

    assert found == {date(2026, 11, 9): 0, date(2026, 11, 16): 1, date(2026, 11, 23): 1}


def names(rows):
    return sorted(row.learner.full_name for row in rows)


def test_an_administrator_sees_everyone_and_a_manager_those_below(
    enrolled, ada, bruno, linus, mei, person_factory
):
    junior = person_factory(full_name="Junior", manager=ada)
    linus.lines_down.create(report=junior, depth=2)
    for person in (ada, bruno, linus, junior):
        enrolled(person)

    assert names(required_of_people(mei, below_only=False)) == [
        "Ada Okafor",
        "Bruno Salgado",
        "Junior",
        "Linus Berg",
    ]
    assert names(required_of_people(mei, below_only=True)) == []
    assert names(required_of_people(linus, below_only=False)) == ["Ada Okafor", "Junior"]
    assert names(required_of_people(bruno, below_only=False)) == []


def test_only_what_is_required_and_current_of_people_who_work_here_is_reported(
    enrolled, mei, person_factory, noon
):
    enrolled(person_factory(full_name="Required"))
    enrolled(person_factory(full_name="On leave", status="on_leave"))
    enrolled(person_factory(full_name="Chose it"), is_required=False, source="self")
    enrolled(person_factory(full_name="Withdrawn"), withdrawn_at=noon)
    enrolled(person_factory(full_name="Earlier round"), is_latest=False)
    enrolled(person_factory(full_name="Left", status="left"))
    enrolled(person_factory(full_name="Suspended", status="suspended"))

    assert names(required_of_people(mei, below_only=False)) == ["On leave", "Required"]
