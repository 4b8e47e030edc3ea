"""How someone stands with what is required of them: the rules, and the same rules in SQL."""

import random
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.paths.models import Enrollment, StepCompletion
from lms.paths.selectors import count_statuses, people_below, required_paths, with_team_status
from lms.paths.team_status import (
    NEEDING_ATTENTION,
    STATUS_MEANS,
    STATUS_NAMES,
    Facts,
    Standing,
    TeamStatus,
    standing_of,
    status_of,
)
from lms.people.models import ReportingLine, User
from lms.people.selectors import today_of

TODAY = date(2026, 11, 24)


def in_days(days):
    return TODAY + timedelta(days=days)


@pytest.mark.parametrize(
    ("facts", "standing"),
    [
        (Facts(), "open"),
        (Facts(due_on=in_days(-1)), "overdue"),
        (Facts(due_on=in_days(-1), has_started=True), "overdue"),
        (Facts(due_on=in_days(0)), "due-soon"),
        (Facts(due_on=in_days(7)), "due-soon"),
        (Facts(due_on=in_days(7), has_started=True), "open"),
        (Facts(due_on=in_days(8)), "open"),
        (Facts(closes_on=in_days(7), has_started=True), "closes-soon"),
        (Facts(closes_on=in_days(8)), "open"),
        (Facts(closes_on=in_days(-1), due_on=in_days(-5)), "closed"),
        (Facts(closes_on=in_days(5), due_on=in_days(-5)), "overdue"),
        (Facts(due_on=in_days(-1), closes_on=in_days(-1), is_paused=True), "paused"),
        (Facts(is_completed=True), "done"),
        (Facts(is_completed=True, due_on=in_days(-30), closes_on=in_days(-20)), "done"),
        (Facts(is_completed=True, expires_on=in_days(31)), "done"),
        (Facts(is_completed=True, expires_on=in_days(30)), "expires-soon"),
        (Facts(is_completed=True, expires_on=in_days(0)), "expires-soon"),
        (Facts(is_completed=True, expires_on=in_days(-1)), "expired"),
        (Facts(is_completed=True, expires_on=in_days(30), is_paused=True), "expires-soon"),
    ],
)
def test_a_required_path_stands(facts, standing):
    assert standing_of(facts, TODAY) == standing


@pytest.mark.parametrize(
    ("standings", "status"),
    [
        ([], "nothing"),
        (["done", "done"], "done"),
        (["done", "open"], "on-track"),
        (["done", "paused"], "on-track"),
        (["open", "overdue"], "attention"),
        (["done", "expires-soon"], "attention"),
        (["paused", "closed"], "attention"),
    ],
)
def test_a_person_stands_as_what_presses_most(standings, status):
    assert status_of([Standing(standing) for standing in standings]) == status


def test_every_status_has_a_name_and_says_what_it_means():
    assert set(STATUS_NAMES) == set(STATUS_MEANS) == set(TeamStatus)


days = st.none() | st.integers(-40, 40).map(in_days)
facts = st.builds(Facts, days, days, days, st.booleans(), st.booleans(), st.booleans())


@given(facts)
def test_whoever_is_on_leave_is_late_for_nothing(of):
    standing = standing_of(of._replace(is_paused=True, is_completed=False), TODAY)

    assert standing == Standing.PAUSED


@given(facts)
def test_beginning_never_makes_a_path_more_pressing(of):
    before = standing_of(of._replace(has_started=False), TODAY)
    after = standing_of(of._replace(has_started=True), TODAY)

    assert after == before or (before, after) == (Standing.DUE_SOON, Standing.OPEN)


@given(st.lists(st.sampled_from(Standing)), st.randoms(use_true_random=False))
def test_the_order_of_paths_does_not_matter(standings, chance):
    mixed = standings.copy()
    chance.shuffle(mixed)

    assert status_of(mixed) == status_of(standings)


@given(st.lists(st.sampled_from(Standing), min_size=1))
def test_a_person_needs_attention_exactly_when_a_path_does(standings):
    assert (status_of(standings) == TeamStatus.ATTENTION) == any(s in NEEDING_ATTENTION for s in standings)


# The same rules in SQL ------------------------------------------------------------------------------------------------

ZONES = ["", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kolkata"]
NOW = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)  # on three days at once: the 23rd, the 24th and the 25th


