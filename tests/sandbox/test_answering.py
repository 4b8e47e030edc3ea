"""Claiming runs: one process never takes the place that another one has given away."""

from datetime import timedelta

import pytest

from sandbox.models import Run
from sandbox.services.answering import claim_run, stop_run
from sandbox.services.trying import try_prompt
from tests.connections import other_connections
from tests.sandbox.exercises import PROMPT


def ask(person, exercise, provider, at):
    return try_prompt(learner=person, exercise=exercise, prompt=PROMPT, providers=[provider], at=at).runs[0]


def two_places(_provider):
    return 2


def test_runs_are_claimed_in_the_order_in_which_they_wait_while_there_are_places(
    person_factory, exercise, model, noon
):
    later, sooner, last = [
        ask(person_factory(), exercise, model, noon + timedelta(seconds=seconds)) for seconds in (1, 0, 2)
    ]

    claimed = [claim_run(at=noon, places_of=two_places) for _turn in range(3)]

    assert claimed == [sooner, later, None]
    last.refresh_from_db()
    assert last.state == Run.State.QUEUED


def test_a_run_that_was_stopped_is_not_claimed(ada, exercise, model, noon):
    stop_run(run=ask(ada, exercise, model, noon), at=noon)

    assert claim_run(at=noon, places_of=two_places) is None


def test_looking_while_nobody_waits_is_one_query(db, noon, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert claim_run(at=noon, places_of=two_places) is None


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_processes_that_claim_at_the_same_moment_never_exceed_the_places(
    person_factory, exercise, model, noon
):
    for _number in range(8):
        ask(person_factory(), exercise, model, noon)

    with other_connections() as aside:
        claims = [aside(lambda: claim_run(at=noon, places_of=two_places)) for _number in range(8)]
    taken = [run.pk for claim in claims if (run := claim.result())]

    assert len(taken) == len(set(taken)) == 2
    assert Run.objects.filter(state=Run.State.STREAMING).count() == 2
