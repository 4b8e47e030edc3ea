"""What is known to be wrong in an answer."""

from time import perf_counter

import pytest

from sandbox.checks import Mistake, find_mistakes
from sandbox.definitions import Definition, Material, Pitfall, PlantedAnswer, Span

DEFINITION = Definition(
    checks=(
        {"check": "no_new_numbers"},
        {"check": "forbidden_words", "words": ["guarantee"]},
        {"check": "max_words", "words": 5},
        {"check": "required_facts", "facts": [{"name": "the order", "words": ["4711"]}]},
    ),
    pitfalls=(
        Pitfall("Nobody offered a refund.", ("refund of 40", "refund")),
        Pitfall("Lena apologized, she promised nothing.", ("apologized",)),
        Pitfall("Tone is hard to check by words."),
    ),
    materials=(Material("Thread", "text", "Lena apologized on 3 March."),),
)


def told(answer, definition=DEFINITION, prompt=""):
    return [
        (answer[each.span.start : each.span.end], each.explanation, each.source)
        for each in find_mistakes(answer, definition, prompt)
    ]


def test_pitfalls_and_failed_checks_are_mistakes_where_they_stand():
    assert told("Lena apologized on 3 March and offers a refund, within 9 days, as a guarantee.") == [
        ("refund", "Nobody offered a refund.", "pitfall"),
        ("9", "“9” is neither in the material nor in your prompt.", "no_new_numbers"),
        ("guarantee", "“guarantee” must not be in the answer.", "forbidden_words"),
    ]


def test_a_mistake_is_named_once_and_the_pitfall_explains_it_best():
    assert told("She gets a refund of 40 euros.") == [("refund of 40", "Nobody offered a refund.", "pitfall")]


def test_what_the_material_or_the_prompt_says_is_no_mistake():
    assert told("Lena apologized on 03/03.") == []
    assert told("In 9 days.", prompt="Answer in 9 days.") == []


def test_a_right_answer_and_an_empty_one_have_no_known_mistakes():
    assert told("Lena wrote about 3 March.") == []
    assert told("") == []


def test_a_planted_answer_has_the_mistakes_that_its_author_planted():
    planted = PlantedAnswer(
        "A refund of 99 euros.", ((Span(12, 14), "It was 40."), (Span(2, 8), "No refund."))
    )
    definition = Definition(checks=DEFINITION.checks, pitfalls=DEFINITION.pitfalls, planted_answer=planted)

    assert find_mistakes(planted.text, definition, "") == (
        Mistake(Span(2, 8), "No refund.", "planted"),
        Mistake(Span(12, 14), "It was 40.", "planted"),
    )


@pytest.mark.parametrize(
    "unit", ["3 March ", "12,", "Aa Bb ", "|a", "a,b\n", '"', "[{", "```\n", "1. ", "line 1 "]
)
def test_an_answer_longer_than_any_is_checked_in_seconds(unit):
    """A pattern that looks twice at every place would take minutes; the bound is far above what a slow machine needs.

    The longest answer that is taken has 4,000 tokens of eight letters.
    """
    checks = (
        {"check": "no_new_numbers"},
        {"check": "no_new_names"},
        {"check": "items", "items": 3},
        {"check": "table", "columns": ["A"]},
        {"check": "json", "keys": ["a"]},
        {"check": "cites_material", "quotes": 2},
    )
    definition = Definition(checks=checks, materials=DEFINITION.materials)
    answer = (unit * (40_000 // len(unit)))[:39_999] + "x"
    started = perf_counter()

    find_mistakes(answer, definition, "")

    assert perf_counter() - started < 60
