"""When questions come back. Source: the reference's measured intervals of FSRS 6 at retention 0.9 in weekly slots."""

import json
from datetime import UTC, date, datetime, timedelta

from lms.tips.recall import Waiting, after_answer, first_to_come_back, slot_for

TUESDAY = datetime(2026, 12, 1, 9, tzinfo=UTC)


def answered(*rights):
    """Answer each time in the week when it comes back; return after how many days it comes again."""
    state, at, days = None, TUESDAY, []
    for is_right in rights:
        state, week = after_answer(state, is_right=is_right, at=at)
        following = datetime(week.year, week.month, week.day, 9, tzinfo=UTC) + timedelta(days=1)
        days.append((following - at).days)
        at = following
    return days


def test_what_is_remembered_comes_back_after_ever_longer_times():
    assert answered(True, True, True, True) == [7, 21, 84, 182]


def test_what_is_not_comes_back_next_week():
    assert answered(False, False) == [7, 7]
    assert answered(True, True, False)[-1] == 7


def test_a_slot_is_the_nearest_week_after_the_present_one():
    assert slot_for(TUESDAY + timedelta(days=2), answered_at=TUESDAY) == date(2026, 12, 7)
    assert slot_for(TUESDAY + timedelta(days=17), answered_at=TUESDAY) == date(2026, 12, 14)
    assert slot_for(TUESDAY + timedelta(days=18), answered_at=TUESDAY) == date(2026, 12, 21)


def test_the_state_survives_being_stored_as_json():
    state, _week = after_answer(None, is_right=True, at=TUESDAY)

    assert after_answer(json.loads(json.dumps(state)), is_right=True, at=TUESDAY + timedelta(days=7)) == (
        after_answer(state, is_right=True, at=TUESDAY + timedelta(days=7))
    )


WEEK = date(2026, 11, 30)


def card(key=1, *, due=WEEK, asked=0, last=None):
    return Waiting(due, asked, None if last is None else WEEK - timedelta(weeks=last), key, key * 10)


def test_without_an_answer_it_comes_back_after_three_weeks_then_after_nine_then_it_rests():
    once, twice, thrice = (card(asked=asked, last=0) for asked in (1, 2, 3))

    assert once.comes_back == WEEK + timedelta(weeks=3)
    assert twice.comes_back == WEEK + timedelta(weeks=9)
    assert thrice.comes_back is None


def test_of_several_that_left_unanswered_less_often_goes_first_then_the_one_that_waited_longest():
    earlier = WEEK - timedelta(weeks=1)
    unanswered, newer, older = card(1, asked=1, last=9), card(2), card(3, due=earlier)

    assert first_to_come_back([unanswered, newer, older], WEEK) == older
    assert first_to_come_back([unanswered, newer], WEEK) == newer
    assert first_to_come_back([unanswered], WEEK) == unanswered
    assert first_to_come_back([unanswered], WEEK - timedelta(weeks=7)) is None


def test_the_order_in_which_they_are_found_does_not_matter():
    cards = [card(key, asked=key % 2, last=9 if key % 2 else None) for key in range(1, 6)]

    assert {first_to_come_back(found, WEEK) for found in (cards, cards[::-1])} == {cards[1]}
