"""How feedback follows a change of the prompt: what must lower a level, and what must not change any."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.rubric import score_prompt
from tests.sandbox.rubric.exercises import INCIDENT, JOB, KETTLE, SCHICHT

KETTLE_SENTENCES = [
    "The reply goes to a customer who is losing patience.",
    "Write a reply to complaint 4711, which waited nineteen days.",
    "Offer the replacement and nothing else.",
    "Use at most 120 words and no jargon.",
    "Write three short paragraphs with a subject line.",
    "Use only the policy below.",
    "If the policy is silent, say so.",
]
INCIDENT_SENTENCES = [
    "The reader is the production director, who has five minutes.",
    "Summarize the incident log of Plant North, where a power cut stopped line 3.",
    "Use a table with the columns Time, Event, Owner.",
    "Keep it neutral, and no longer than ten lines.",
    "Quote the log where a time is uncertain.",
]
JOB_SENTENCES = [
    "It is written for experienced forklift drivers.",
    "Rewrite the job description below.",
    "Keep Leipzig, the night shift and the salary in it.",
    "Max 200 words, no buzzwords.",
    "Put it under three headings.",
]
SCHICHT_SENTENCES = [
    "Gelesen wird das von der neuen Betriebsleitung.",
    "Fasse das Schichtprotokoll zusammen.",
    "Linie 3 stand sechs Stunden.",
    "Höchstens 100 Wörter, keine Namen.",
    "Schreibe fünf Stichpunkte.",
]
PROMPTS = [
    (KETTLE, KETTLE_SENTENCES),
    (INCIDENT, INCIDENT_SENTENCES),
    (JOB, JOB_SENTENCES),
    (SCHICHT, SCHICHT_SENTENCES),
]
FILLER = [
    "Thank you very much in advance.",
    "I really appreciate it.",
    "This matters a great deal to me.",
    "You have been so kind lately.",
    "The weather is lovely today.",
]
SYNONYMS = {
    "Write a reply": "Draft an answer",
    "Summarize": "Sum up",
    "Rewrite": "Rephrase",
    "at most": "no more than",
    "Max": "Up to",
    "Use only": "Stick to",
    "If the policy is silent, say so": "Where the policy is unclear, tell me that it is missing",
    "The reader is": "It is meant for",
    "no jargon": "avoid jargon",
}


def levels(prompt, definition):
    return {each.key: each.level for each in score_prompt(prompt, definition).criteria}


def drift(one, other):
    """Return the criteria that differ, and by how many levels."""
    return {key: abs(one[key] - other[key]) for key in one if one[key] != other[key]}


@pytest.mark.parametrize(("definition", "sentences"), PROMPTS)
def test_deleting_the_sentence_about_the_reader_lowers_context_and_nothing_else(definition, sentences):
    full = levels(" ".join(sentences), definition)

    without_reader = levels(" ".join(sentences[1:]), definition)

    assert full["context"] == 2
    assert without_reader == full | {"context": 1}


@given(st.data())
def test_the_order_of_sentences_changes_nothing(data):
    definition, sentences = data.draw(st.sampled_from(PROMPTS))
    shuffled = data.draw(st.permutations(sentences))

    assert levels(" ".join(shuffled), definition) == levels(" ".join(sentences), definition)


@given(st.data())
def test_filler_changes_nothing(data):
    definition, sentences = data.draw(st.sampled_from(PROMPTS[:3]))
    filler = data.draw(st.lists(st.sampled_from(FILLER), min_size=1, max_size=20))
    place = data.draw(st.integers(0, len(sentences)))
    padded = [*sentences[:place], *filler, *sentences[place:]]

    assert levels(" ".join(padded), definition) == levels(" ".join(sentences), definition)


def test_filler_alone_earns_nothing():
    feedback = score_prompt(" ".join(FILLER * 40), KETTLE)

    assert [each.level for each in feedback.criteria] == [0, 0, 0, 0, 0, 0, 0, 2]


@given(st.data())
def test_saying_it_twice_earns_nothing_more(data):
    definition, sentences = data.draw(st.sampled_from(PROMPTS))
    repeated = data.draw(st.sampled_from(sentences[1:2]))

    once, twice = levels(repeated, definition), levels(f"{repeated} {repeated}", definition)

    assert drift(once, twice) == {}


def slips(prompt):
    """Give the prompt with each letter inside a word swapped with the next, left out, or doubled."""
    for at in range(len(prompt) - 1):
        if prompt[at : at + 2].isalpha():
            yield prompt[:at] + prompt[at + 1] + prompt[at] + prompt[at + 2 :]
            yield prompt[:at] + prompt[at + 1 :]
            yield prompt[:at] + prompt[at] + prompt[at:]


@pytest.mark.parametrize(("definition", "sentences"), PROMPTS)
def test_no_single_slip_of_the_keyboard_moves_a_criterion_by_more_than_a_level(definition, sentences):
    prompt = " ".join(sentences)
    clean = levels(prompt, definition)

    worst = {slip: max(drift(clean, levels(slip, definition)).values(), default=0) for slip in slips(prompt)}

    assert len(worst) > 250
    assert {slip: moved for slip, moved in worst.items() if moved > 1} == {}


@pytest.mark.parametrize(("definition", "sentences"), PROMPTS)
@pytest.mark.parametrize("change", [str.lower, str.upper, str.title])
def test_case_changes_nothing(change, definition, sentences):
    prompt = " ".join(sentences)

    assert levels(change(prompt), definition) == levels(prompt, definition)


@pytest.mark.parametrize(("definition", "sentences"), PROMPTS)
def test_other_words_for_the_same_move_no_criterion_by_more_than_a_level(definition, sentences):
    prompt = " ".join(sentences)
    paraphrase = prompt
    for said, otherwise in SYNONYMS.items():
        paraphrase = paraphrase.replace(said, otherwise)

    moved = drift(levels(prompt, definition), levels(paraphrase, definition))

    assert set(moved.values()) <= {1}


@pytest.mark.parametrize(("definition", "sentences"), PROMPTS)
def test_line_breaks_and_bullets_instead_of_one_paragraph_change_nothing(definition, sentences):
    paragraph = levels(" ".join(sentences), definition)

    assert levels("\n".join(sentences), definition) == paragraph
    assert levels("\n\n".join(f"- {sentence}" for sentence in sentences), definition) == paragraph


@given(st.text(max_size=400), st.sampled_from([KETTLE, SCHICHT]))
def test_any_text_gets_the_same_feedback_twice_and_spans_inside_it(text, definition):
    first = score_prompt(text, definition)

    assert score_prompt(text, definition).to_json() == first.to_json()
    assert all(
        0 <= span.start < span.end <= len(text) for criterion in first.criteria for span in criterion.evidence
    )


def test_words_in_any_order_never_reach_two_in_context_without_facts():
    words = [
        "audience",
        "reader",
        "background",
        "context",
        "purpose",
        "goal",
        "customer",
        "manager",
        "who",
        "why",
        "because",
        "for",
        "our",
        "team",
    ]

    for seed in range(50):
        random.Random(seed).shuffle(words)
        assert levels(" ".join(words), KETTLE)["context"] in {0, 1}
