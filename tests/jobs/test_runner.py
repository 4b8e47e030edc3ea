"""Each item of a job is done once, whatever breaks on the way."""

from datetime import UTC, datetime, timedelta
from itertools import count
from threading import Barrier
from time import monotonic

import pytest
import time_machine
from celery.exceptions import SoftTimeLimitExceeded
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import given as examples
from hypothesis import strategies as st

from lms.core.models import AuditEntry
from lms.jobs import registry, runner, tasks
from lms.jobs.models import Job, JobFile, JobRow
from lms.jobs.registry import Item, JobKind, PlannedRows, RowResult, job_kind
from lms.jobs.services import cancel_job, resume_job, run_jobs
from lms.people.models import ExternalIdentity
from tests.jobs.kinds import Numbers

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
SECONDS = 10


def rows_of(job):
    return list(job.rows.order_by("number").values_list("number", "reference", "outcome", "message"))


def progress(job):
    job.refresh_from_db()
    return job.state, job.total, job.done_count, job.failed_count


def messages_of(caplog):
    return [record.getMessage() for record in caplog.records if record.name == "lms.jobs.runner"]


def test_a_job_is_done_in_chunks_and_says_how_much_there_was(numbers, given):
    job = numbers(8)

    with time_machine.travel(NOON + timedelta(minutes=1), tick=False):
        assert run_jobs(for_seconds=SECONDS) == 8

    assert given() == [1, 2, 3, 4, 5, 6, 7, 8]
    assert progress(job) == ("done", 8, 8, 0)
    assert (job.cursor, job.share_done) == (8, 1.0)
    assert job.started_at == job.finished_at == NOON + timedelta(minutes=1)
    assert rows_of(job) == []
    assert run_jobs(for_seconds=SECONDS) == 0


def test_a_job_without_items_is_done_at_once(numbers):
    job = numbers(0)

    run_jobs(for_seconds=SECONDS)

    assert progress(job) == ("done", 0, 0, 0)


def test_a_row_that_is_refused_fails_with_its_reason_and_the_others_are_done(numbers, given):
    job = numbers(8, params={"refused": [2, 7]})

    run_jobs(for_seconds=SECONDS)

    assert given() == [1, 3, 4, 5, 6, 8]
    assert progress(job) == ("done", 8, 6, 2)
    assert rows_of(job) == [
        (2, "number 2", "failed", "2 is not given to anybody."),
        (7, "number 7", "failed", "7 is not given to anybody."),
    ]


def test_a_row_that_breaks_fails_in_plain_words_and_its_error_is_logged(numbers, given, caplog):
    job = numbers(5, params={"broken": [5]})

    run_jobs(for_seconds=SECONDS)

    assert given() == [1, 2, 3, 4]
    assert progress(job) == ("done", 5, 4, 1)
    assert rows_of(job) == [
        (
            5,
            "number 5",
            "failed",
            "Something unexpected stopped this one, and nothing was changed for it. The log says more.",
        )
    ]
    assert messages_of(caplog) == [f"Job {job.public_id} failed on item 5"]


def test_rows_left_out_are_kept_with_their_reason_and_count_as_done(numbers, given):
    job = numbers(4, params={"skipped": [4]})

    run_jobs(for_seconds=SECONDS)

    assert given() == [1, 2, 3]
    assert progress(job) == ("done", 4, 4, 0)
    assert rows_of(job) == [(4, "number 4", "skipped", "left out on purpose")]


