"""An exercise in the browser of someone without JavaScript."""

import pytest
from django.utils import timezone

from lms.paths.models import Enrollment, StepCompletion
from lms.paths.services import enroll_person
from lms.records.models import LearningRecord
from sandbox.models import Attempt, Provider, Review, Run
from tests.sandbox.exercises import PROMPT

PAGE = "/practice/hand-over/"


def send(client, prompt=PROMPT, **fields):
    return client.post(f"{PAGE}try/", {"prompt": prompt, **fields})


def test_the_first_visit_shows_the_task_and_what_completes_it(ada, exercise, client_of):
    page = client_of(ada).get(PAGE).content.decode()

    assert "Only you can see this." in page
    assert "Complete it by trying a prompt and reviewing the answer" in page
    assert "Yes, without the customer’s name." in page
    assert "2 March: the kettle leaks." in page
    assert "20 of 20 runs left today" in page


def test_trying_leads_to_the_attempt_with_feedback_and_an_answer_to_review(ada, exercise, client_of):
    client = client_of(ada)

    response = send(client)
    page = client.get(response.url.partition("#")[0]).content.decode()

    assert response.status_code == 302
    assert response.url == f"{PAGE}?attempt=1#result"
    assert "A refund of €40 was agreed." in page
    assert "An answer that we prepared, with mistakes in it" in page
    assert "Nobody offered a refund" not in page  # not before the review


def test_private_data_is_caught_and_nothing_is_stored_or_lost(ada, exercise, client_of):
    client = client_of(ada)
    prompt = "Reply to Mrs Rosalind Harper, phone +44 20 7946 0018 x2, IBAN GB82 WEST 1234 5698 7654 32."

    response = send(client, prompt)
    page = response.content.decode()

    assert response.status_code == 422
    assert "Replace by [IBAN_1]" in page
    assert "GB82 WEST 1234 5698 7654 32" in page
    assert not Attempt.objects.exists()


def test_one_click_puts_the_placeholder_in_its_place(ada, exercise, client_of):
    prompt = "Pay to GB82 WEST 1234 5698 7654 32 and confirm."

    response = send(client_of(ada), prompt, replace="[IBAN_1]")

    assert "Pay to [IBAN_1] and confirm." in response.content.decode()
    assert "GB82" not in response.content.decode()


def test_what_is_made_up_may_stay_and_what_is_secret_may_not(ada, exercise, outside, client_of):
    Provider.objects.update(policy="warn")
    client, chosen = client_of(ada), {"model": str(outside.public_id)}
    page = send(client, f"{PROMPT} Write to Mrs Rosalind Harper.", **chosen).context

    accepted = [line.digest for line in page["found"] if line.may_stay]
    again = send(client, f"{PROMPT} Write to Mrs Rosalind Harper.", accept=accepted, **chosen)
    refused = send(client, "Use key AKIAZ7Q2LMNOP4RSTUVW to read the log.", accept=accepted, **chosen)

    assert again.status_code == 302
    assert refused.status_code == 422
    assert Attempt.objects.count() == 1


@pytest.mark.parametrize(
    ("prompt", "said"),
    [
        ("", "Write a prompt first"),
        (" \x00\x07\n", "Write a prompt first"),
        ("word " * 40_000, "12,000 is the most"),
    ],
)
def test_what_cannot_be_tried_is_explained(ada, exercise, client_of, prompt, said):
    response = send(client_of(ada), prompt)

    assert response.status_code == 422
    assert said in response.content.decode()