def every_kind():
    """Return the facts of paths of every kind, near every limit."""
    of_open = product([None, -2, -1, 0, 1, 6, 7, 8], [None, -1, 0, 6, 7, 8], [None], [False, True], [False])
    of_done = product([None, -1], [None], [None, -2, -1, 0, 29, 30, 31, 32], [False, True], [True])
    return [
        Facts(
            due_on=_day(due),
            closes_on=_day(closes),
            expires_on=_day(expires),
            is_paused=paused,
            is_completed=done,
            has_started=started,
        )
        for (due, closes, expires, paused, done), started in product([*of_open, *of_done], [False, True])
    ]


def _day(days: int | None) -> date | None:
    return None if days is None else in_days(days)


@pytest.fixture
def paths(lesson_factory, path_factory):
    return [path_factory(lesson_factory()) for _ in range(3)]


def make_team(manager, paths, teams_facts):
    """Put a person below a manager for each list of facts, everyone in another zone."""
    people = User.objects.bulk_create(
        User(email=f"t{n}@larkfield.example", full_name=f"T{n}", time_zone=ZONES[n % len(ZONES)])
        for n in range(len(teams_facts))
    )
    ReportingLine.objects.bulk_create(
        ReportingLine(manager=manager, report=person, depth=1) for person in people
    )
    rows, begun = [], []
    for person, of_person in zip(people, teams_facts, strict=True):
        for path, of in zip(paths, of_person, strict=False):
            rows.append(enrollment := _enrollment(person, path, of))
            if of.has_started:
                begun.append(enrollment)
    Enrollment.objects.bulk_create(rows)
    StepCompletion.objects.bulk_create(
        StepCompletion(
            enrollment=enrollment,
            step_id="00000000-0000-0000-0000-000000000001",
            content_uuid="00000000-0000-0000-0000-000000000002",
            completed_at=NOW,
        )
        for enrollment in begun
    )
    return people


def _enrollment(person, path, of):
    return Enrollment(
        learner=person,
        path=path,
        source="rule",
        enrolled_at=NOW,
        due_on=of.due_on,
        closes_on=of.closes_on,
        expires_on=of.expires_on,
        paused_on=TODAY if of.is_paused else None,
        completed_at=NOW if of.is_completed else None,
    )


def compare(manager, people):
    """Return who stands otherwise in SQL than by the rules."""
    asked = with_team_status(people_below(manager), manager, NOW)
    in_sql = dict(cast("Any", asked).values_list("pk", "team_status"))
    seen = required_paths(manager, people, NOW)
    by_rule = {pk: status_of([path.standing for path in paths]).value for pk, paths in seen.items()}
    wrong = {pk: (in_sql[pk], status) for pk, status in by_rule.items() if in_sql[pk] != status}
    counted = {status: list(by_rule.values()).count(status.value) for status in TeamStatus}
    return wrong, count_statuses(asked), counted


def test_the_database_agrees_for_one_path_of_every_kind_in_every_zone(linus, paths):
    kinds = [[of] for of in every_kind() for _zone in ZONES]

    wrong, in_sql, by_rule = compare(linus, make_team(linus, paths, kinds))

    assert wrong == {}
    assert in_sql == by_rule
    assert sum(in_sql.values()) == len(kinds)
    assert all(in_sql[status] for status in (TeamStatus.ATTENTION, TeamStatus.ON_TRACK, TeamStatus.DONE))


@pytest.mark.parametrize("seed", range(3))
def test_the_database_agrees_for_people_with_several_paths(linus, paths, seed):
    chance, kinds = random.Random(seed), every_kind()
    teams = [chance.sample(kinds, chance.randint(0, 3)) for _ in range(200)]

    wrong, in_sql, by_rule = compare(linus, make_team(linus, paths, teams))

    assert wrong == {}
    assert in_sql == by_rule


def test_a_deadline_is_missed_when_the_day_is_over_where_the_person_lives(linus, paths):
    due_on_the_24th = [[Facts(due_on=date(2026, 11, 24), has_started=True)]] * 3
    people = make_team(linus, paths, due_on_the_24th)

    seen = required_paths(linus, people, NOW)

    assert [today_of(person, NOW).day for person in people] == [24, 25, 23]
    assert [seen[person.pk][0].standing for person in people] == ["open", "overdue", "open"]
