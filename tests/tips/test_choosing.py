"""Which tip somebody gets. Pure; the expected choices follow from the sentences in lms/tips/choosing.py."""

from collections import Counter
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.tips.choosing import LOT_SHARE, Candidate, Listener, Pool, choose

WEEK = date(2026, 11, 30)
SERVICE, FINANCE = 1, 2
CHECKING, ASKING = 7, 8


def tip(key, *, roles=(), skills=(), level="basic"):
    return Candidate(key, frozenset(roles), frozenset(skills), level)


def listener(number=0, **fields):
    return Listener(identity=UUID(int=number).bytes, role=fields.pop("role", SERVICE), **fields)


def get(pool, somebody):
    """Return what somebody gets, who gets something."""
    choice = choose(pool, somebody, WEEK)
    assert choice is not None
    return choice


def choices(pool, number=400, **fields):
    """Return what many people in the same position get, those drawn by lot left out."""
    found = (choose(pool, listener(each, **fields), WEEK) for each in range(number))
    return Counter((each.tip, each.why) for each in found if each is not None and each.why != "chance")


def test_a_tip_for_ones_role_comes_before_one_for_everybody():
    pool = Pool([tip(1), tip(2, roles=[SERVICE]), tip(3, roles=[FINANCE])])

    assert set(choices(pool)) == {(2, "role")}
    assert set(choices(pool, role=None)) == {(1, "everybody")}


def test_what_somebody_found_hard_comes_before_that():
    pool = Pool([tip(1, skills=[CHECKING]), tip(2, roles=[SERVICE], skills=[ASKING])])

    assert set(choices(pool, weak_skills={CHECKING})) == {(1, "skill")}


def test_what_is_about_something_they_called_not_useful_comes_last():
    pool = Pool([tip(1, roles=[SERVICE], skills=[CHECKING]), tip(2, skills=[ASKING])])

    assert set(choices(pool, disliked_skills={CHECKING})) == {(2, "everybody")}


def test_of_equals_the_one_at_their_level():
    pool = Pool([tip(1), tip(2, level="intermediate"), tip(3, level="advanced")])

    assert set(choices(pool, level="intermediate")) == {(2, "everybody")}


def test_nobody_gets_a_tip_again_within_half_a_year():
    pool = Pool([tip(1, roles=[SERVICE]), tip(2)])
    half_a_year = timedelta(weeks=26)

    assert set(choices(pool, had={1: WEEK - half_a_year})) == {(2, "everybody")}
    assert set(choices(pool, had={1: WEEK - half_a_year - timedelta(weeks=1)})) == {(1, "role")}


def test_nobody_gets_what_they_called_not_useful():
    pool = Pool([tip(1, roles=[SERVICE]), tip(2)])

    assert set(choices(pool, unwanted={1})) == {(2, "everybody")}


def test_whoever_has_had_everything_gets_what_they_had_longest_ago():
    pool = Pool([tip(1), tip(2)])
    had = {1: WEEK - timedelta(weeks=9), 2: WEEK - timedelta(weeks=10)}

    assert get(pool, listener(had=had)).tip == 2
    assert get(pool, listener(had=had)).why == "again"


def test_nothing_comes_again_within_eight_weeks_even_then():
    pool = Pool([tip(1)])

    assert choose(pool, listener(had={1: WEEK - timedelta(weeks=7)}), WEEK) is None
    assert choose(Pool([]), listener(), WEEK) is None


def test_a_role_without_tips_of_its_own_gets_what_is_for_everybody_and_is_named():
    pool = Pool([tip(1), tip(3, roles=[FINANCE])])

    assert set(choices(pool)) == {(1, "everybody")}
    assert pool.roles_without_a_tip({SERVICE, FINANCE}) == {SERVICE}


def test_the_same_person_gets_the_same_tip_however_often_it_is_asked():
    pool = Pool([tip(key) for key in range(1, 30)])

    first = [get(pool, listener(each)) for each in range(200)]
    again = [get(pool, listener(each)) for each in range(200)]

    assert first == again
    assert len({each.tip for each in first}) > 15


def test_about_one_in_seven_is_drawn_by_lot_from_all_that_somebody_may_get():
    pool = Pool([tip(1, roles=[SERVICE]), *(tip(key) for key in range(2, 12))])
    found = [get(pool, listener(each)) for each in range(4000)]
    by_lot = [each for each in found if each.why == "chance"]

    # Binomial: 4,000 times 0.15 = 600, standard deviation 22.6; five of those on either side.
    assert abs(len(by_lot) - 600) < 113
    # Each of the eleven about 54 times, standard deviation 7.
    assert {each.tip for each in by_lot} == set(range(1, 12))


def test_the_propensity_is_how_often_a_choice_is_made():
    pool = Pool([tip(1, roles=[SERVICE]), tip(2), tip(3)])
    found = [get(pool, listener(each)) for each in range(4000)]

    for key, expected in {1: 0.85 + 0.15 / 3, 2: 0.15 / 3, 3: 0.15 / 3}.items():
        of_it = [each for each in found if each.tip == key]
        assert {round(each.propensity, 9) for each in of_it} == {round(expected, 9)}
        assert abs(len(of_it) / 4000 - expected) < 0.025


@given(
    st.lists(st.integers(1, 40), unique=True, min_size=1),
    st.sets(st.integers(1, 40)),
    st.integers(0, 10_000),
)
def test_whatever_somebody_gets_they_may_get(keys, had, number):
    pool = Pool([tip(key, roles=[FINANCE] if key % 5 == 0 else []) for key in keys])
    past = {key: WEEK - timedelta(weeks=3) for key in had}

    choice = choose(pool, listener(number, had=past), WEEK)

    allowed = {key for key in keys if key % 5 and key not in had}
    if choice is None:
        assert not allowed
    else:
        assert choice.tip in allowed
        assert 0.0 < choice.propensity <= 1.0


def test_the_share_is_what_the_documentation_says():
    assert pytest.approx(0.15) == LOT_SHARE
