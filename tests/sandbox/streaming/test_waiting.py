"""A model with few places: who waits for it, and what becomes of them."""

from django.utils import timezone

from sandbox.models import Provider, Run
from sandbox.services.answering import stop_run
from tests.fake_model import Behavior
from tests.sandbox.streaming.conftest import Event, reserved_and_used

SWITCHED_OFF = "This model was switched off. Your prompt is kept; choose another one and try again."


def test_the_model_on_this_machine_gives_two_answers_and_the_others_hear_their_place(
    ada, bruno, linus, mei, fake, practice_model, ask, listen
):
    fake.behavior = Behavior(stall_after=1)
    first, second, third, fourth = [
        ask(each, providers=[practice_model]) for each in (ada, bruno, linus, mei)
    ]
    with listen(first) as one, listen(second, bruno) as two:
        assert [each.hear("delta").data for each in (one, two)] == [{"text": "Dear "}] * 2
        with listen(third, linus) as three, listen(fourth, mei) as four:
            assert three.hear("queue") == Event("queue", {"before": 0})
            assert four.hear("queue") == Event("queue", {"before": 1})
            assert fake.open_answers == 2

            stop_run(run=first, at=timezone.now())

            assert three.hear("delta") == Event("delta", {"text": "Dear "}, 5)
            assert four.hear("queue") == Event("queue", {"before": 0})
            assert fake.most_open_answers == 2


def test_whoever_waits_for_a_model_that_is_switched_off_is_told(
    ada, bruno, linus, fake, practice_model, ask, listen
):
    fake.behavior = Behavior(stall_after=1)
    first, second, third = [ask(each, providers=[practice_model]) for each in (ada, bruno, linus)]
    with listen(first) as one, listen(second, bruno) as two, listen(third, linus) as three:
        one.hear("delta"), two.hear("delta"), three.hear("queue")

        Provider.objects.filter(pk=practice_model.pk).update(is_enabled=False)
        stop_run(run=first, at=timezone.now())

        assert three.hear("done") == Event("done", {"state": "failed"})
    assert failure_of(third) == ("unavailable", SWITCHED_OFF)
    assert reserved_and_used(linus) == (0, 0, 0, 0)
    assert len(fake.questions) == 2


def test_whoever_waits_for_a_model_that_is_removed_is_told(ada, fake, provider, ask, listen):
    run = ask()
    provider.delete()

    with listen(run) as browser:
        assert browser.hear("done") == Event("done", {"state": "failed"})

    assert failure_of(run) == ("unavailable", SWITCHED_OFF)
    assert reserved_and_used(ada) == (0, 0, 0, 0)


def test_a_model_that_does_not_run_says_what_to_do(ada, model, ask, listen):
    run = ask(providers=[model])

    with listen(run) as browser:
        assert browser.hear("done") == Event("done", {"state": "failed"})

    assert failure_of(run) == (
        "unavailable",
        "This model cannot be reached right now. Your prompt is kept. Try again in a minute; if it happens again, "
        "tell whoever looks after Praxis.",
    )
    assert reserved_and_used(ada) == (0, 0, 0, 0)


def failure_of(run: Run) -> tuple[str, str]:
    row = Run.objects.get(pk=run.pk)
    return row.failure, row.failure_sentence
