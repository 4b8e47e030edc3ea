"""A second opinion on the page of an exercise, in the browser of someone without JavaScript."""

from datetime import timedelta

import pytest

from sandbox.models import SecondOpinion
from sandbox.providers.scripted import ScriptedProvider
from sandbox.services.judging import give_opinions
from tests.sandbox.judges import opinion_text

PAGE = "/practice/hand-over/?attempt=2"


def page(client):
    return " ".join(client.get(PAGE).content.decode().split())


def ask(client, practiced):
    return client.post(f"/practice/my/attempts/{practiced.attempt.public_id}/opinion/")


def give(noon, text):
    give_opinions(
        now=lambda: noon,
        until=noon + timedelta(minutes=1),
        provider_of=lambda _provider: ScriptedProvider([text]),
    )


def test_without_a_model_that_agrees_with_people_nothing_is_offered(practiced, outside, ada, client_of):
    assert "second opinion" not in page(client_of(ada)).lower()


def test_it_is_offered_with_what_is_sent_and_where(practiced, judge, ada, client_of):
    assert (
        "Outside can look at your prompt as well. Only the prompt and the task are sent. Data goes: EU. It counts as "
        "one run and changes no score."
    ) in page(client_of(ada))


def test_asking_leads_back_to_the_attempt_where_it_appears(practiced, judge, ada, noon, client_of):
    client = client_of(ada)

    response = ask(client, practiced)
    waiting = page(client)
    give(noon, opinion_text(task=(2, "Summarize the thread"), context=(0, "")))
    given = page(client)

    assert response.url == f"{PAGE}#opinion"
    assert "Outside is looking at your prompt." in waiting
    assert "Ask for a second opinion" not in waiting
    assert 'hx-select="#opinion"' in waiting
    assert "Task: there" in given
    assert "<q>Summarize the thread</q>" in given
    assert "Context: not yet · <i>the rules see it otherwise</i>" in given
    assert "It can be wrong, and it changes no score." in given
    assert "hx-select" not in given


def test_what_a_model_says_is_text(practiced, judge, ada, noon, client_of):
    ask(client_of(ada), practiced)
    text = opinion_text(task=(1, "Summarize")).replace("Because of task.", "<img src=x onerror=alert(1)>")

    give(noon, text)

    assert "&lt;img src=x onerror=alert(1)&gt;" in page(client_of(ada))


def test_what_went_wrong_is_said_and_it_is_offered_again(practiced, judge, ada, noon, client_of):
    client = client_of(ada)
    ask(client, practiced)
    give(noon, "Nice prompt.")

    shown = page(client)

    assert "The model said nothing that can be used." in shown
    assert "Ask for a second opinion" in shown


def test_when_it_cannot_be_asked_for_the_page_says_why(practiced, judge, ada, client_of):
    judge.calibrations.all().delete()
    client = client_of(ada)

    ask(client, practiced)

    assert "No model gives second opinions right now." in page(client)
    assert not SecondOpinion.objects.exists()


@pytest.mark.parametrize("has_opinion", [False, True])
def test_the_page_of_an_exercise_asks_at_most_thirteen_questions(
    practiced, judge, ada, noon, client_of, django_assert_max_num_queries, has_opinion
):
    client = client_of(ada)
    if has_opinion:
        ask(client, practiced)
        give(noon, opinion_text(task=(2, "Summarize the thread")))
    client.get(PAGE)

    with django_assert_max_num_queries(13):
        client.get(PAGE)
