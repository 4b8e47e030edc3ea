"""A model that fails: the learner is told, keeps what came, and pays for no more than was used."""

import pytest
from django.db import OperationalError

from sandbox.models import Run
from sandbox.providers import openai_compatible
from sandbox.providers.base import SENTENCES, Reason, Timeouts
from sandbox.streaming import dispatcher
from tests import fake_model
from tests.fake_model import Behavior
from tests.sandbox.streaming.conftest import Event, reserved_and_used, text_of

ENDLESS = Behavior(pieces=tuple(f"{number} and on and " for number in range(400)), is_endless=True)
SENTENCE = fake_model.REPEATING.pieces[0]
HASTY = Timeouts(connect=2, first=1, between=0.3, total=10)

TABLE = [
    (fake_model.STALL, Reason.TIMEOUT_BETWEEN, "Dear "),
    (fake_model.NEVER_BEGINS, Reason.TIMEOUT_FIRST, ""),
    (fake_model.CUT, Reason.CUT_OFF, "Dear "),
    (fake_model.CUT_AT_ONCE, Reason.UNREACHABLE, ""),
    (fake_model.RATE_LIMITED, Reason.RATE_LIMITED, ""),
    (fake_model.WRONG_KEY, Reason.REFUSED_KEY, ""),
    (fake_model.FAILING, Reason.SERVER_ERROR, ""),
    (fake_model.WEB_PAGE, Reason.NOT_A_MODEL, ""),
    (ENDLESS, Reason.TOO_LONG, None),
    (fake_model.REPEATING, Reason.REPETITION, None),
]


@pytest.fixture(autouse=True)
def _hasty(monkeypatch):
    monkeypatch.setattr(openai_compatible, "Timeouts", lambda: HASTY)


@pytest.mark.parametrize(
    ("behavior", "reason", "kept"), TABLE, ids=[reason.value for _b, reason, _k in TABLE]
)
def test_a_failure_is_said_in_words_and_what_came_is_kept(behavior, reason, kept, ada, fake, ask, listen):
    fake.behavior = behavior
    run = ask()

    with listen(run) as browser:
        events = list(browser.events())
    run.refresh_from_db()

    assert events[-1] == Event("done", {"state": "failed"})
    assert (run.state, run.failure, run.failure_sentence) == ("failed", reason, str(SENTENCES[reason]))
    assert run.answer == text_of(events)
    assert kept is None or run.answer == kept
    assert (run.is_settled, run.outcome_score) == (True, None)
    used = run.tokens_in + run.tokens_out
    assert reserved_and_used(ada) == (0, int(used > 0), 0, min(used, run.reserved["tokens"]))
    assert fake.open_answers == 0


def test_what_is_endless_or_repeats_itself_is_kept_until_it_was_noticed(fake, ask, listen):
    fake.next_behaviors = [ENDLESS, fake_model.REPEATING]
    answers = []
    for _each in range(2):
        run = ask()
        with listen(run) as browser:
            list(browser.events())
        run.refresh_from_db()
        answers.append(run.answer)

    assert answers[0].startswith("0 and on and 1 and on and 2 and on and ")
    assert 3180 <= len(answers[0]) <= 3200  # 400 tokens of eight letters at most, to the last whole piece
    assert answers[1].startswith(SENTENCE * 4)
    assert len(answers[1]) < 500


def test_a_mistake_of_ours_is_owned_keeps_what_came_and_logs_no_word_of_it(
    ada, fake, ask, listen, monkeypatch, caplog
):
    fake.behavior = Behavior(pieces=("Lena ", "promised"))

    private = "".join(["Ada", " writes"])  # the lines of our source are no secret

    def fail(_restorer, text):
        if text == "promised":
            raise ValueError(f"it holds {private!r}")
        return text

    monkeypatch.setattr("sandbox.guard.pseudonyms.Restorer.feed", fail)
    run = ask()
    with listen(run) as browser:
        events = list(browser.events())
    run.refresh_from_db()

    assert events[-1] == Event("done", {"state": "failed"})
    assert (run.answer, run.failure, run.failure_sentence) == (
        "Lena ",
        "internal",
        "Something went wrong on our side. Your prompt is kept. Try again; it has been noted.",
    )
    assert reserved_and_used(ada) == (0, 1, 0, run.tokens_in + run.tokens_out)
    assert run.tokens_out == 2  # "Lena " came: five letters, about four to a token
    assert "failed with ValueError" in caplog.text
    assert private not in caplog.text


def test_a_database_that_is_away_for_a_moment_loses_nothing(ada, fake, ask, listen, monkeypatch):
    monkeypatch.setattr(dispatcher, "SECONDS_BETWEEN_TRIES", (0.0, 0.0))
    fake.behavior = Behavior(pieces=("Lena ", "promised"), between=0.1)
    failures = {"write_progress": 1, "end_run": 2}

    def unreliable(name):
        real = getattr(dispatcher, name)

        def call(**values):
            if failures[name]:
                failures[name] -= 1
                raise OperationalError("the server closed the connection")
            return real(**values)

        return call

    for name in failures:
        monkeypatch.setattr(dispatcher, name, unreliable(name))
    run = ask()
    with listen(run) as browser:
        events = list(browser.events())

    assert failures == {"write_progress": 0, "end_run": 0}
    assert events[-1] == Event("done", {"state": "done"})
    assert Run.objects.get(pk=run.pk).answer == "Lena promised"
