"""Nobody waits any more: the model is free again, and what was reserved is settled."""

from datetime import timedelta

import pytest
from django.utils import timezone

from sandbox.models import BudgetUse, Run
from sandbox.services.answering import stop_run
from sandbox.streaming import watching
from tests.fake_model import Behavior
from tests.sandbox.streaming.conftest import Event, eventually, reserved_and_used

PEOPLE = 10


@pytest.fixture
def no_grace(monkeypatch):
    """Nobody is waited for who has left."""
    monkeypatch.setattr(watching, "GRACE", timedelta(0))


def test_when_ten_browsers_have_gone_no_model_answers_and_nothing_stays_reserved(
    person_factory, fake, provider, ask, listen, no_grace
):
    fake.behavior = Behavior(pieces=tuple(f"{number} " for number in range(500)), between=0.05)
    people = [person_factory() for _number in range(PEOPLE)]
    streams = [listen(ask(person), person) for person in people]
    for stream in streams:
        stream.hear("delta")
    assert fake.open_answers == PEOPLE

    for stream in streams:
        stream.__exit__(None, None, None)

    fake.wait_until(lambda: fake.open_answers == 0)
    assert eventually(lambda: not Run.objects.open_reservations().exists())
    assert set(Run.objects.values_list("state", flat=True)) == {"stopped"}
    assert "" not in Run.objects.values_list("answer", flat=True)
    assert (
        list(BudgetUse.objects.values_list("runs_reserved", "tokens_reserved", "runs_used"))
        == [(0, 0, 1)] * PEOPLE
    )


def test_whoever_comes_back_within_the_grace_finds_it_going_on(fake, ask, listen):
    fake.behavior = Behavior(pieces=tuple(f"{number} " for number in range(40)), between=0.02)
    run = ask()

    with listen(run) as browser:
        last = browser.hear("delta").last
    with listen(run, last=last) as reloaded:
        events = list(reloaded.events())

    assert events[-1] == Event("done", {"state": "done"})


def test_whoever_leaves_the_queue_costs_no_model_anything(
    ada, bruno, linus, fake, practice_model, ask, listen, no_grace
):
    fake.behavior = Behavior(stall_after=1)
    first, second, third = [ask(person, providers=[practice_model]) for person in (ada, bruno, linus)]
    with listen(first) as one, listen(second, bruno) as two:
        one.hear("delta"), two.hear("delta")
        with listen(third, linus) as three:
            three.hear("queue")

        assert eventually(lambda: Run.objects.get(pk=third.pk).state == "stopped")

    assert len(fake.questions) == 2
    assert Run.objects.get(pk=third.pk).failure_sentence == (
        "You left before the model began. Your prompt is kept."
    )
    assert reserved_and_used(linus) == (0, 0, 0, 0)


def test_stopping_frees_a_model_that_is_silent_and_keeps_what_came(ada, fake, practice_model, ask, listen):
    fake.behavior = Behavior(stall_after=1)
    run = ask(providers=[practice_model])
    with listen(run) as browser:
        browser.hear("delta")
        assert fake.open_answers == 1

        stop_run(run=run, at=timezone.now())
        fake.wait_until(lambda: fake.open_answers == 0)
        events = list(browser.events())
    run.refresh_from_db()

    assert events == [Event("done", {"state": "stopped"})]
    assert (run.answer, run.failure, run.failure_sentence) == (
        "Dear ",
        "",
        "Stopped. What came so far and your prompt are kept.",
    )
    assert run.outcome_score is None
    assert reserved_and_used(ada) == (0, 1, 0, run.tokens_in + run.tokens_out)


def test_stopping_frees_a_model_that_has_not_said_a_word(fake, practice_model, ask, listen):
    fake.behavior = Behavior(stall_after=0)
    run = ask(providers=[practice_model])
    with listen(run) as browser:
        fake.wait_until(lambda: fake.open_answers == 1)

        stop_run(run=run, at=timezone.now())
        fake.wait_until(lambda: fake.open_answers == 0)

        assert browser.hear("done") == Event("done", {"state": "stopped"})
