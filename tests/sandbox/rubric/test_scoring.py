"""Totals, notes, evidence and hints; copying, private data, other languages, and very long prompts."""

import json
from time import perf_counter

import pytest
from django.utils import translation

from sandbox.definitions import CRITERIA, Definition, Fact
from sandbox.rubric import RUBRIC_VERSION, PromptFeedback, next_hint, score_prompt
from sandbox.services.trying import LONGEST_PROMPT
from tests.sandbox.rubric.exercises import ALL_WEIGHTS, JOB, KETTLE, NOTE, VARIANCE

STRONG = (
    "You are a customer service agent who answers complaints about kettles. Write a reply to the customer of order "
    '4711, who has waited nineteen days. For example: "We are sorry that your kettle leaks." At most 120 words, no '
    "promises. Three paragraphs with a subject line. Use only the policy below."
)


def notes(feedback):
    return [note.key for note in feedback.notes]


def quotes(prompt, feedback, key):
    return [prompt[span.start : span.end] for span in feedback.criterion(key).evidence]


def work_on_next(feedback):
    criterion = next_hint(feedback)
    assert criterion is not None
    return criterion


def test_a_prompt_with_everything_gets_a_hundred_points_and_no_hint():
    feedback = score_prompt(STRONG, KETTLE)

    assert (feedback.total, feedback.version, feedback.language) == (100, RUBRIC_VERSION, "en")
    assert [each.level for each in feedback.criteria] == [2] * 8
    assert [each.key for each in feedback.criteria] == list(CRITERIA)
    assert {(each.missing, each.hint) for each in feedback.criteria} == {("", "")}
    assert next_hint(feedback) is None


def test_the_total_is_the_share_of_points_that_apply_rounded_half_up():
    # VARIANCE: task 2 of 20, data 2 of 10, grounding 1 of 20, context 1 of 20, the rest 0: 20+10+10+10 of 100.
    of_hundred = score_prompt("Summarise the variance table for the CFO.", VARIANCE)
    # NOTE: task 2 of 20, context 1 of 20, data 2 of 10, the rest 0: 20+10+10 of 90 = 44.4.
    of_ninety = score_prompt("Write a note to my team.", NOTE)
    # 1 of 2 in task, 3 points: 1.5 of 4 with data hygiene of weight 1 fully there: 2.5 / 4 = 62.5.
    half = score_prompt("Summarise this.", Definition(weights={"task": 3, "data_hygiene": 1}))

    assert (of_hundred.total, of_ninety.total, half.total) == (50, 44, 63)


def test_a_criterion_without_weight_does_not_apply_and_says_nothing():
    role = score_prompt("Analyse the numbers.", VARIANCE).criterion("role")

    assert (role.level, role.weight, role.evidence, role.missing, role.hint) == (None, 0, (), "", "")


def test_an_exercise_without_weights_has_no_total():
    assert score_prompt("Write a reply.", Definition()).total is None


def test_evidence_quotes_the_words_of_the_prompt():
    feedback = score_prompt(STRONG, KETTLE)

    assert quotes(STRONG, feedback, "task") == ["Write", "reply"]
    assert quotes(STRONG, feedback, "role") == ["You are a"]
    assert quotes(STRONG, feedback, "examples") == ['For example: "We are sorry that your kettle leaks.']
    assert quotes(STRONG, feedback, "constraints") == ["At most 120 words", "no promises", "Use only"]
    assert quotes(STRONG, feedback, "format") == ["Three paragraphs", "with a subject", "subject line"][:2]


def test_evidence_points_at_the_misspelled_words_as_they_were_typed():
    prompt = "Summarise the thread as a tabel with thre colums for the manger."

    feedback = score_prompt(prompt, NOTE)

    assert quotes(prompt, feedback, "format") == ["tabel with", "colums for"]
    assert score_prompt("Wriet a recomendation for my team.", NOTE).criterion("task").level == 2


