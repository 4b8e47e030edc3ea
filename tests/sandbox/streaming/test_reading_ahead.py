"""The model on this machine reads the material while the learner does."""

import http.client

import pytest
from django.conf import settings as django_settings
from django.utils import timezone

from sandbox.conversation import messages_for, opening_of
from sandbox.definitions import Definition, Material
from sandbox.models import Provider, Run
from sandbox.services.answering import stop_run
from tests.fake_model import SLOW, Behavior
from tests.sandbox.exercises import PROMPT
from tests.sandbox.streaming.conftest import eventually

TOKEN = "a" * 32
SILENT = Behavior(stall_after=0)


@pytest.fixture
def open_exercise(ada, server, client_of):
    """Return a function that tells the process that streams that Ada has opened an exercise; it returns the status."""
    session = client_of(ada).cookies[django_settings.SESSION_COOKIE_NAME]
    cookies = f"{session.key}={session.value}; {django_settings.CSRF_COOKIE_NAME}={TOKEN}"

    def call(slug="hand-over"):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
        headers = {"Cookie": cookies, "X-CSRFToken": TOKEN, "Content-Length": "0"}
        connection.request("POST", f"/practice/stream/ahead/{slug}/", headers=headers)
        status = connection.getresponse().status
        connection.close()
        return status

    return call


def said(fake):
    """Return the last message of each question, and how many tokens its answer may have."""
    return [(each.json["messages"][-1]["content"], each.json["max_tokens"]) for each in fake.questions]


def test_every_conversation_of_an_exercise_begins_with_the_same_words(tried):
    attempts = [tried().attempt, tried().attempt]

    beginnings = [
        messages_for(each, Definition.from_json(each.rubric.definition))[0].content for each in attempts
    ]

    assert beginnings[0] == beginnings[1]
    assert "Lena promised a replacement" in beginnings[0]


def test_the_mark_around_material_cannot_be_known_by_whoever_writes_it(settings):
    definition = Definition(materials=(Material("Thread", "text", "Lena promised it."),))
    ours = opening_of(definition).content

    settings.SECRET_KEY = "another-installation-" * 3

    assert ours.count("=== material ") == 2
    assert opening_of(definition).content != ours


def test_opening_an_exercise_lets_the_model_read_it_and_asks_nothing(
    exercise, fake, practice_model, open_exercise
):
    assert open_exercise() == 204
    fake.wait_until(lambda: len(fake.questions) == 1 and fake.open_answers == 0)

    assert said(fake) == [(".", 1)]
    assert "Lena promised a replacement" in fake.questions[0].json["messages"][0]["content"]
    assert not Run.objects.exists()


def test_the_same_exercise_is_read_to_its_end_before_its_answer_begins(
    exercise, fake, practice_model, open_exercise, ask, listen
):
    fake.next_behaviors = [Behavior(pieces=("x",), before=0.5)]
    open_exercise()
    fake.wait_until(lambda: len(fake.questions) == 1)

    with listen(ask(providers=[practice_model])) as browser:
        events = list(browser.events())

    assert said(fake) == [(".", 1), (PROMPT, practice_model.max_tokens)]
    assert fake.most_open_answers == 1
    assert events[-1].data == {"state": "done"}


def test_reading_another_exercise_makes_way_at_once(
    exercise, exercise_factory, fake, practice_model, open_exercise, ask, listen
):
    exercise_factory(
        slug="other",
        materials=[{"type": "material", "value": {"name": "Log", "kind": "text", "body": "Nothing."}}],
    )
    fake.next_behaviors = [SILENT]
    open_exercise("other")
    fake.wait_until(lambda: fake.open_answers == 1)

    with listen(ask(providers=[practice_model])) as browser:
        events = list(browser.events())

    assert fake.open_answers == 0
    assert events[-1].data == {"state": "done"}


def test_while_somebody_gets_an_answer_nothing_is_read_ahead(
    exercise, fake, practice_model, open_exercise, ask, listen
):
    fake.behavior = SLOW
    with listen(ask(providers=[practice_model])) as browser:
        browser.hear("delta")
        assert open_exercise() == 204
        list(browser.events())

    assert said(fake) == [(PROMPT, practice_model.max_tokens)]


def test_nothing_is_read_ahead_by_a_model_elsewhere(exercise, fake, provider, model, open_exercise):
    Provider.objects.filter(pk=model.pk).update(is_enabled=False)

    assert open_exercise() == 204
    assert open_exercise("no-such") == 404

    assert fake.questions == []


def test_a_model_that_fails_while_reading_ahead_troubles_nobody(
    exercise, fake, practice_model, open_exercise, ask, listen
):
    fake.next_behaviors = [Behavior(status=500, body={"error": {"message": "out of memory"}})]
    open_exercise()
    fake.wait_until(lambda: len(fake.questions) == 1)

    with listen(ask(providers=[practice_model])) as browser:
        assert list(browser.events())[-1].data == {"state": "done"}


def test_stopping_is_heard_while_the_exercise_is_being_read(
    exercise, fake, practice_model, open_exercise, ask, listen
):
    fake.next_behaviors = [SILENT]
    open_exercise()
    fake.wait_until(lambda: fake.open_answers == 1)
    run = ask(providers=[practice_model])
    with listen(run) as browser:
        assert eventually(lambda: Run.objects.get(pk=run.pk).state == "streaming")

        stop_run(run=run, at=timezone.now())

        assert browser.hear("done").data == {"state": "stopped"}