def test_planned_rows_become_what_was_done_about_them(numbers, given):
    @job_kind("tests.planned")
    class Planned(PlannedRows):
        chunk_size = 2

        def apply(self, _job, items):
            return [
                RowResult(item.reference, "unchanged", f"has {item.value.data['n']} already")
                for item in items
                if item.value.data.get("n")
            ]

    plan = [
        RowResult("ada@larkfield.example", "planned"),
        RowResult("nobody", "failed", "Nobody has this address."),
        RowResult("bruno@larkfield.example", "planned", data={"n": 7}),
        RowResult("bruno@larkfield.example", "planned"),
    ]
    job = numbers(kind="tests.planned", rows=iter(plan))

    run_jobs(for_seconds=SECONDS)

    assert rows_of(job) == [
        (1, "ada@larkfield.example", "done", ""),
        (2, "nobody", "failed", "Nobody has this address."),
        (3, "bruno@larkfield.example", "unchanged", "has 7 already"),
        (4, "bruno@larkfield.example", "done", ""),
    ]
    assert progress(job) == ("done", 3, 3, 0)
    assert JobRow.objects.get(number=3).data == {"n": 7}


def test_a_result_that_speaks_of_no_item_is_an_error_and_not_a_guess(numbers):
    @job_kind("tests.lost")
    class Lost(Numbers):
        def apply(self, _job, _items):
            return [RowResult("number 99", "done")]

    job = numbers(2, kind="tests.lost")

    run_jobs(for_seconds=SECONDS)

    assert progress(job) == ("done", 2, 0, 2)


def test_a_file_appears_together_with_the_end_of_its_job(numbers):
    job = numbers(5, kind="tests.numbers_and_file")

    run_jobs(for_seconds=SECONDS)

    file = JobFile.objects.get()
    assert (file.job, file.name, bytes(file.content)) == (job, "numbers.txt", b"5")


def test_the_end_stands_in_the_audit_trail_with_its_counts(numbers):
    job = numbers(4, params={"refused": [1]})

    run_jobs(for_seconds=SECONDS)

    entry = AuditEntry.objects.get(action="jobs.finish")
    assert (entry.actor, entry.object_type, entry.object_id) == (
        "system:jobs",
        "jobs.job",
        str(job.public_id),
    )
    assert entry.after == {"state": "done", "done": 3, "failed": 1}


