"""An answer as a browser hears it, from the model's first piece to its last."""

from datetime import timedelta

import pytest

from tests.fake_model import Behavior
from tests.sandbox.streaming.conftest import Event, Listener, reserved_and_used, text_of

PIECES = ("Lena ", "promised ", "a replacement.")


def test_an_answer_is_heard_piece_by_piece_then_done_and_its_row_says_the_same(ada, fake, ask, listen):
    fake.behavior = Behavior(pieces=PIECES, between=0.02)
    run = ask()

    with listen(run) as browser:
        events = list(browser.events())
    run.refresh_from_db()

    heard = [each for each in events if each.name != "queue"]
    assert [each.name for each in heard] == ["delta", "delta", "delta", "done"]
    assert [each.last for each in heard] == [5, 14, 28, None]
    assert heard[-1] == Event("done", {"state": "done"})
    assert text_of(events) == run.answer == "Lena promised a replacement."
    assert (run.state, run.tokens_in, run.tokens_out, run.is_settled) == ("done", 12, 3, True)
    assert [each["check"] for each in run.outcome] == ["max_words", "no_new_numbers"]
    assert run.outcome_score == 100
    assert reserved_and_used(ada) == (0, 1, 0, 15)


def test_the_stream_is_never_kept_or_gathered_on_its_way(ask, listen):
    with listen(ask()) as browser:
        headers = browser.response.headers
        list(browser.events())

    assert browser.response.status == 200
    assert headers["Content-Type"] == "text/event-stream"
    assert (headers["Cache-Control"], headers["X-Accel-Buffering"]) == ("no-cache, no-store", "no")


def test_after_a_reload_exactly_the_rest_is_heard(fake, ask, listen):
    fake.behavior = Behavior(pieces=tuple(f"{number} " for number in range(60)), between=0.01)
    run = ask()

    with listen(run) as browser:
        before = [browser.hear("delta") for _piece in range(5)]
    with listen(run, last=before[-1].last) as reloaded:
        after = list(reloaded.events())
    run.refresh_from_db()

    assert text_of(before) + text_of(after) == run.answer == "".join(f"{number} " for number in range(60))
    assert after[-1] == Event("done", {"state": "done"})
    assert len(fake.questions) == 1


def test_whoever_comes_when_all_is_over_hears_what_they_miss(ask, listen):
    run = ask()
    with listen(run) as browser:
        list(browser.events())

    with listen(run, last=5) as late:
        events = list(late.events())

    assert events == [Event("delta", {"text": "Ms. Okafor"}, 15), Event("done", {"state": "done"})]


def test_two_tabs_hear_the_same_and_one_that_closes_takes_nothing_from_the_other(
    fake, ask, listen, monkeypatch
):
    monkeypatch.setattr("sandbox.streaming.watching.GRACE", -timedelta(seconds=60))
    fake.behavior = Behavior(pieces=tuple(f"{number} " for number in range(60)), between=0.01)
    run = ask()

    with listen(run) as stays:
        with listen(run) as leaves:
            leaves.hear("delta")
        events = list(stays.events())

    assert text_of(events) == "".join(f"{number} " for number in range(60))
    assert events[-1] == Event("done", {"state": "done"})


@pytest.mark.parametrize("place", ["-1", "1e3", "999999999999", "x"])
def test_a_place_that_no_answer_has_is_the_beginning(place, ask, listen):
    run = ask()
    with listen(run) as browser:
        list(browser.events())

    with listen(run, last=place) as other:
        events = list(other.events())

    assert events == [Event("delta", {"text": "Dear Ms. Okafor"}, 15), Event("done", {"state": "done"})]


@pytest.mark.parametrize("who", ["bruno", "linus", "mei"])
def test_a_colleague_a_manager_and_an_admin_find_nothing(who, request, ask, listen):
    run = ask()

    with listen(run, request.getfixturevalue(who)) as other:
        assert other.response.status == 404


def test_whoever_is_not_signed_in_is_sent_to_sign_in(ask, server):
    run = ask()

    with Listener(server.port, run.public_id, "") as nobody:
        status, target = nobody.response.status, nobody.response.headers["Location"]

    assert (status, target) == (302, f"/accounts/login/?next=/practice/stream/{run.public_id}/")
