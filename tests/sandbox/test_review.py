"""Whether the learner found what is wrong: marks, mistakes, and what is said of them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.definitions import Span
from sandbox.review import ReviewFeedback, score_review

LENGTH = 1000
FIRST, SECOND = Span(100, 110), Span(500, 520)


def test_marking_each_mistake_gets_a_hundred_points():
    review = score_review([Span(95, 115), SECOND], [FIRST, SECOND], LENGTH)

    assert review == ReviewFeedback(
        found=(FIRST, SECOND),
        missed=(),
        unconfirmed=(),
        score=100,
        sentence="You found 2 of 2 known mistakes.",
    )


def test_the_sentence_around_a_mistake_and_a_part_of_it_find_it():
    sentence = score_review([Span(40, 200)], [FIRST], LENGTH)
    part = score_review([Span(105, 106)], [FIRST], LENGTH)

    assert (sentence.found, sentence.score) == ((FIRST,), 100)
    assert (part.found, part.score) == ((FIRST,), 100)


def test_a_missed_mistake_is_shown_and_costs_its_share():
    review = score_review([FIRST], [FIRST, SECOND], LENGTH)

    assert (review.found, review.missed, review.score) == ((FIRST,), (SECOND,), 50)
    assert review.sentence == "You found 1 of 2 known mistakes."


def test_a_mark_beside_a_mistake_does_not_find_it():
    review = score_review([Span(90, 100), Span(110, 115)], [FIRST], LENGTH)

    assert (review.found, review.unconfirmed, review.score) == ((), (Span(90, 100), Span(110, 115)), 0)


def test_a_mark_that_checks_cannot_confirm_is_not_called_wrong_and_costs_nothing():
    review = score_review([FIRST, Span(300, 320)], [FIRST], LENGTH)

    assert (review.unconfirmed, review.score) == ((Span(300, 320),), 100)
    assert review.sentence == (
        "You found 1 of 1 known mistake. 1 mark is unconfirmed: the checks do not find everything, so look it up in "
        "the material."
    )
    assert "wrong" not in review.sentence


def test_where_all_mistakes_are_known_a_mark_on_right_words_costs_points():
    # Half of the marks find something, and all mistakes are found: 2 * 1 * 0.5 / 1.5 = 0.67.
    review = score_review([FIRST, Span(300, 320)], [FIRST], LENGTH, is_complete=True)

    assert (review.found, review.unconfirmed, review.score) == ((FIRST,), (Span(300, 320),), 67)
    assert review.sentence == (
        "You found 1 of 1 known mistake. 1 mark points to words that the author of this answer holds to be right, or "
        "to too many words."
    )


@pytest.mark.parametrize("is_complete", [True, False])
def test_marking_everything_finds_nothing(is_complete):
    review = score_review([Span(0, LENGTH)], [FIRST, SECOND], LENGTH, is_complete=is_complete)

    assert (review.found, review.missed, review.score) == ((), (FIRST, SECOND), 0)


def test_marking_everything_in_small_pieces_is_no_review_either():
    pieces = [Span(start, start + 50) for start in range(0, LENGTH, 50)]

    noticed = score_review(pieces, [FIRST, SECOND], LENGTH)
    planted = score_review(pieces, [FIRST, SECOND], LENGTH, is_complete=True)

    # 1000 characters are marked where two mistakes need 10 + 200 and 20 + 200: 430 of 1000.
    assert noticed.score == 43
    # 2 of 20 marks find something: 2 * 0.1 / 1.1 = 0.18, and 0.43 of that.
    assert planted.score == 8


def test_a_mistake_that_is_most_of_a_short_answer_may_be_marked_with_all_of_it():
    review = score_review([Span(0, 40)], [Span(5, 35)], 40)

    assert (review.found, review.score) == ((Span(5, 35),), 100)


def test_without_known_mistakes_there_is_no_score_and_the_limits_of_checks_are_told():
    nothing = score_review([], [], LENGTH)
    doubt = score_review([FIRST, SECOND], [], LENGTH)

    assert (nothing.score, nothing.sentence) == (
        None,
        "You marked nothing, and the checks found nothing either. They do not find everything.",
    )
    assert (doubt.score, doubt.unconfirmed) == (None, (FIRST, SECOND))
    assert doubt.sentence == (
        "2 marks are unconfirmed: the checks do not find everything, so look them up in the material."
    )


def test_an_answer_without_planted_mistakes_says_so():
    nothing = score_review([], [], LENGTH, is_complete=True)
    doubt = score_review([FIRST], [], LENGTH, is_complete=True)

    assert (nothing.score, nothing.sentence) == (
        None,
        "There is no mistake in this answer, and you marked none.",
    )
    assert (doubt.score, doubt.unconfirmed) == (None, (FIRST,))


def test_no_marks_at_all_get_nothing_where_there_are_mistakes():
    review = score_review([], [FIRST, SECOND], LENGTH)

    assert (review.score, review.sentence) == (0, "You found 0 of 2 known mistakes.")


def test_marks_are_cut_to_the_text_and_empty_or_repeated_ones_do_not_count():
    review = score_review(
        [Span(-5, 3), Span(7, 7), Span(0, 3), Span(998, 2000), Span(3000, 3001)], [], LENGTH
    )

    assert review.unconfirmed == (Span(0, 3), Span(998, 1000))


def test_one_mark_may_find_two_mistakes_that_stand_together():
    neighbor = Span(112, 118)

    review = score_review([Span(98, 120)], [FIRST, neighbor], LENGTH, is_complete=True)

    assert (review.found, review.score) == ((FIRST, neighbor), 100)


def test_a_review_comes_back_from_json_as_it_was():
    review = score_review([FIRST, Span(300, 320)], [FIRST, SECOND], LENGTH)

    assert ReviewFeedback.from_json(json.loads(json.dumps(review.to_json()))) == review


spans = st.lists(
    st.tuples(st.integers(0, LENGTH), st.integers(1, 80)).map(lambda pair: Span(pair[0], pair[0] + pair[1])),
    max_size=8,
)


@given(spans, spans, st.booleans())
def test_every_mistake_is_found_or_missed_and_the_score_is_a_share(marks, mistakes, is_complete):
    review = score_review(marks, mistakes, LENGTH, is_complete=is_complete)

    assert not set(review.found) & set(review.missed)
    assert len(review.found) + len(review.missed) == len(
        {(start, min(end, LENGTH)) for start, end in mistakes if start < LENGTH}
    )
    assert (review.score is None) == (not review.found and not review.missed)
    assert review.score is None or 0 <= review.score <= 100


@given(spans, st.randoms())
def test_the_order_of_marks_changes_nothing(marks, chance):
    shuffled = list(marks)
    chance.shuffle(shuffled)

    assert score_review(shuffled, [FIRST, SECOND], LENGTH) == score_review(marks, [FIRST, SECOND], LENGTH)
