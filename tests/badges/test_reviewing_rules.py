"""Who may review, and what reviews come to; nothing here needs a database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from badges.evidence_files import type_of
from badges.reviewing import (
    ACCEPT,
    DECLINE,
    RETURN,
    SENTENCES,
    Hindrance,
    Standing,
    hindrance,
    outcome,
    problem_with,
)

DECISIONS = st.lists(st.sampled_from([ACCEPT, DECLINE, RETURN]), max_size=9)
ONLY_OPINIONS = st.lists(st.sampled_from([ACCEPT, DECLINE]), max_size=9)
NEEDED = st.integers(1, 5)


@pytest.mark.parametrize(
    ("standing", "reason"),
    [
        (Standing(), None),
        (Standing(is_nominee=True), Hindrance.NOMINEE),
        (Standing(is_nominator=True), Hindrance.NOMINATOR),
        (Standing(is_above=True), Hindrance.ABOVE),
        (Standing(is_below=True), Hindrance.BELOW),
        (Standing(reviewed_rounds=frozenset({2})), Hindrance.HAS_REVIEWED),
        (Standing(reviewed_rounds=frozenset({1})), None),
    ],
)
def test_who_has_a_stake_does_not_decide(standing, reason):
    assert hindrance(standing, round_now=2, appeal_round=None) == reason


def test_after_an_appeal_others_decide_and_in_its_later_rounds_the_same_may_go_on():
    before, since = Standing(reviewed_rounds=frozenset({1})), Standing(reviewed_rounds=frozenset({2}))

    assert hindrance(before, round_now=3, appeal_round=2) == Hindrance.DECIDED_BEFORE
    assert hindrance(since, round_now=3, appeal_round=2) is None


def test_each_hindrance_has_a_sentence():
    assert set(SENTENCES) == set(Hindrance)


@given(
    st.builds(Standing, *[st.booleans()] * 4, st.frozensets(st.integers(1, 4))),
    st.integers(1, 4),
    st.none() | st.integers(2, 4),
)
def test_more_of_a_stake_never_lets_somebody_decide(standing, round_now, appeal_round):
    worse = Standing(
        True, standing.is_nominator, standing.is_above, standing.is_below, standing.reviewed_rounds
    )

    assert hindrance(worse, round_now=round_now, appeal_round=appeal_round) is not None


@given(DECISIONS, NEEDED, st.randoms())
def test_the_order_of_reviews_does_not_matter(decisions, needed, random):
    shuffled = list(decisions)
    random.shuffle(shuffled)

    assert outcome(shuffled, needed=needed) == outcome(decisions, needed=needed)


@given(DECISIONS, NEEDED)
def test_one_return_is_enough(decisions, needed):
    assert outcome([*decisions, RETURN], needed=needed) == RETURN


@given(ONLY_OPINIONS, NEEDED)
def test_nothing_is_settled_before_enough_agree(decisions, needed):
    settled = outcome(decisions, needed=needed)

    assert (settled is None) == (max(decisions.count(ACCEPT), decisions.count(DECLINE)) < needed)


@pytest.mark.parametrize(
    ("decisions", "needed", "settled"),
    [
        ([], 1, None),
        ([ACCEPT], 1, ACCEPT),
        ([ACCEPT], 2, None),
        ([ACCEPT, DECLINE], 2, None),
        ([ACCEPT, DECLINE, DECLINE], 2, DECLINE),
        ([ACCEPT, DECLINE, ACCEPT], 2, ACCEPT),
    ],
)
def test_what_reviews_come_to(decisions, needed, settled):
    assert outcome(decisions, needed=needed) == settled


@pytest.mark.parametrize(
    ("decision", "levels", "comment", "says"),
    [
        (ACCEPT, {"a": 2, "b": 1}, "", None),
        (ACCEPT, {"a": 2}, "", "Missing: b"),
        (ACCEPT, {"a": 2, "b": 7}, "", "Missing: b"),
        (ACCEPT, {"a": 2, "b": 0}, "", "not shown: b"),
        (DECLINE, {"a": 0, "b": 0}, "", "what is missing"),
        (DECLINE, {"a": 0}, "Too thin.", "Missing: b"),
        (RETURN, {}, "One more case.", None),
        (RETURN, {}, "  ", "what is missing"),
    ],
)
def test_what_a_review_needs(decision, levels, comment, says):
    problem = problem_with(decision, rubric=["a", "b"], levels=levels, comment=comment)

    assert (problem is None) == (says is None)
    assert (says or "") in (problem or ("", ""))[1]


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"%PDF-1.7 ...", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n...", "image/png"),
        (b"\xff\xd8\xff\xe0...", "image/jpeg"),
        ("Größer als zuvor\n".encode(), "text/plain"),
        (b"", None),
        (b"  \n", None),
        (b"MZ\x90\x00\x03", None),
        (b"PK\x03\x04", None),
        (b"GIF89a\x00", None),
        (b"\xff\xfe\x00", None),
    ],
)
def test_a_file_is_what_its_content_says(content, media_type):
    found = type_of(content)

    assert (found.media_type if found else None) == media_type
