"""Whoever sets a model up asks it something and reads what came of it.

No test here may use the database, and each would fail if asking did: nothing is stored and nothing is counted.
"""

import pytest

from lms.core.encryption import encrypt
from sandbox.models import Provider
from sandbox.services.asking import QUESTION, ask_provider
from tests import fake_model
from tests.fake_model import Behavior, FakeModel

KEY = "sk-plum-4471"


@pytest.fixture(autouse=True)
def _our_hosts(settings):
    """Let this machine be one of the company's."""
    settings.PRAXIS_INTERNAL_HOSTS = ["127.0.0.1"]


def model_at(address):
    return Provider(kind="openai", base_url=address, model="small", key_encrypted=encrypt(KEY))


@pytest.fixture
def server():
    with FakeModel(Behavior(pieces=("Yes, ", "I am\n", "here.")), models=("small",)) as running:
        yield running


def test_asking_says_what_the_model_answered(server):
    provider = model_at(server.url)

    health = ask_provider(provider=provider)

    assert (health.is_ready, health.sentence) == (True, "It answered: “Yes, I am here.”")
    asked = server.questions[-1]
    assert asked.json["messages"] == [{"role": "user", "content": QUESTION}]
    assert (asked.headers["authorization"], asked.json["max_tokens"]) == (f"Bearer {KEY}", 50)


@pytest.mark.parametrize(
    ("listing", "answer", "said"),
    [
        (fake_model.WRONG_KEY, None, "127.0.0.1 does not accept the key. Check address and key"),
        (fake_model.WEB_PAGE, None, "not as a model does. Check the address; it usually ends in /v1."),
        (fake_model.NORMAL, fake_model.WRONG_KEY, "It did not accept the key."),
        (fake_model.NORMAL, fake_model.RATE_LIMITED, "too many questions to answer right now."),
        (fake_model.NORMAL, fake_model.FAILING, "It failed while answering."),
        (fake_model.NORMAL, fake_model.WEB_PAGE, "What came back is not an answer of a model."),
        (fake_model.NORMAL, fake_model.CUT, "It began to answer and did not end well."),
        (
            fake_model.NORMAL,
            Behavior(status=404, body={"error": {"message": "no such model"}}),
            "Check the name of the model",
        ),
    ],
)
def test_asking_says_what_failed_and_what_to_do(server, listing, answer, said):
    server.next_behaviors = [listing, *([answer] if answer else [])]

    health = ask_provider(provider=model_at(server.url))

    assert health.is_ready is False
    assert said in health.sentence
    assert KEY not in health.sentence


def test_asking_does_not_wait_for_ever(server, monkeypatch):
    monkeypatch.setattr("sandbox.services.asking.SECONDS", 0.05)
    server.next_behaviors = [fake_model.NORMAL, fake_model.NEVER_BEGINS]

    health = ask_provider(provider=model_at(server.url))

    assert health.sentence.endswith(
        "It did not answer in time; it may be busy or still loading. Ask again in a minute."
    )
    server.wait_until(lambda: server.open_answers == 0)


def test_asking_an_address_that_may_no_longer_be_called_sends_nothing(server, settings):
    provider = model_at(server.url)
    settings.PRAXIS_INTERNAL_HOSTS = []

    health = ask_provider(provider=provider)

    assert health.is_ready is False
    assert "PRAXIS_INTERNAL_HOSTS" in health.sentence
    assert server.questions == []


def test_asking_the_model_on_this_machine_while_it_is_not_here_says_how_to_get_it():
    health = ask_provider(provider=Provider(kind="embedded"))

    assert health.is_ready is False
    assert health.sentence == (
        "The practice model is not here yet. “manage.py sandbox_model fetch” brings it."
    )
