"""When questions come back. Source: the reference's measured intervals of FSRS 6 at retention 0.9 in weekly slots."""

import json
from datetime import UTC, date, datetime, timedelta

from lms.tips.recall import after_answer, slot_for

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
