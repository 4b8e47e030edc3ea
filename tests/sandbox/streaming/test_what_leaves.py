"""What a model outside gets to see, and what the learner reads."""

import pytest

from sandbox.guard import InspectionFailed
from sandbox.models import Provider
from sandbox.services import guarding
from tests.fake_model import Behavior
from tests.sandbox.streaming.conftest import Event, reserved_and_used, text_of

PROMPT = (
    "Write to Ms Okafor, okafor@harper-mills.com, that her kettle is replaced. Call +351 912 345 678 first."
)


@pytest.fixture
def outside(provider, monkeypatch) -> Provider:
    """A model whose administrator wants names and numbers replaced."""
    monkeypatch.setattr(guarding, "load_name_finder", lambda: lambda _text: [])
    Provider.objects.filter(pk=provider.pk).update(policy="pseudonymize")
    provider.refresh_from_db()
    return provider


def test_placeholders_leave_and_values_come_back_however_they_are_cut(fake, outside, ask, listen):
    fake.behavior = Behavior(
        pieces=(
            "Dear Ms [",
            "PERS",
            "ON_1], we call [PHONE",
            "_1",
            "] or write to [EMAIL_1",
            "]. [PER",
            "haps]",
        ),
        between=0.02,
    )
    run = ask(prompt=PROMPT)

    with listen(run) as browser:
        events = list(browser.events())
    run.refresh_from_db()

    [question] = fake.questions
    assert question.json["messages"][-1]["content"] == (
        "Write to Ms [PERSON_1], [EMAIL_1], that her kettle is replaced. Call [PHONE_1] first."
    )
    for value in (b"Okafor", b"harper-mills", b"912 345 678"):
        assert value not in question.body
    answer = "Dear Ms Okafor, we call +351 912 345 678 or write to okafor@harper-mills.com. [PERhaps]"
    assert text_of(events) == run.answer == answer
    assert (run.state, run.attempt.prompt) == ("done", PROMPT)


def test_what_came_before_is_sent_along_with_the_same_placeholders(fake, outside, ask, listen):
    fake.behavior = Behavior(pieces=("I write to [EMAIL_1].",))
    first = ask(prompt=PROMPT)
    with listen(first) as browser:
        list(browser.events())

    second = ask(prompt="Shorter, and mention okafor@harper-mills.com once.", continues=first)
    with listen(second) as browser:
        list(browser.events())

    turns = [each["content"] for each in fake.questions[-1].json["messages"][-2:]]
    assert turns == ["I write to [EMAIL_1].", "Shorter, and mention [EMAIL_1] once."]


def test_when_the_guard_fails_nothing_leaves(ada, fake, outside, ask, listen, monkeypatch):
    run = ask(prompt=PROMPT)

    def fail(*_arguments, **_options):
        raise InspectionFailed

    monkeypatch.setattr(guarding, "inspect", fail)
    with listen(run) as browser:
        events = list(browser.events())
    run.refresh_from_db()

    assert events[-1] == Event("done", {"state": "failed"})
    assert (run.failure, run.failure_sentence) == (
        "guard",
        "Your text could not be checked for private data, so nothing was sent. It is kept here; try again, or tell "
        "whoever looks after Praxis.",
    )
    assert fake.connections == 0
    assert reserved_and_used(ada) == (0, 0, 0, 0)