def test_the_review_teaches_completes_the_step_and_moves_the_bar(
    ada, exercise, client_of, lesson_factory, path_factory
):
    path = path_factory(exercise, lesson_factory(), slug="with-exercise")
    enroll_person(learner=ada, path=path, source=Enrollment.Source.RULE, at=timezone.now())
    client = client_of(ada)
    send(client)
    run = Run.objects.get()
    start = run.answer.index("A refund")

    client.post(f"/practice/my/answers/{run.public_id}/review/", {"mark": f"{start}-{start + 27}"})
    page = client.get(f"{PAGE}?attempt=1").content.decode()

    assert Review.objects.get().score == 100
    assert "Nobody offered a refund." in page
    assert StepCompletion.objects.values_list("how", "content_uuid").get() == ("practiced", exercise.uuid)
    record = LearningRecord.objects.get(object_type="exercise")
    assert record.result["score"]["review"] == 100
    assert PROMPT not in str(record.result) + str(record.context)
    assert "done" in client.get("/paths/with-exercise/").content.decode()


def test_reviewing_again_changes_the_score_and_not_the_ledger(ada, exercise, client_of):
    client = client_of(ada)
    send(client)
    run = Run.objects.get()
    address = f"/practice/my/answers/{run.public_id}/review/"

    client.post(address, {"nothing": "1"})
    first = Review.objects.get().score
    start = run.answer.index("A refund")
    client.post(address, {"mark": f"{start}-{start + 27}"})

    assert (first, Review.objects.get().score) == (0, 100)
    assert LearningRecord.objects.filter(object_type="exercise").count() == 1


@pytest.mark.parametrize("mark", ["5-2", "0-999999", "x-y", "-1-5", ""])
def test_marks_that_do_not_fit_complete_nothing(ada, exercise, client_of, mark):
    client = client_of(ada)
    send(client)

    client.post(f"/practice/my/answers/{Run.objects.get().public_id}/review/", {"mark": mark})

    assert not Review.objects.exists()


def test_the_good_prompt_is_shown_after_two_attempts(ada, exercise, client_of):
    client = client_of(ada)
    send(client)
    before = client.get(PAGE).content.decode()
    send(client, "Summarize it for a colleague.")

    assert "List what was promised, with the date" not in before
    assert "List what was promised, with the date" in client.get(PAGE).content.decode()


def test_two_attempts_stand_side_by_side_with_what_changed(ada, practiced, client_of):
    page = client_of(ada).get(f"{PAGE}compare/?with=2&and=1").content.decode()

    assert "<ins>" in page
    assert "Attempts 1 and 2" in page


def test_an_exercise_taken_back_in_the_middle_keeps_what_was_tried(
    ada, bruno, exercise, practiced, client_of
):
    exercise.unpublish()

    page = client_of(ada).get(PAGE).content.decode()

    assert "This exercise is being revised" in page
    assert "Attempt 2" in page
    late = send(client_of(bruno), "What Bruno had just written.")
    assert late.status_code == 409
    assert "What Bruno had just written." in late.content.decode()
    assert Attempt.objects.count() == 2
    assert client_of(bruno).get(PAGE).status_code == 404


def test_an_answer_full_of_script_does_nothing(ada, practiced, client_of):
    Run.objects.filter(pk=practiced.run.pk).update(
        answer="<script>alert(1)</script> ![x](https://evil.example/a.png) <img src=x onerror=y>"
    )

    page = client_of(ada).get(PAGE).content.decode()

    assert "<script>alert" not in page
    assert "<img" not in page.partition("<main")[2]
    assert "evil.example" not in page.partition('class="prose"')[2].partition("</div>")[0]


def test_a_model_that_is_switched_off_is_not_asked(ada, exercise, client_of):
    Provider.objects.update(is_enabled=False)

    send(client_of(ada))

    assert list(Run.objects.values_list("is_planted", "state")) == [(True, "done")]


def test_pages_cost_the_same_for_one_and_for_many(
    ada,
    exercise_factory,
    exercise,
    tried,
    client_of,
    django_assert_num_queries,
    django_assert_max_num_queries,
):
    client = client_of(ada)
    tried()
    client.get(PAGE)
    with django_assert_max_num_queries(12) as few_list:
        client.get("/practice/")
    with django_assert_max_num_queries(12) as few_page:
        client.get(PAGE)
    for _number in range(12):
        exercise_factory()
        tried()

    with django_assert_num_queries(len(few_list)):
        client.get("/practice/")
    with django_assert_num_queries(len(few_page)):
        client.get(PAGE)


