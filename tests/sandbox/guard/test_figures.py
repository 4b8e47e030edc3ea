"""The figures that the guard promises, on generated values and on clean prompts. Times: `measure`."""

import pytest

from sandbox.definitions import Span
from sandbox.guard import Pseudonyms, Severity, inspect
from tests.sandbox.guard.measure import alarms, clean_prompts, generated_cases, is_covered, is_found, recall
from tests.sandbox.guard.names_in_prose import sentences_with_names

CASES = generated_cases()
WHOLE_TEXT_IS_THE_VALUE = sorted(set(CASES) - {"aws_key", "azure_key", "password", "url_password"})
"""Kinds whose generated case is the bare value; in the others words stand around the secret."""


@pytest.mark.parametrize("kind", sorted(CASES))
def test_every_documented_form_is_found(kind):
    assert recall(CASES[kind], kind) == 1.0


@pytest.mark.parametrize("kind", WHOLE_TEXT_IS_THE_VALUE)
def test_a_finding_covers_the_value_and_nothing_else(kind):
    missed = [text for text, span in CASES[kind] if not is_covered(inspect(text), kind, span)]

    assert missed == []


@pytest.mark.parametrize("kind", sorted(set(CASES) - {"email"}))
def test_secrets_and_identifiers_always_block(kind):
    open_texts = [text for text, _ in CASES[kind] if not inspect(text).is_blocked]

    assert open_texts == []


def test_at_most_six_of_a_hundred_clean_prompts_are_warned_about():
    prompts = clean_prompts()

    assert len(prompts) == 182
    assert len(alarms(prompts)) / len(prompts) <= 0.06


def test_no_clean_prompt_is_blocked():
    blocked = [prompt for prompt in clean_prompts() if inspect(prompt).is_blocked]

    assert blocked == []


def test_what_was_replaced_is_not_found_again():
    """Otherwise a learner who did what the guard asked for would be stopped a second time."""
    again = []
    for cases in CASES.values():
        for text, _ in cases[:40]:
            inspection = inspect(text)
            hidden = Pseudonyms.for_inspections([inspection]).hide(text, inspection)
            again += [hidden for finding in inspect(hidden).findings if finding.severity > Severity.HINT]

    assert again == []


def test_a_name_finder_that_knows_the_names_is_believed():
    for text, span in sentences_with_names():
        inspection = inspect(text, find_names=lambda _, where=span: [(Span(*where), "PERSON")])

        assert is_found(inspection, "person", span)
