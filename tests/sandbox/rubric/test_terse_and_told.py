"""Requests that are terse but clear, and situations told in words that no list of facts holds.

How people rated the open part of the gold set showed where the first rules read too literally. Each general cause has a
test here; the prompts are invented, and the levels follow from the anchors in the docstrings of the criteria.
"""

import pytest

from sandbox.rubric import score_prompt
from tests.sandbox.rubric.exercises import KETTLE, WARD


def level(prompt, definition, key):
    return score_prompt(prompt, definition).criterion(key).level


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("Summarize the complaint.", 1),
        ("Summarize the complaint for our lawyers.", 2),
        ("Summarize the complaint. At most 40 words.", 2),
        ("Compare the two texts.", 1),
        ("Compare the two texts. If one is silent, say so.", 2),
    ],
)
def test_a_request_is_clear_once_anything_is_said_of_its_result(prompt, expected):
    assert level(prompt, KETTLE, "task") == expected


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("Format the notes.", 1),
        ("Format the notes for our lawyers.", 1),
        ("Turn the notes into a table for our lawyers.", 2),
        ("Turn this into instructions.", 1),
        ("Write the instructions for our mechanics.", 2),
    ],
)
def test_what_is_there_already_is_no_result_unless_the_verb_makes_it(prompt, expected):
    assert level(prompt, KETTLE, "task") == expected


@pytest.mark.parametrize(
    "prompt",
    [
        "From the complaint below write three posts for our customers.",
        "Based on the policy draft a reply for our customers.",
        "Aus der Beschwerde unten erstelle eine Antwort für unsere Kunden.",
    ],
)
def test_a_verb_asks_behind_words_that_say_where_to_look(prompt):
    assert level(prompt, KETTLE, "task") == 2


def test_a_noun_behind_such_words_does_not_ask():
    assert level("For the plan I thank you.", KETTLE, "task") == 0


def test_please_at_the_end_asks_for_what_stands_before_it():
    assert level("Three posts for our customers, please.", KETTLE, "task") == 2


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("What did we promise the customer?", 1),
        ("is he entitled to a refund?", 1),
        ("Was haben wir der Kundin versprochen?", 1),
        ("Where is it?", 0),
    ],
)
def test_a_question_about_something_asks_for_an_answer_and_leaves_the_result_open(prompt, expected):
    assert level(prompt, KETTLE, "task") == expected


def test_a_question_is_told_what_it_leaves_open():
    task = score_prompt("What did we promise the customer?", KETTLE).criterion("task")

    assert task.missing == "A question leaves open what you want to hold in your hands."


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("Kettle reply", 0),
        ("Kettle reply, 120 words", 1),
        ("kettle, reply, policy, refund, table, warm, short", 0),
        ("I want you to act as a lawyer.", 0),
    ],
)
def test_a_result_without_a_request_counts_only_with_a_length_or_parts(prompt, expected):
    assert level(prompt, KETTLE, "task") == expected


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("Write something for our customers about the kettle.", 1),
        ("Write something for our customers about the kettle, without jargon.", 2),
    ],
)
def test_a_result_without_a_name_is_told_by_two_things_that_are_said_of_it(prompt, expected):
    assert level(prompt, KETTLE, "task") == expected


def test_a_compound_names_a_result_in_german():
    assert level("Schreibe einen Hilfeartikel für unsere Kunden.", KETTLE, "task") == 2


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("", 1),
        ("The nurse leaves.", 1),
        ("The nurse leaves at seven and two patients move to surgery.", 2),
    ],
)
def test_a_situation_told_in_the_words_of_the_brief_counts_like_its_facts(told, expected):
    assert level(f"Write the handover for my colleague. {told}", WARD, "context") == expected


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("The nurse leaves at seven and two patients move.", 1),
        (
            "The night nurse leaves at seven, two patients move to surgery, and one is not to eat until noon.",
            2,
        ),
    ],
)
def test_a_situation_told_at_length_needs_no_reader(told, expected):
    assert level(f"{told} Write the handover.", WARD, "context") == expected


@pytest.mark.parametrize(
    "prompt",
    [
        "List what the nurse, the patients, the surgery, the ward and the night have in common.",
        "If the nurse leaves at seven and two patients move to surgery, list it.",
        "Who is the nurse that leaves at seven when two patients move to surgery?",
    ],
)
def test_what_asks_or_depends_on_an_if_states_nothing(prompt):
    assert level(prompt, WARD, "context") == 0


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("Write three lines on breakfast.", 0),
        ("Write three lines on Ward 4.", 1),
        ("Write three lines, they get nothing to eat.", 1),
        ("Summarize the night notes.", 0),
        ("ward 4, nothing to eat, handover, warm, short, table, clear", 0),
    ],
)
def test_one_fact_alone_tells_something_unless_it_is_a_common_word_a_name_of_material_or_listed(
    prompt, expected
):
    assert level(prompt, WARD, "context") == expected


@pytest.mark.parametrize(
    "aim",
    [
        "It goes on our website.",
        "It is for the case study.",
        "It will be read aloud.",
        "I will forward it to the app team.",
        "We need more applicants.",
        "She reads it on the train.",
        "He must quickly know what to do.",
        "Do it so that a newcomer understands it.",
    ],
)
def test_where_a_result_goes_and_what_its_reader_does_with_it_is_an_aim(aim):
    assert level(f"Write a reply. {aim}", KETTLE, "context") == 1
    assert level(f"Write a reply about order 4711 after nineteen days. {aim}", KETTLE, "context") == 2


@pytest.mark.parametrize(
    "aim",
    [
        "Sie erscheint auf unserer Webseite.",
        "Das ist für ein Gespräch morgen.",
        "Er wird bei jeder Zeile fragen.",
        "Sie wird vorgelesen.",
    ],
)
def test_so_it_is_in_german(aim):
    assert level(f"Schreibe eine Antwort. {aim}", KETTLE, "context") == 1


def test_in_another_language_than_that_of_the_exercise_a_statement_tells_by_its_own_words():
    asked = "Schreibe die Übergabe für meine Kollegin."
    told = "Die Pflegerin geht um sieben, zwei Kranke werden heute operiert."

    assert level(asked, WARD, "context") == 1
    assert level(f"{told} {asked}", WARD, "context") == 2