@pytest.mark.parametrize("items", [1, 50])
def test_a_chunk_costs_the_same_queries_however_many_items_it_has(
    items, numbers, monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr(Numbers, "chunk_size", items)
    numbers(2 * items)
    visit = runner.Visit(seconds=SECONDS)
    job = Job.objects.get()
    visit._do_chunk(job.pk)

    extra = 1 if connection.vendor == "postgresql" else 0  # SET CONSTRAINTS
    # Begin and end, lock, begin and end applying, insert, mark planned rows, move the cursor.
    with django_assert_num_queries(8 + extra):
        visit._do_chunk(job.pk)


# --- taking turns -------------------------------------------------------------------------------------


def test_a_small_job_does_not_wait_for_the_end_of_a_large_one(numbers, monkeypatch):
    monkeypatch.setattr(runner, "SECONDS_PER_TURN", 2)
    clock = count()
    monkeypatch.setattr(runner, "monotonic", lambda: next(clock))
    turns = []
    apply = Numbers.apply

    def note_and_apply(kind, job, items):
        turns.append(job.key)
        return apply(kind, job, items)

    monkeypatch.setattr(Numbers, "apply", note_and_apply)
    numbers(30, key="large")
    numbers(3, key="small")

    run_jobs(for_seconds=1000)

    assert turns[:2] == ["large", "small"]
    assert turns[2:] == ["large"] * 9


def test_a_run_ends_with_the_chunk_in_which_its_time_is_over_and_asks_for_another(
    numbers, given, sent, monkeypatch, django_capture_on_commit_callbacks
):
    clock = count(step=8)
    monkeypatch.setattr(runner, "SECONDS_PER_TURN", 1000)
    monkeypatch.setattr(runner, "monotonic", lambda: next(clock))
    numbers(8)

    with django_capture_on_commit_callbacks(execute=True):
        tasks.run_jobs()

    assert given() == [1, 2, 3]
    assert sent == [("lms.jobs.tasks.run_jobs", {"expires": 15})]


def test_a_run_that_did_everything_asks_for_nothing(numbers, given, sent):
    numbers(8)

    tasks.run_jobs()

    assert given() == list(range(1, 9))
    assert sent == []


def test_a_worker_leaves_a_job_to_the_worker_that_has_taken_it_over(numbers, given):
    job = numbers(9)
    first, second = runner.Visit(seconds=SECONDS), runner.Visit(seconds=SECONDS)
    first._do_chunk(job.pk)
    second._do_chunk(job.pk)

    assert first.work() == 0
    assert given() == [1, 2, 3, 4, 5, 6]
    assert second.work() == 3

    assert given() == list(range(1, 10))
    assert progress(job) == ("done", 9, 9, 0)


@pytest.mark.django_db(transaction=True)
def test_workers_at_the_same_time_do_every_item_once(numbers, given, aside):
    jobs = [numbers(60, key=f"job {number}") for number in range(3)]
    start = Barrier(3)

    def work():
        start.wait(SECONDS)
        return run_jobs(for_seconds=SECONDS)

    handled = sum(worker.result(2 * SECONDS) for worker in [aside(work), aside(work), aside(work)])
    handled += run_jobs(for_seconds=SECONDS)

    assert handled == 180
    assert given() == sorted(list(range(1, 61)) * 3)
    assert [progress(job) for job in jobs] == [("done", 60, 60, 0)] * 3


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_worker_does_not_wait_for_a_job_that_another_one_holds(numbers, given, aside):
    held, free = numbers(3, key="held"), numbers(3, key="free")

    with transaction.atomic():
        Job.objects.select_for_update().get(pk=held.pk)
        assert aside(lambda: run_jobs(for_seconds=SECONDS)).result(SECONDS) == 3

    assert progress(held) == ("queued", None, 0, 0)
    assert progress(free) == ("done", 3, 3, 0)


# --- what goes wrong ----------------------------------------------------------------------------------


class Crash(BaseException):
    """The worker is told to stop."""


def raise_once_at(monkeypatch, number, error):
    """Let the chunk that has a number fail after its work, the first time."""
    apply, errors = Numbers.apply, [error]

    def fail(kind, job, items):
        results = apply(kind, job, items)
        if errors and number in [item.value for item in items]:
            raise errors.pop()
        return results

    monkeypatch.setattr(Numbers, "apply", fail)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@examples(
    total=st.integers(0, 25),
    chunk_size=st.integers(1, 9),
    refused=st.sets(st.integers(1, 25), max_size=4),
    broken=st.sets(st.integers(1, 25), max_size=3),
    crashes=st.lists(st.integers(1, 25), max_size=4),
)
def test_whatever_fails_and_whenever_workers_crash_each_item_is_done_once(
    numbers, caplog, total, chunk_size, refused, broken, crashes
):
    caplog.clear()
    ExternalIdentity.objects.all().delete()
    job = numbers(total, params={"refused": sorted(refused), "broken": sorted(broken)})
    waiting = list(crashes)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Numbers, "chunk_size", chunk_size)
        apply = Numbers.apply

        def crash(kind, job, items):
            results = apply(kind, job, items)
            for number in [item.value for item in items]:
                if number in waiting:
                    waiting.remove(number)
                    raise Crash
            return results

        patch.setattr(Numbers, "apply", crash)
        for _ in range(len(crashes) + 1):
            try:
                run_jobs(for_seconds=SECONDS)
            except Crash:
                continue

    wrong = {number for number in refused | broken if number <= total}
    done = [number for number in range(1, total + 1) if number not in wrong]
    assert progress(job) == ("done", total, len(done), len(wrong))
    assert [
        int(value) for value in ExternalIdentity.objects.order_by("value").values_list("value", flat=True)
    ] == done
    assert [(number, outcome) for number, _, outcome, _ in rows_of(job)] == [
        (n, "failed") for n in sorted(wrong)
    ]