def test_what_is_missing_names_facts_and_the_hint_one_of_them():
    context = score_prompt("Write a reply about order 4711.", KETTLE).criterion("context")

    assert context.level == 1
    assert (
        context.missing == "It does not tell, for example: how long she has waited, what the policy grants."
    )
    assert (
        context.hint == "Tell what a stranger to your work could not know, such as how long she has waited."
    )


def test_a_vague_word_is_quoted_as_what_is_open():
    task = score_prompt("Write something about the kettle.", KETTLE).criterion("task")

    assert (task.level, task.missing) == (1, "“something” leaves open what exactly shall come out.")


def test_a_soft_limit_is_quoted():
    limits = score_prompt("Write a short reply.", KETTLE).criterion("constraints")

    assert (limits.level, limits.missing) == (1, "“short” can mean anything.")
    assert limits.hint == "Turn it into a limit that one can check, such as a number of words."


def test_the_next_hint_is_the_greatest_loss_and_the_first_of_equals():
    # Task lacks 10 of 20 points, context 20 of 20, limits and format 15 each.
    context_first = work_on_next(score_prompt("Summarise this.", KETTLE))
    # Task and context both lack all of their 20 points.
    task_first = work_on_next(score_prompt("Hello there", KETTLE))

    assert context_first.key == "context"
    assert task_first.key == "task"


@pytest.mark.parametrize("prompt", ["", "   \n\t", "\x00\x01\x02", "?!… —", "\u200b\u200b"])
def test_an_empty_prompt_gets_nothing_and_is_told_how_to_begin(prompt):
    feedback = score_prompt(prompt, KETTLE)

    assert [each.level for each in feedback.criteria] == [0] * 8
    assert (feedback.total, feedback.language, notes(feedback)) == (0, None, ["empty"])
    assert work_on_next(feedback).key == "task"
    assert work_on_next(feedback).hint == "Begin with what you need and for whom."


def test_private_data_closes_the_gate_of_data_and_nothing_else():
    clean = score_prompt(STRONG, KETTLE)
    private = score_prompt(STRONG, KETTLE, has_private_data=True)

    assert private.criterion("data_hygiene").level == 0
    assert [each.level for each in private.criteria[:-1]] == [each.level for each in clean.criteria[:-1]]
    assert private.total == 90  # 10 of 100 points
    assert notes(private) == ["private_data"]


@pytest.mark.parametrize(
    "prompt",
    [
        KETTLE.reference_prompt,
        KETTLE.reference_prompt.upper(),
        f"Hi! {KETTLE.reference_prompt} Thank you.",
        KETTLE.reference_prompt + " " + KETTLE.materials[0].body,
        KETTLE.reference_prompt.rsplit(".", 2)[0],
    ],
)
def test_the_reference_prompt_gets_feedback_and_no_total(prompt):
    feedback = score_prompt(prompt, KETTLE)

    assert notes(feedback) == ["reference_used"]
    assert feedback.total is None
    assert feedback.criterion("task").level == 2


def test_own_words_for_what_the_reference_asks_are_no_copy():
    prompt = (
        "A customer has waited nineteen days and is angry about order 4711. Draft my answer: one apology, then the "
        "replacement our policy allows. Under 120 words and no other promises."
    )

    feedback = score_prompt(prompt, KETTLE)

    assert notes(feedback) == []
    # 20 + 20 + 15 + 0 + 0 + 0 + 10 + 10: no form, no role, no example.
    assert feedback.total == 75


def test_a_pasted_answer_of_the_model_gets_no_total():
    answer = (
        "Dear Ms Okafor, we are sorry that your kettle leaks and that you waited nineteen days. We will send a "
        "replacement within fourteen days. Kind regards, your service team"
    )

    pasted = score_prompt(
        answer, KETTLE, answers=["Something else entirely, of no use to anyone here.", answer]
    )
    worked_on = score_prompt(f"Shorten this reply to 60 words and leave out the apology: {answer}", KETTLE)

    assert (notes(pasted), pasted.total) == (["answer_used"], None)
    assert notes(worked_on) == []


