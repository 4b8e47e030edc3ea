"""The rules for the browser: the same patterns, in syntax that Python and JavaScript read alike."""

import json
import re

import pytest

from sandbox.rubric import live_rules, score_prompt, supported_languages
from sandbox.rubric.lexicon import lexicon
from tests.sandbox.rubric.exercises import NOTE

# ECMAScript with flag u, ClassEscape and IdentityEscape: only syntax characters may be escaped, and \d and \w mean
# something else than in Python. Each alternative is one piece that both languages read alike.
SHARED_SYNTAX = re.compile(
    r"""
    \\[.?*+()\[\]{}|^$\\/]              # an escaped syntax character
    | \\s | \\n | \\u[0-9A-Fa-f]{4}
    | \[\^?(?:\\s|\\n|\\u[0-9A-Fa-f]{4}|\\[\]\\^-]|[^\[\]\\])+\]
    | \(\?[:=!] | \((?!\?) | \)               # groups and lookahead, no names, no flags, no lookbehind
    | [|?.^$]
    | \{[0-9]+(?:,[0-9]*)?\}
    | [^\\\[\](){}|?*+.^$]              # any other character stands for itself
    """,
    re.VERBOSE,
)


def unshared(pattern):
    """Return the first piece that is not of the shared syntax; empty when all of it is."""
    place = 0
    while place < len(pattern):
        match = SHARED_SYNTAX.match(pattern, place)
        if match is None:
            return pattern[place : place + 20]
        place = match.end()
    return ""


def found(pattern, text):
    match = pattern.search(text)
    return match and match.group(1)


def all_patterns():
    return [
        pytest.param(pattern, id=f"{language}-{signal}")
        for language in supported_languages()
        for signal, pattern in lexicon(language).patterns.items()
    ]


@pytest.mark.parametrize("pattern", all_patterns())
def test_every_pattern_is_of_the_syntax_that_python_and_javascript_share(pattern):
    assert unshared(pattern) == ""


@pytest.mark.parametrize("pattern", all_patterns())
def test_every_pattern_compiles_finds_no_empty_words_and_has_one_group(pattern):
    compiled = re.compile(pattern, re.IGNORECASE)

    assert compiled.groups == 1
    assert compiled.search("") is None
    assert compiled.search(" , . ") is None


@pytest.mark.parametrize("pattern", all_patterns())
def test_no_pattern_repeats_without_a_bound(pattern):
    without_classes = re.sub(r"\[[^\]]*\]|\\.", "", pattern)

    assert re.search(r"[*+]|\{\d+,\}", without_classes) is None


@pytest.mark.parametrize(
    "pattern",
    [
        r"(?<=a)b",
        r"(?<!a)b",
        r"(?P<n>a)",
        r"(?<n>a)",
        r"(?i)a",
        r"\bword",
        r"\d",
        r"\w",
        r"\-",
        r"a+",
        r"a*",
        r"\'",
    ],
)
def test_the_test_itself_refuses_what_is_not_shared(pattern):
    assert unshared(pattern) != ""


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_rules_are_json_with_a_hint_and_patterns_for_each_criterion_but_data(language):
    rules = json.loads(json.dumps(live_rules(language)))

    assert {key: rules[key] for key in ("version", "language", "flags", "group")} == {
        "version": "2",
        "language": language,
        "flags": "iu",
        "group": 1,
    }
    assert [each["key"] for each in rules["criteria"]] == [
        "task",
        "context",
        "constraints",
        "format",
        "role",
        "examples",
        "grounding",
    ]
    assert all(set(each) == {"key", "label", "hint", "patterns"} for each in rules["criteria"])
    assert all(each["hint"] and each["patterns"] for each in rules["criteria"])


def test_a_language_without_a_lexicon_has_no_rules():
    assert live_rules("fr")["criteria"] == []


def test_what_is_found_is_group_one():
    rules = {each["key"]: each for each in live_rules("en")["criteria"]}
    length = re.compile(rules["constraints"]["patterns"][0], re.IGNORECASE)

    assert found(length, "A reply, at most 120 words.") == "at most 120 words"


def test_a_letter_beyond_ascii_is_part_of_a_word():
    verb = re.compile(lexicon("de").patterns["task.verb"], re.IGNORECASE)

    assert found(verb, "Übersetze das") == "Übersetze"
    assert verb.search("umschreibe") is None
    assert verb.search("äplane") is None


@pytest.mark.parametrize(
    "prompt",
    [
        "Write a note to my team because they are new.",
        "Max 120 words, no jargon, as a table with the columns A and B.",
        "You are a trainer. For example: be kind to everyone here. Use only the notes below.",
    ],
)
def test_where_the_rubric_gives_two_the_browser_sees_something(prompt):
    feedback = score_prompt(prompt, NOTE)

    for rule in live_rules("en")["criteria"]:
        if feedback.criterion(rule["key"]).level == 2:
            assert any(re.search(pattern, prompt, re.IGNORECASE) for pattern in rule["patterns"]), rule["key"]