@pytest.mark.parametrize("error", [OperationalError("gone"), InterfaceError("closed")])
def test_a_database_that_fails_costs_the_chunk_and_a_pause_but_no_row(
    error, numbers, given, monkeypatch, caplog
):
    raise_once_at(monkeypatch, 5, error)
    job = numbers(8)

    with time_machine.travel(NOON, tick=False) as clock:
        run_jobs(for_seconds=SECONDS)
        assert given() == [1, 2, 3]
        assert progress(job) == ("running", 8, 3, 0)
        assert (job.attempts, job.retry_at) == (1, NOON + timedelta(seconds=15))
        clock.shift(timedelta(seconds=14))
        assert run_jobs(for_seconds=SECONDS) == 0
        clock.shift(timedelta(seconds=1))
        assert run_jobs(for_seconds=SECONDS) == 5

    assert given() == list(range(1, 9))
    assert progress(job) == ("done", 8, 8, 0)
    assert (job.attempts, job.retry_at) == (0, None)
    assert messages_of(caplog) == [f"Job {job.pk} could not do its next chunk"]


def test_a_worker_whose_time_limit_strikes_notes_it_and_ends_its_task(numbers, given, monkeypatch, caplog):
    raise_once_at(monkeypatch, 2, SoftTimeLimitExceeded())
    job = numbers(3)

    with time_machine.travel(NOON, tick=False), pytest.raises(SoftTimeLimitExceeded):
        run_jobs(for_seconds=SECONDS)

    assert given() == []
    assert progress(job) == ("queued", None, 0, 0)
    assert (job.attempts, job.retry_at) == (1, NOON + timedelta(seconds=15))


REASONS = [
    (OperationalError("gone"), "The database did not take the next step."),
    (KeyError("count"), "Something unexpected happened; the log says more."),
]


@pytest.mark.parametrize(("error", "reason"), REASONS)
def test_after_five_failed_attempts_a_job_stops_in_words_and_a_person_can_continue_it(
    error, reason, numbers, given, mei, monkeypatch, caplog
):
    job = numbers(5)
    fails = [True]
    items = Numbers.items

    def fail(kind, job, cursor, limit):
        if cursor == 3 and fails:
            raise error
        return items(kind, job, cursor, limit)

    monkeypatch.setattr(Numbers, "items", fail)
    with time_machine.travel(NOON, tick=False) as clock:
        now = NOON
        for pause in [15, 30, 60, 120]:
            run_jobs(for_seconds=SECONDS)
            assert progress(job)[0] == "running"
            assert job.retry_at == now + timedelta(seconds=pause)
            now += timedelta(seconds=pause)
            clock.shift(timedelta(seconds=pause))
        run_jobs(for_seconds=SECONDS)
        assert progress(job) == ("failed", 5, 3, 0)
        assert job.error == (
            f"{reason} Praxis tried five times. What was done before is kept; you can continue from there."
        )
        fails.clear()
        assert run_jobs(for_seconds=SECONDS) == 0

        resume_job(job=job, actor=mei, at=NOON)
        assert run_jobs(for_seconds=SECONDS) == 2

    assert given() == [1, 2, 3, 4, 5]
    assert progress(job) == ("done", 5, 5, 0)
    assert job.error == ""


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_connection_that_breaks_in_mid_chunk_is_replaced_and_the_job_goes_on(
    numbers, given, monkeypatch, caplog
):
    job = numbers(8)
    apply, breaks = Numbers.apply, [True]

    def hang_up(kind, job, items):
        results = apply(kind, job, items)
        if items[0].value == 4 and breaks.pop():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return results

    monkeypatch.setattr(Numbers, "apply", hang_up)
    with time_machine.travel(NOON, tick=False) as clock:
        assert run_jobs(for_seconds=SECONDS) == 3
        assert progress(job) == ("running", 8, 3, 0)
        assert job.attempts == 1
        breaks.append(False)
        clock.shift(timedelta(seconds=15))
        assert run_jobs(for_seconds=SECONDS) == 5

    assert given() == list(range(1, 9))
    assert progress(job) == ("done", 8, 8, 0)