def test_pasted_material_earns_nothing_but_the_pointer_to_it():
    pasted = " ".join(material.body for material in KETTLE.materials)

    feedback = score_prompt(pasted, KETTLE)

    assert [each.level for each in feedback.criteria] == [0, 0, 0, 0, 0, 0, 1, 2]
    assert score_prompt(f"Write to the customer.\n\n{pasted}", KETTLE).criterion("context").level == 1


def test_a_language_without_a_lexicon_is_judged_by_facts_layout_and_data_only():
    french = score_prompt(
        "Écris une réponse pour la cliente de la commande 4711 qui attend depuis 19 days dans le froid.",
        KETTLE,
    )

    assert {each.key: each.level for each in french.criteria} == {
        "task": None,
        "context": 2,
        "constraints": None,
        "format": None,
        "role": None,
        "examples": None,
        "grounding": None,
        "data_hygiene": 2,
    }
    assert (french.language, french.total) == (None, None)
    assert french.notes[0].text == (
        "This prompt seems to be written in French. Only facts, layout and data were judged; the other criteria need "
        "words that the rubric does not know."
    )


def test_a_script_without_a_lexicon_is_judged_alike():
    chinese = score_prompt("请给订单4711的客户写一封回信,语气友好。\n| 日期 | 事件 | 负责人 |", KETTLE)

    assert notes(chinese) == ["language_unknown"]
    assert chinese.notes[0].text.startswith("The rubric does not know the language of this prompt.")
    assert chinese.criterion("format").level == 2
    assert chinese.criterion("task").level is None


def test_a_german_prompt_for_an_english_exercise_is_judged_in_german():
    feedback = score_prompt("Schreibe bitte eine Antwort an die Kundin mit der Bestellung 4711.", KETTLE)

    assert feedback.language == "de"
    assert feedback.criterion("task").level == 2


def test_facts_are_whole_words_in_any_case_and_with_any_white_space():
    facts = Definition(
        weights=ALL_WEIGHTS, facts=(Fact("the shift", ("night shift",)), Fact("the sum", ("62,000",)))
    )

    assert score_prompt("Mention the NIGHT\n SHIFT.", facts).criterion("context").level == 1
    assert (
        score_prompt("Mention the nightshift and 162,000 and 62,0001.", facts).criterion("context").level == 0
    )


def test_feedback_comes_back_from_json_as_it_was():
    feedback = score_prompt("Summarise this for the CFO.", VARIANCE, has_private_data=True)

    stored = json.loads(json.dumps(feedback.to_json()))

    assert PromptFeedback.from_json(stored) == feedback


def test_the_same_prompt_gives_the_same_json():
    assert score_prompt(STRONG, JOB).to_json() == score_prompt(STRONG, JOB).to_json()


def test_words_are_those_of_the_active_language():
    with translation.override("en"):
        feedback = score_prompt("Hello", KETTLE)

    assert [each.label for each in feedback.criteria] == [
        "Task",
        "Context",
        "Limits",
        "Format",
        "Role",
        "Examples",
        "Grounding",
        "Data",
    ]


def test_an_unknown_criterion_is_an_error():
    with pytest.raises(KeyError, match="charm"):
        score_prompt("Hello", KETTLE).criterion("charm")


@pytest.mark.parametrize(
    "unit",
    [
        "Rewrite the ad for our customers, please. ",
        "for the ",
        "(",
        ".",
        " ",
        '"a ',
        "word\n",
        "12 ",
        '{ "',
        "\x00\x01 a",
        "if ",
        "Ein Satz für unsere neuen Kunden. ",
    ],
    ids=repr,
)
def test_a_prompt_three_times_as_long_as_any_is_scored_in_seconds(unit):
    """A pattern that looks twice at every place would take minutes; the bound is far above what a slow one needs."""
    prompt = (unit * (3 * LONGEST_PROMPT // len(unit)))[: 3 * LONGEST_PROMPT - 10] + " write it"
    started = perf_counter()

    feedback = score_prompt(prompt, KETTLE, answers=[prompt[:5000]])

    assert perf_counter() - started < 30
    assert len(feedback.criteria) == 8
