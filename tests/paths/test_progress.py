"""The rules of progress: what is done, open, locked and why."""

import uuid
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lms.paths.progress import Opens, Status, Step, path_progress

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def step(number, **settings):
    return Step(uuid.UUID(int=number), **settings)


def progress(steps, done=(), *, now=START + 30 * DAY, at=START):
    return path_progress(steps, {s.id: at for s in done}, enrolled_at=START, now=now)


def statuses(result):
    return [s.status.value for s in result.steps]


def test_a_new_path_opens_its_first_step_and_says_what_the_others_wait_for():
    result = progress([step(1), step(2), step(3)])

    assert statuses(result) == ["open", "locked", "locked"]
    assert [s.waits_for for s in result.steps] == [(), (1,), (2,)]
    assert result.next_step.number == 1


def test_completing_a_step_opens_the_one_that_waits_for_it():
    steps = [step(1), step(2), step(3)]

    result = progress(steps, steps[:1])

    assert statuses(result) == ["done", "open", "locked"]
    assert result.done_count == 1


def test_an_optional_step_holds_nobody_up():
    steps = [step(1), step(2, is_required=False), step(3)]

    result = progress(steps, steps[:1])

    assert statuses(result) == ["done", "open", "open"]
    assert result.next_step.number == 3
    assert len(result.counted) == 2


def test_a_step_that_opens_any_time_waits_for_nothing():
    result = progress([step(1), step(2), step(3, opens=Opens.ANY_TIME)])

    assert statuses(result) == ["open", "locked", "open"]


def test_a_step_after_all_names_every_step_it_waits_for():
    steps = [step(1), step(2, opens=Opens.ANY_TIME), step(3, opens=Opens.AFTER_ALL)]

    result = progress(steps, steps[1:2])

    assert result.steps[2].waits_for == (1,)
    assert progress(steps).steps[2].waits_for == (1, 2)


def test_a_delay_counts_from_the_moment_its_prerequisite_was_done():
    steps = [step(1), step(2, delay=2 * DAY)]

    just_before = progress(steps, steps[:1], now=START + 2 * DAY - timedelta(seconds=1))
    then = progress(steps, steps[:1], now=START + 2 * DAY)

    assert just_before.steps[1].status == Status.LOCKED
    assert just_before.steps[1].opens_at == START + 2 * DAY
    assert just_before.steps[1].waits_for == ()
    assert then.steps[1].status == Status.OPEN


def test_a_delay_without_prerequisite_counts_from_the_enrollment():
    result = progress([step(1, delay=DAY)], now=START)

    assert result.steps[0].opens_at == START + DAY
    assert result.next_step is None


def test_an_unavailable_step_neither_blocks_nor_counts():
    steps = [step(1), step(2, is_available=False), step(3)]

    result = progress(steps, steps[:1])

    assert statuses(result) == ["done", "unavailable", "open"]
    assert len(result.counted) == 2


def test_a_step_that_was_done_stays_done_when_its_lesson_goes_away():
    gone = step(1, is_available=False)

    result = progress([gone, step(2)], [gone])

    assert statuses(result) == ["done", "open"]
    assert result.done_count == 1


def test_the_path_is_complete_when_every_required_step_is_done():
    steps = [step(1), step(2, is_required=False), step(3)]

    assert not progress(steps, steps[:1]).is_complete
    assert progress(steps, [steps[0], steps[2]]).is_complete


def test_a_path_without_required_steps_is_never_complete():
    optional = step(1, is_required=False)

    assert not progress([]).is_complete
    assert not progress([optional], [optional]).is_complete
    assert not progress([step(1, is_available=False)]).is_complete


def test_completions_of_steps_the_path_no_longer_has_are_ignored():
    result = path_progress([step(1)], {uuid.UUID(int=99): START}, enrolled_at=START, now=START)

    assert statuses(result) == ["open"]


a_step = st.builds(
    Step,
    id=st.uuids(),
    is_required=st.booleans(),
    opens=st.sampled_from(Opens),
    delay=st.integers(0, 3).map(lambda days: days * DAY),
    is_available=st.booleans(),
)
some_steps = st.lists(a_step, max_size=8, unique_by=lambda s: s.id)


@given(some_steps, st.data())
def test_completing_one_more_step_never_takes_anything_away(steps, data):
    done = [s for s in steps if data.draw(st.booleans())]
    before = progress(steps, done)
    for more in steps:
        after = progress(steps, [*done, more])
        assert after.done_count >= before.done_count
        for old, new in zip(before.steps, after.steps, strict=True):
            if old.status in {Status.DONE, Status.OPEN}:
                assert new.status in {Status.DONE, Status.OPEN}


@given(some_steps)
def test_whoever_keeps_taking_the_next_step_completes_the_path(steps):
    done: list[Step] = []
    while (result := progress(steps, done)).next_step is not None:
        done.append(result.next_step.step)

    assert result.is_complete == bool(result.counted)
    assert {s.status for s in result.steps} <= {Status.DONE, Status.UNAVAILABLE}


@given(some_steps, st.permutations(range(8)))
def test_the_order_of_completions_does_not_matter(steps, order):
    shuffled = sorted(steps, key=lambda s: order[steps.index(s)])

    assert progress(steps, steps) == progress(steps, shuffled)