def test_a_kind_whose_cursor_does_not_move_is_stopped_and_not_repeated_for_ever(numbers, given, caplog):
    @job_kind("tests.stuck")
    class Stuck(Numbers):
        def items(self, _job, _cursor, _limit):
            return [Item(7, "number 7", 7)]

    job = numbers(8, kind="tests.stuck")

    run_jobs(for_seconds=SECONDS)

    assert given() == [7]
    assert progress(job) == ("running", 8, 1, 0)
    assert job.attempts == 1


def test_a_job_that_fails_holds_up_no_other(numbers, given, monkeypatch, caplog):
    @job_kind("tests.hopeless")
    class Hopeless(Numbers):
        def count(self, _job):
            raise ConnectionError("gone")

    hopeless = numbers(3, kind="tests.hopeless")
    numbers(3)

    run_jobs(for_seconds=SECONDS)

    assert given() == [1, 2, 3]
    assert progress(hopeless) == ("queued", None, 0, 0)


def test_a_kind_that_this_version_does_not_know_stops_the_job_in_words_and_a_later_version_continues(
    numbers, given, mei, monkeypatch
):
    job = numbers(4)
    known = dict(registry._kinds)
    monkeypatch.setattr(registry, "_kinds", {})

    run_jobs(for_seconds=SECONDS)

    assert progress(job) == ("failed", None, 0, 0)
    assert job.error == (
        "This version of Praxis does not know this kind of work. What was done before is kept. Continue the job "
        "with a version that knows it."
    )
    assert given() == []
    monkeypatch.setattr(registry, "_kinds", known)
    resume_job(job=job, actor=mei, at=NOON)
    run_jobs(for_seconds=SECONDS)
    assert given() == [1, 2, 3, 4]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_broken_reference_is_blamed_on_the_item_that_made_it(numbers, given, caplog):
    @job_kind("tests.referring")
    class Referring(Numbers):
        def apply(self, job, items):
            for item in items:
                person = 404_404 if item.value == 2 else job.params["people"][0]
                ExternalIdentity.objects.create(
                    person_id=person, source="x", kind="number", value=f"{item.value}"
                )
            return []

    job = numbers(3, kind="tests.referring")

    run_jobs(for_seconds=SECONDS)

    assert given() == [1, 3]
    assert progress(job) == ("done", 3, 2, 1)


def test_cancelling_between_two_chunks_keeps_what_was_done_and_does_no_more(numbers, given, mei, monkeypatch):
    job = numbers(9)
    visit = runner.Visit(seconds=SECONDS)
    visit._do_chunk(job.pk)

    cancel_job(job=job, actor=mei, at=NOON)
    visit.work()

    assert given() == [1, 2, 3]
    assert progress(job) == ("cancelled", 9, 3, 0)


@pytest.mark.django_db(transaction=True)
def test_cancelling_gets_through_to_a_job_at_full_speed(numbers, given, mei, aside):
    job = numbers(100_000, kind="tests.many_numbers")
    worker = aside(lambda: run_jobs(for_seconds=3 * SECONDS))
    while Job.objects.get().done_count == 0:
        assert not worker.done()
        connection.close()  # what this connection has seen before may not be what is there now

    began = monotonic()
    cancelled = cancel_job(job=job, actor=mei, at=timezone.now())
    seconds = monotonic() - began
    worker.result(SECONDS)

    assert seconds < SECONDS / 2
    assert progress(job) == ("cancelled", 100_000, cancelled.done_count, cancelled.failed_count)
    assert len(given()) == cancelled.done_count < 100_000


# --- the register -------------------------------------------------------------------------------------


def test_two_kinds_cannot_share_a_name():
    with pytest.raises(ValueError, match=r"A kind of job named tests\.numbers exists already"):
        job_kind("tests.numbers")(JobKind)


def test_a_kind_says_what_it_must_be_able_to_do(numbers):
    kind, job = JobKind(), Job()

    for call in [lambda: kind.count(job), lambda: kind.items(job, None, 1), lambda: kind.apply(job, [])]:
        with pytest.raises(NotImplementedError):
            call()
    assert Item(1, "number 1", 1).number == 0
