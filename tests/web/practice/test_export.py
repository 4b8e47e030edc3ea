"""Taking one's own practice along."""

import json

from sandbox.definitions import Span
from sandbox.services.judging import ask_for_opinion
from sandbox.services.keeping import revoke_copy
from sandbox.services.reviewing import review_run
from sandbox.services.trying import try_prompt
from tests.sandbox.exercises import PROMPT

EXPORT = "/practice/my/export/"


def test_everything_that_a_learner_practiced_is_in_one_file(practiced, ada, noon, client_of):
    start = practiced.run.answer.index("A refund")
    review_run(run=practiced.run, marks=[Span(start, start + 27)], at=noon)

    response = client_of(ada).get(EXPORT)
    found = json.loads(response.content)

    assert response["Content-Disposition"] == 'attachment; filename="my-practice.json"'
    assert found["format"] == "praxis-practice-1"
    assert [attempt["prompt"] for attempt in found["attempts"]] == ["Summarize this.", PROMPT]
    assert found["attempts"][1]["exercise"]["title"] == "Hand over the Harper case"
    (answer,) = found["attempts"][1]["answers"]
    assert (answer["answer"], answer["review"]["score"]) == (practiced.run.answer, 100)
    assert [template["body"] for template in found["templates"]] == ["Summarize {{case}}."]
    assert [copy["prompt"] for copy in found["shared_copies"]] == [PROMPT]


def test_what_was_taken_back_and_who_answered_unseen_stay_so(practiced, ada, noon, client_of):
    revoke_copy(copy=practiced.copy, at=noon)
    type(practiced.run).objects.update(is_blind=True)

    found = json.loads(client_of(ada).get(EXPORT).content)

    assert [(copy["prompt"], copy["taken_back_at"]) for copy in found["shared_copies"]] == [
        ("", noon.isoformat())
    ]
    assert {answer["model"] for attempt in found["attempts"] for answer in attempt["answers"]} == {""}


def test_somebody_elses_file_holds_nothing_of_hers(practiced, bruno, client_of):
    found = json.loads(client_of(bruno).get(EXPORT).content)

    assert (found["attempts"], found["templates"], found["shared_copies"]) == ([], [], [])


def test_a_file_of_many_attempts_asks_as_few_questions_as_one_of_two(
    practiced, ada, exercise, noon, client_of, django_assert_num_queries
):
    client = client_of(ada)
    client.get(EXPORT)
    with django_assert_num_queries(7):
        client.get(EXPORT)

    for number in range(30):
        try_prompt(learner=ada, exercise=exercise, prompt=f"{PROMPT} {number}", at=noon)

    with django_assert_num_queries(7):
        client.get(EXPORT)


def test_a_second_opinion_is_taken_along_too(practiced, judge, ada, noon, client_of):
    opinion = ask_for_opinion(attempt=practiced.attempt, learner=ada, at=noon)
    type(opinion).objects.update(state="given", criteria=[{"key": "task", "level": 1}])

    found = json.loads(client_of(ada).get(EXPORT).content)

    assert [attempt["opinion"] for attempt in found["attempts"]] == [
        None,
        {
            "model": "Outside",
            "state": "given",
            "criteria": [{"key": "task", "level": 1}],
            "what_happened": "",
        },
    ]
    assert found["keeps_text"] is True