def test_a_prompt_never_goes_to_a_model_that_was_not_chosen(ada, exercise, outside, model, client_of):
    client = client_of(ada)

    none = send(client)
    not_ready = send(client, model=str(model.public_id))

    assert none.status_code == 422
    assert "Choose which model shall answer" in none.content.decode()
    assert not_ready.status_code == 302
    assert list(Run.objects.values_list("is_planted", flat=True)) == [True]


def test_what_was_said_before_does_not_go_along_to_a_stricter_model(ada, exercise, outside, client_of):
    Provider.objects.filter(pk=outside.pk).update(policy="warn")
    client, chosen = client_of(ada), {"model": str(outside.public_id)}
    prompt = f"{PROMPT} Write to Mrs Rosalind Harper."
    accepted = [line.digest for line in send(client, prompt, **chosen).context["found"]]
    send(client, prompt, accept=accepted, **chosen)
    Run.objects.update(state="done", answer="Dear Mrs Rosalind Harper, it will come.")

    along = send(client, "Make it shorter.", **chosen, **{"continue": str(Run.objects.get().public_id)})

    assert along.status_code == 422
    assert "must not get" in along.content.decode()


def test_a_session_that_ended_leads_back_to_the_exercise(ada, exercise, client_of):
    assert client_of(ada).get(f"{PAGE}try/").url == PAGE


def test_an_answer_that_is_asked_for_without_javascript_stays_wanted(ada, exercise, practiced, client_of):
    Run.objects.filter(pk=practiced.run.pk).update(state="streaming", watched_at=practiced.attempt.tried_at)

    page = client_of(ada).get(f"{PAGE}?attempt=2").content.decode()

    assert '<meta http-equiv="refresh" content="3">' in page
    assert Run.objects.get(pk=practiced.run.pk).watched_at != practiced.attempt.tried_at


def test_finding_nothing_wins_over_marks_of_an_earlier_review(ada, practiced, client_of):
    client, address = client_of(ada), f"/practice/my/answers/{practiced.run.public_id}/review/"
    client.post(address, {"mark": "0-10"})

    client.post(address, {"mark": "0-10", "nothing": "1"})

    assert Review.objects.get().marks == []


def test_spaces_of_every_width_keep_words_apart(ada, exercise, client_of):
    send(client_of(ada), "For\u00a0the 10\u202f000 in\u2028Porto")

    assert Attempt.objects.get().prompt == "For the 10 000 in\nPorto"


def test_an_answer_is_marked_line_by_line_as_it_was_written(ada, exercise, client_of):
    client = client_of(ada)
    send(client)
    Run.objects.update(answer="Lena promised it. A courier comes.\n\n- Call Mira")

    page = " ".join(client.get(PAGE).content.decode().split())
    marks = page.partition('class="marks"')[2].partition("</div>")[0]

    assert marks.count("<p>") == 2
    assert [part.partition("<")[0] for part in marks.split("<span>")[1:]] == [
        "Lena promised it.", "A courier comes.", "Call Mira",
    ]  # fmt: skip


def test_ticked_sentences_count_even_when_nothing_wrong_is_said_beside_them(ada, exercise, client_of):
    client = client_of(ada)
    send(client)
    run = Run.objects.get()
    start = run.answer.index("A refund")

    url = f"/practice/my/answers/{run.public_id}/review/"
    client.post(url, {"mark": f"{start}-{start + 27}", "nothing": "1"})
    page = client.get(PAGE).content.decode()

    assert Review.objects.get().marks == [[start, start + 27]]
    assert "You had ticked sentences, so they count." in page
