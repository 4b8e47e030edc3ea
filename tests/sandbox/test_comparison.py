"""Two attempts side by side."""

from dataclasses import replace
from itertools import pairwise
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.comparison import Change, ScoreChange, compare_prompts, compare_scores
from sandbox.rubric import score_prompt
from tests.sandbox.rubric.exercises import KETTLE, VARIANCE


def earlier(changes):
    return "".join(change.text for change in changes if change.kind != "added")


def later(changes):
    return "".join(change.text for change in changes if change.kind != "removed")


def test_added_words_stand_where_they_were_added():
    assert compare_prompts("Write a reply.", "Write a short reply, please.") == (
        Change("same", "Write a "),
        Change("added", "short "),
        Change("same", "reply"),
        Change("added", ", please"),
        Change("same", "."),
    )


def test_a_replaced_word_is_shown_as_removed_and_then_added():
    assert compare_prompts("Write a long reply", "Write a short reply") == (
        Change("same", "Write a "),
        Change("removed", "long"),
        Change("added", "short"),
        Change("same", " reply"),
    )


def test_the_same_prompt_has_one_change_that_is_none():
    assert compare_prompts("Write.", "Write.") == (Change("same", "Write."),)


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        ("", "", ()),
        ("", "Write.", (Change("added", "Write."),)),
        ("Write.", "", (Change("removed", "Write."),)),
    ],
)
def test_an_empty_prompt_is_all_added_or_all_removed(before, after, changes):
    assert compare_prompts(before, after) == changes


def test_whole_words_are_compared_not_letters():
    assert compare_prompts("reply", "replay") == (Change("removed", "reply"), Change("added", "replay"))


@given(st.text(alphabet="ab .,\n", max_size=80), st.text(alphabet="ab .,\n", max_size=80))
def test_both_prompts_can_be_read_again_from_the_changes(before, after):
    changes = compare_prompts(before, after)

    assert (earlier(changes), later(changes)) == (before, after)
    assert all(change.text for change in changes)
    assert all(one.kind != other.kind for one, other in pairwise(changes))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a b " * 3000, "a c b " * 2000),
        ("a " * 6000, "b a " * 3000),
        ("a b c " * 95, "c b a " * 95),
        ("a.b," * 3000, "b,a." * 3000),
    ],
    ids=["inserted", "doubled", "short", "signs"],
)
def test_prompts_of_12000_characters_that_repeat_themselves_take_no_minute(before, after):
    started = perf_counter()

    changes = compare_prompts(before, after)

    assert perf_counter() - started < 20
    assert (earlier(changes), later(changes)) == (before, after)


def test_each_criterion_says_how_far_it_moved():
    before = score_prompt("Answer this.", KETTLE)
    after = score_prompt("Write a reply to the customer, at most 120 words, no promises.", KETTLE)

    changes = compare_scores(before, after)

    assert changes[0] == ScoreChange("task", "Task", 1, 2)
    assert {change.key: change.delta for change in changes} == {
        "task": 1,
        "context": 1,
        "constraints": 2,
        "format": 0,
        "role": 0,
        "examples": 0,
        "grounding": 0,
        "data_hygiene": 0,
    }


def test_what_does_not_apply_has_no_difference():
    feedback = score_prompt("Analyse the numbers.", VARIANCE)

    moved = {change.key: change.delta for change in compare_scores(feedback, feedback)}

    assert (moved["role"], moved["task"]) == (None, 0)


def test_two_versions_of_the_rubric_are_not_compared():
    feedback = score_prompt("Answer this.", KETTLE)

    with pytest.raises(ValueError, match=r"Rubric 0 and rubric 2 cannot be compared\."):
        compare_scores(replace(feedback, version="0"), feedback)
