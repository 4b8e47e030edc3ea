"""What authors are told of their checks, and what learners are told the goal is."""

from typing import Any

import pytest

from sandbox.checks import registered_checks, validate_check

FACT = {"name": "the salary band", "words": ["62,000"]}
VALID: list[tuple[dict[str, Any], str]] = [
    ({"check": "max_words", "words": 250}, "Has at most 250 words."),
    ({"check": "max_words", "words": 1}, "Has at most 1 word."),
    ({"check": "min_words", "words": 40}, "Has at least 40 words."),
    ({"check": "required_facts", "facts": [FACT]}, "Names the salary band."),
    ({"check": "forbidden_words", "words": ["ninja", "rockstar"]}, "Does not say “ninja”, “rockstar”."),
    ({"check": "no_new_numbers"}, "Holds no number or date that neither the material nor the prompt holds."),
    (
        {"check": "no_new_names"},
        "Names no person, company or place that neither the material nor the prompt names.",
    ),
    ({"check": "items", "items": 5}, "Has 5 items."),
    ({"check": "items", "at_least": 3}, "Has at least 3 items."),
    ({"check": "items", "at_most": 1}, "Has at most 1 item."),
    ({"check": "items", "at_least": 3, "at_most": 5}, "Has 3 to 5 items."),
    (
        {"check": "table", "columns": ["Decision", "Owner", "Date"], "rows": 6},
        "Has a table with the columns Decision, Owner, Date and 6 rows.",
    ),
    ({"check": "table", "columns": ["Decision"]}, "Has a table with the columns Decision."),
    ({"check": "json", "keys": ["name", "due"]}, "Holds valid JSON with the keys name, due."),
    ({"check": "language", "language": "en"}, "Is written in English."),
    (
        {"check": "cites_material", "quotes": 2},
        "Quotes the material word for word 2 times, or cites its numbers.",
    ),
]


@pytest.mark.parametrize(("settings", "goal"), VALID)
def test_the_settings_of_the_exercise_format_are_valid_and_say_the_goal(settings, goal):
    assert validate_check(settings) == []
    assert registered_checks()[settings["check"]].describe(settings) == goal


def test_all_checks_of_the_exercise_format_are_there():
    assert sorted(registered_checks()) == sorted({settings["check"] for settings, _ in VALID})


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        (
            {"check": "max_word", "words": 3},
            "There is no check “max_word”. There are: cites_material, forbidden_words, items, json, language, "
            "max_words, min_words, no_new_names, no_new_numbers, required_facts, table.",
        ),
        ({"check": "max_words", "word": 3, "words": 3}, "max_words has no setting “word”. It has: words."),
        ({"check": "no_new_numbers", "words": 3}, "no_new_numbers has no setting “words”. It has none."),
        ({"check": "max_words"}, "max_words needs “words”: a whole number from 1."),
        ({"check": "max_words", "words": "250"}, "“words” of max_words must be a whole number from 1."),
        ({"check": "max_words", "words": 0}, "“words” of max_words must be a whole number from 1."),
        ({"check": "max_words", "words": True}, "“words” of max_words must be a whole number from 1."),
        (
            {"check": "forbidden_words", "words": "ninja"},
            "“words” of forbidden_words must be a list of words, such as [first, second].",
        ),
        (
            {"check": "forbidden_words", "words": ["ninja", " "]},
            "“words” of forbidden_words must be a list of words, such as [first, second].",
        ),
        (
            {"check": "required_facts", "facts": [{"name": "the band"}]},
            "“facts” of required_facts must be a list of facts, each with name and words.",
        ),
        ({"check": "items"}, "items needs “items”, or “at_least”, “at_most” or both."),
        (
            {"check": "items", "items": 3, "at_most": 4},
            "items needs “items”, or “at_least”, “at_most” or both.",
        ),
        (
            {"check": "items", "at_least": 5, "at_most": 4},
            "“at_least” of items must not be greater than “at_most”.",
        ),
        (
            {"check": "language", "language": "tlh"},
            "“language” of language must be one of de, en, es, fr, it, nl, pl, pt.",
        ),
        ({"check": "language", "language": 7}, "“language” of language must be a word."),
    ],
)
def test_an_author_is_told_what_is_wrong_and_what_to_write(settings, problem):
    assert validate_check(settings) == [problem]


def test_every_problem_is_told_at_once():
    assert validate_check({"check": "table", "column": ["A"], "rows": 0}) == [
        "table has no setting “column”. It has: columns, rows.",
        "table needs “columns”: a list of words, such as [first, second].",
        "“rows” of table must be a whole number from 1.",
    ]


@pytest.mark.parametrize("settings", [{}, {"check": None}, {"check": ["json"]}])
def test_an_entry_without_the_name_of_a_check_is_a_problem(settings):
    assert validate_check(settings)[0].startswith("There is no check ")
