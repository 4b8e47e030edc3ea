"""Two models answer one prompt: each answer comes by itself."""

import pytest

from sandbox.models import Run
from sandbox.services.trying import try_prompt
from tests.sandbox.exercises import PROMPT


@pytest.fixture
def runs(ada, exercise, model, outside, noon):
    """Two answers to one prompt of Ada's: the first has come, the second is coming."""
    outside.policy = "warn"
    outside.save()
    tried = try_prompt(learner=ada, exercise=exercise, prompt=PROMPT, providers=[model, outside], at=noon)
    first, second = tried.runs
    Run.objects.filter(pk=first.pk).update(state="done", answer="Lena promised a replacement.")
    Run.objects.filter(pk=second.pk).update(state="streaming", answer="A courier")
    return first, second


def result(client, run):
    return client.get(f"/practice/my/answers/{run.public_id}/").content.decode()


def test_an_answer_that_has_come_leaves_the_other_one_alone(runs, ada, client_of):
    first, second = runs
    Run.objects.filter(pk=second.pk).update(state="done", answer="A courier comes.")

    part = result(client_of(ada), second)

    assert "A courier comes." in part
    assert f'id="review-{second.pk}"' in part
    assert f'id="review-{first.pk}"' not in part
    assert 'id="scores" hx-swap-oob="true"' in part


def test_the_end_of_an_answer_is_said_to_those_who_do_not_see_it(runs, ada, client_of):
    client = client_of(ada)
    _first, second = runs
    page = client.get("/practice/hand-over/").content.decode()
    assert '<p class="visually-hidden" id="said" role="status"></p>' in page

    Run.objects.filter(pk=second.pk).update(state="done")
    assert "The answer has come. Review it: what is wrong in it?</p>" in result(client, second)

    Run.objects.filter(pk=second.pk).update(state="failed", failure_sentence="It broke off. Try again.")
    assert '<p id="said" hx-swap-oob="innerHTML">It broke off. Try again.</p>' in result(client, second)


def test_hidden_models_are_called_by_a_number_that_stays(runs, ada, client_of):
    _first, second = runs
    Run.objects.update(is_blind=True)

    assert "Answer 2" in result(client_of(ada), second)
    assert "Outside" not in result(client_of(ada), second)


def test_while_an_answer_comes_nothing_can_be_written_that_the_reloading_page_would_lose(
    runs, ada, client_of
):
    client = client_of(ada)
    _first, second = runs

    waiting = client.get("/practice/hand-over/").content.decode()
    Run.objects.filter(pk=second.pk).update(state="done")
    over = client.get("/practice/hand-over/").content.decode()

    assert 'http-equiv="refresh"' in waiting
    assert "readonly data-waits" in waiting
    assert "disabled data-waits" in waiting
    assert "data-waits" not in over
    assert 'http-equiv="refresh"' not in over


def test_what_may_be_sent_along_and_what_is_left_are_drawn_anew(runs, ada, client_of):
    _first, second = runs
    Run.objects.filter(pk=second.pk).update(state="done", answer="A courier comes.")

    part = result(client_of(ada), second)

    assert "Go on from answer 2 below" in part
    assert '<small id="remaining" hx-swap-oob="true">' in part
