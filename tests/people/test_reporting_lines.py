"""Who stands above whom, derived from the manager of each person."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from lms.people.models import ReportingLine, User
from lms.people.reporting_lines import closure, find_circles
from lms.people.services import Rebuilt, rebuild_reporting_lines

PersonFactory = Callable[..., User]


def test_everyone_above_is_listed_with_their_distance() -> None:
    assert closure({"grace": None, "linus": "grace", "ada": "linus", "mei": None}) == {
        ("grace", "linus"): 1,
        ("linus", "ada"): 1,
        ("grace", "ada"): 2,
    }


@pytest.mark.parametrize(
    ("manager_of", "circles"),
    [
        ({}, []),
        ({"a": None, "b": "a", "c": "gone"}, []),
        ({"a": "a"}, [("a",)]),
        ({"a": "b", "b": "a"}, [("a", "b")]),
        ({"tail": "c", "c": "a", "a": "b", "b": "c"}, [("c", "a", "b")]),
        ({"x": "y", "y": "x", "b": "a", "a": "b", "c": "a"}, [("x", "y"), ("b", "a")]),
    ],
)
def test_circles_start_with_their_first_person_and_go_upwards(
    manager_of: dict[str, str | None], circles: list[tuple[str, ...]]
) -> None:
    assert find_circles(manager_of) == circles


@given(st.dictionaries(st.integers(0, 12), st.none() | st.integers(0, 12)))
def test_without_the_manager_of_the_first_no_circle_is_left(manager_of: dict[int, int | None]) -> None:
    opened = {**manager_of, **dict.fromkeys([circle[0] for circle in find_circles(manager_of)])}

    assert find_circles(opened) == []
    assert all(manager != report for manager, report in closure(opened))


def lines() -> set[tuple[str, str, int]]:
    return set(ReportingLine.objects.values_list("manager__full_name", "report__full_name", "depth"))


@pytest.fixture
def line_of_three(person_factory: PersonFactory) -> tuple[User, User, User]:
    top = person_factory(full_name="Top")
    middle = person_factory(full_name="Middle", manager=top)
    return top, middle, person_factory(full_name="Below", manager=middle)


def test_rebuilding_writes_the_whole_line_and_then_nothing(line_of_three: tuple[User, User, User]) -> None:
    assert rebuild_reporting_lines() == Rebuilt(written=3, removed=0)
    before = list(ReportingLine.objects.order_by("pk").values_list())

    assert rebuild_reporting_lines() == Rebuilt(written=0, removed=0)

    assert lines() == {("Top", "Middle", 1), ("Middle", "Below", 1), ("Top", "Below", 2)}
    assert list(ReportingLine.objects.order_by("pk").values_list()) == before


def test_a_move_changes_only_the_pairs_it_concerns(line_of_three: tuple[User, User, User]) -> None:
    top, _middle, below = line_of_three
    rebuild_reporting_lines()
    below.manager = top
    below.save()

    assert rebuild_reporting_lines() == Rebuilt(written=1, removed=1)
    assert lines() == {("Top", "Middle", 1), ("Top", "Below", 1)}


def test_a_circle_is_opened_and_reported_and_nobody_loses_their_manager(
    line_of_three: tuple[User, User, User], caplog: pytest.LogCaptureFixture
) -> None:
    top, middle, below = line_of_three
    top.manager = below
    top.save()

    rebuilt = rebuild_reporting_lines()

    assert rebuilt.circles == ((top.pk, below.pk, middle.pk),)
    assert lines() == {("Top", "Middle", 1), ("Middle", "Below", 1), ("Top", "Below", 2)}
    assert "report to each other in a circle" in caplog.text
    top.refresh_from_db()
    assert top.manager == below


def test_rebuilding_takes_the_same_queries_for_few_and_for_many(person_factory: PersonFactory) -> None:
    def queries(count: int) -> int:
        top = person_factory()
        for _ in range(count):
            person_factory(manager=top)
        with CaptureQueriesContext(connection) as captured:
            rebuild_reporting_lines()
        return len(captured)

    assert queries(2) == queries(200)
