"""What may be told of a number of people."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.tips.shares import FEW, FLOOR, NEARLY_ALL, TOLD, UNTOLD, Share, count_of, interval, share_of


def test_the_floor_is_five_people():
    assert FLOOR == 5
    assert (count_of(4), count_of(5)) == (None, 5)


@pytest.mark.parametrize(
    ("part", "whole", "kind"),
    [
        (2, 4, UNTOLD),
        (0, None, UNTOLD),
        (0, 9, UNTOLD),
        (9, 9, UNTOLD),
        (4, 10, FEW),
        (4, 30, FEW),
        (5, 30, TOLD),
        (25, 30, TOLD),
        (26, 30, NEARLY_ALL),
        (30, 30, NEARLY_ALL),
        (5, 9, UNTOLD),
        (6, 10, NEARLY_ALL),
        (5, 10, TOLD),
    ],
)
def test_a_share_is_told_when_five_people_stand_on_either_side_of_it(part, whole, kind):
    assert share_of(part, whole).kind == kind


def test_a_share_of_something_untold_is_untold():
    nearly_all = share_of(28, 30)

    assert share_of(14, nearly_all.part) == Share(UNTOLD)


def test_the_range_is_wilson_s():
    # By hand, z = 1.96: 15 of 20 is 0.75; the middle (0.75 + 3.8416/40) / (1 + 3.8416/20) = 0.70972, half its width
    # 1.96 / 1.19208 * sqrt(0.75 * 0.25 / 20 + 3.8416 / 1600) = 0.17844.
    low, high = interval(15, 20)

    assert (round(low, 3), round(high, 3)) == (0.531, 0.888)


@given(st.integers(0, 500), st.integers(0, 500))
def test_whoever_reads_a_share_never_learns_of_fewer_than_five(part, others):
    share = share_of(part, part + others)

    if share.is_told:
        told = [share.part, share.rest, share.low, share.ratio, share.high]
        mine, theirs, low, ratio, high = (each for each in told if each is not None)
        assert min(mine, theirs) >= FLOOR
        assert 0.0 <= low <= ratio <= high <= 1.0
    else:
        assert share.part is share.rest is share.ratio is share.low is share.high is None


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 60))
def test_a_share_of_a_share_gives_neither_away(inner, middle, outer):
    whole = inner + middle + outer
    parent = share_of(inner + middle, whole)
    child = share_of(inner, parent.part)

    if child.is_told:
        assert min(inner, middle, outer) >= FLOOR
