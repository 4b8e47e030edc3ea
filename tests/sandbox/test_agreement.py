"""Agreement of raters, by hand."""

import pytest

from sandbox.agreement import agreement, weighted_kappa


def test_full_agreement_is_one_and_full_disagreement_is_below_zero():
    assert weighted_kappa([(0, 0), (1, 1), (2, 2)]) == 1.0
    assert weighted_kappa([(0, 2), (2, 0)]) == -1.0


def test_a_worked_example():
    """Observed: one pair of four differs by 1, so 1/4. Expected: rows 0,0,2,2 and columns 0,1,2,2 give 28/16."""
    pairs = [(0, 0), (0, 1), (2, 2), (2, 2)]

    assert weighted_kappa(pairs) == pytest.approx(1 - (1 / 4) / (28 / 16))


def test_where_one_level_is_all_there_is_kappa_says_nothing():
    found = agreement([2, 2, 2], [2, 2, 2])

    assert (found.exact, found.kappa, found.low) == (1.0, None, None)


def test_the_interval_holds_the_value_and_is_the_same_each_time():
    first, second = [0, 1, 2, 2, 1, 0] * 10, [0, 1, 2, 1, 1, 0] * 10

    found = agreement(first, second)

    assert found == agreement(first, second)
    assert found.low is not None
    assert found.kappa is not None
    assert found.high is not None
    assert found.low < found.kappa < found.high


def test_raters_of_different_things_cannot_be_compared():
    with pytest.raises(ValueError, match="same things"):
        agreement([1], [1, 2])
