"""What people may do with jobs: start, confirm, discard, cancel, continue, take back."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from kombu.exceptions import ChannelError, OperationalError

from lms.core.errors import ActionRefused
from lms.core.models import AuditEntry
from lms.jobs import runner
from lms.jobs.models import Job, JobFile, JobRow
from lms.jobs.registry import RowResult
from lms.jobs.services import (
    cancel_job,
    confirm_job,
    delete_old_results,
    discard_job,
    resume_job,
    run_jobs,
    start_job,
    undo_job,
)

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SECONDS = 10
WAKING = ("lms.jobs.tasks.run_jobs", {"expires": 15})


def entries_about(job):
    found = AuditEntry.objects.filter(object_type="jobs.job", object_id=str(job.public_id)).order_by("pk")
    return list(found.values_list("actor", "action"))


def facts():
    return list(Job.objects.order_by("pk").values()), AuditEntry.objects.count()


def finished(numbers, at=NOON, **given):
    """Return a job of eight numbers that was done at a moment."""
    job = numbers(8, **given)
    with time_machine.travel(at, tick=False):
        run_jobs(for_seconds=SECONDS)
    job.refresh_from_db()
    return job


# --- starting -----------------------------------------------------------------------------------------


def test_a_started_job_waits_for_a_worker_and_says_who_wants_it(numbers, mei):
    job = numbers(8)

    assert (job.state, job.title, job.actor, job.created_at) == ("queued", "Give numbers", mei, NOON)
    assert (job.total, job.done_count, job.failed_count, job.share_done) == (None, 0, 0, 0.0)
    assert (job.is_under_way, job.is_over) == (True, False)
    assert entries_about(job) == [(f"user:{mei.public_id}", "jobs.start")]


def test_what_praxis_starts_itself_has_no_person_behind_it(numbers):
    job = numbers(8, actor=None)

    assert entries_about(job) == [("system:jobs", "jobs.start")]


def test_starting_with_the_same_key_returns_the_job_there_is_and_changes_nothing(numbers):
    first = numbers(8, key="november", rows=[RowResult("ada", "planned")])
    before = facts()

    second = numbers(99, key="november", title="Another", rows=[RowResult("bruno", "planned")])

    assert second == first
    assert facts() == before
    assert JobRow.objects.get().reference == "ada"


def test_a_kind_that_does_not_exist_is_refused_before_anything_is_written(mei):
    with pytest.raises(ValueError, match=r"No kind of job is named tests\.nothing\."):
        start_job(kind="tests.nothing", title="x", actor=mei, at=NOON)

    assert facts() == ([], 0)


def test_ten_thousand_planned_rows_are_written_in_batches(numbers, django_assert_max_num_queries):
    with django_assert_max_num_queries(90):  # SQLite takes 142 rows at a time
        job = numbers(rows=(RowResult(str(number), "planned") for number in range(10_000)), previewed=True)

    assert job.rows.planned().count() == 10_000
    assert (job.rows.order_by("number").first().number, job.rows.order_by("number").last().number) == (
        1,
        10_000,
    )


def test_workers_are_woken_once_and_only_after_the_commit(numbers, sent, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        numbers(8)
        assert sent == []

    assert sent == [WAKING]


@pytest.mark.parametrize("error", [OperationalError(), ChannelError(), ConnectionRefusedError()])
def test_without_a_broker_the_job_is_kept_and_the_sweep_does_it(
    error, numbers, given, monkeypatch, caplog, django_capture_on_commit_callbacks
):
    def fail(*_arguments, **_options):
        raise error

    monkeypatch.setattr("celery.app.base.Celery.send_task", fail)
    with django_capture_on_commit_callbacks(execute=True):
        numbers(8)

    assert [record.getMessage() for record in caplog.records] == [
        "The broker cannot be reached; lms.jobs.tasks.run_jobs waits for the next sweep."
    ]
    assert run_jobs(for_seconds=SECONDS) == 8
    assert given() == list(range(1, 9))


def test_the_sweep_comes_every_15_seconds_and_old_results_go_every_night(settings):
    sweep = settings.CELERY_BEAT_SCHEDULE["run-jobs"]
    cleaning = settings.CELERY_BEAT_SCHEDULE["delete-old-job-results"]

    assert sweep == {"task": "lms.jobs.tasks.run_jobs", "schedule": 15.0, "options": {"expires": 15}}
    assert cleaning["task"] == "lms.jobs.tasks.delete_old_results"
    assert str(cleaning["schedule"]) == "<crontab: 20 3 * * * (m/h/dM/MY/d)>"


# --- a preview ----------------------------------------------------------------------------------------


def test_a_preview_is_not_done_before_it_is_confirmed(numbers, given, mei, sent):
    job = numbers(8, previewed=True)
    assert run_jobs(for_seconds=SECONDS) == 0
    assert given() == []

    confirm_job(job=job, actor=mei, at=NOON + HOUR)
    run_jobs(for_seconds=SECONDS)

    job.refresh_from_db()
    assert given() == list(range(1, 9))
    assert (job.state, job.confirmed_by, job.confirmed_at) == ("done", mei, NOON + HOUR)
    assert entries_about(job) == [
        (f"user:{mei.public_id}", "jobs.preview"),
        (f"user:{mei.public_id}", "jobs.confirm"),
        ("system:jobs", "jobs.finish"),
    ]


def test_only_the_first_of_two_who_confirm_does_it_and_the_second_learns_who_that_was(numbers, mei, grace):
    job = numbers(8, previewed=True)
    confirm_job(job=job, actor=mei, at=NOON)
    before = facts()

    with pytest.raises(ActionRefused) as refusal:
        confirm_job(job=job, actor=grace, at=NOON + HOUR)

    assert refusal.value.message == (
        "Mei Tanaka confirmed this on 20 November 2026, 12:00. It is done once; your click changed nothing."
    )
    assert facts() == before


def test_a_discarded_preview_does_nothing_and_cannot_be_confirmed_any_more(numbers, given, mei):
    job = numbers(8, previewed=True)
    discard_job(job=job, actor=mei, at=NOON)
    before = facts()

    with pytest.raises(ActionRefused, match="This plan was discarded"):
        confirm_job(job=job, actor=mei, at=NOON)
    with pytest.raises(ActionRefused, match="does not wait for a decision any more"):
        discard_job(job=job, actor=mei, at=NOON)

    assert facts() == before
    assert run_jobs(for_seconds=SECONDS) == 0
    assert given() == []


# --- cancelling and continuing ------------------------------------------------------------------------


def test_a_job_that_has_not_begun_can_be_cancelled(numbers, given, mei):
    job = cancel_job(job=numbers(8), actor=mei, at=NOON)

    run_jobs(for_seconds=SECONDS)

    assert given() == []
    assert (job.state, job.finished_at, job.undo_until) == ("cancelled", NOON, None)
    assert entries_about(job)[-1] == (f"user:{mei.public_id}", "jobs.cancel")


def test_what_a_cancelled_job_had_done_can_be_taken_back(numbers, given, mei):
    job = numbers(8)
    runner.Visit(seconds=SECONDS)._do_chunk(job.pk)
    job = cancel_job(job=job, actor=mei, at=NOON)
    assert given() == [1, 2, 3]

    undo_job(job=job, actor=mei, at=NOON + HOUR)
    run_jobs(for_seconds=SECONDS)

    assert given() == []


def test_a_job_that_is_over_cannot_be_cancelled(numbers, mei):
    job = finished(numbers)
    before = facts()

    with pytest.raises(ActionRefused, match="does not run any more"):
        cancel_job(job=job, actor=mei, at=NOON)

    assert facts() == before


def test_only_a_job_that_an_error_stopped_can_be_continued(numbers, mei):
    job = finished(numbers)
    before = facts()

    with pytest.raises(ActionRefused, match="was not stopped by an error"):
        resume_job(job=job, actor=mei, at=NOON)

    assert facts() == before


def test_a_job_that_is_being_taken_back_cannot_be_continued(numbers, mei):
    job = finished(numbers)
    Job.objects.filter(pk=job.pk).update(state="failed")
    undo_job(job=job, actor=mei, at=NOON)
    before = facts()

    with pytest.raises(ActionRefused, match="is being taken back"):
        resume_job(job=job, actor=mei, at=NOON)

    assert facts() == before


# --- taking back --------------------------------------------------------------------------------------


def test_taking_back_is_a_job_of_its_own_that_leaves_nothing_of_the_first(numbers, given, mei, sent):
    job = finished(numbers)
    assert given() == list(range(1, 9))
    assert job.undo_until == NOON + 24 * HOUR
    assert job.can_be_undone(NOON + HOUR)

    undoing = undo_job(job=job, actor=mei, at=NOON + HOUR)
    assert (undoing.title, undoing.undoes, undoing.state) == ("Take back: Give numbers", job, "queued")
    assert not Job.objects.get(pk=job.pk).can_be_undone(NOON + HOUR)
    run_jobs(for_seconds=SECONDS)

    assert given() == []
    job.refresh_from_db()
    undoing.refresh_from_db()
    assert (job.state, undoing.state, undoing.done_count) == ("undone", "done", 8)
    assert not undoing.can_be_undone(NOON + HOUR)
    assert entries_about(job)[-1] == (f"user:{mei.public_id}", "jobs.undo")


@pytest.mark.parametrize(
    ("hours", "message"),
    [
        (24, "This could be taken back until 21 November 2026, 12:00. Nothing has changed."),
        (48, "until 21 November"),
    ],
)
def test_after_24_hours_it_is_too_late_to_take_back(hours, message, numbers, given, mei):
    job = finished(numbers)
    before = facts()

    with pytest.raises(ActionRefused) as refusal:
        undo_job(job=job, actor=mei, at=NOON + hours * HOUR)

    assert message in refusal.value.message
    assert facts() == before
    assert not job.can_be_undone(NOON + hours * HOUR)


def test_nothing_is_taken_back_twice(numbers, mei, grace):
    job = finished(numbers)
    undo_job(job=job, actor=mei, at=NOON + HOUR)
    before = facts()

    with pytest.raises(ActionRefused) as refusal:
        undo_job(job=job, actor=grace, at=NOON + HOUR)

    assert refusal.value.message == (
        "Mei Tanaka took this back on 20 November 2026, 13:00. Nothing happened a second time."
    )
    assert facts() == before


def test_taking_back_cannot_be_cancelled_halfway(numbers, mei):
    undoing = undo_job(job=finished(numbers), actor=mei, at=NOON)
    before = facts()

    with pytest.raises(ActionRefused, match="goes on to its end"):
        cancel_job(job=undoing, actor=mei, at=NOON)

    assert facts() == before


def test_a_job_that_still_runs_cannot_be_taken_back(numbers, mei):
    job = numbers(8)
    before = facts()

    with pytest.raises(ActionRefused, match="is not over yet"):
        undo_job(job=job, actor=mei, at=NOON)

    assert facts() == before


def test_a_kind_without_a_way_back_cannot_be_taken_back(numbers, mei):
    undoing = undo_job(job=finished(numbers), actor=mei, at=NOON)
    run_jobs(for_seconds=SECONDS)
    before = facts()

    with pytest.raises(ActionRefused, match="cannot be taken back"):
        undo_job(job=undoing, actor=mei, at=NOON)

    assert facts() == before


# --- old results --------------------------------------------------------------------------------------


def test_rows_and_files_go_30_days_after_the_end_and_the_job_stays(numbers):
    days = timedelta(days=30)
    old = finished(numbers, kind="tests.numbers_and_file", params={"refused": [2]})
    young = finished(
        numbers, at=NOON + HOUR, key="young", kind="tests.numbers_and_file", params={"refused": [2]}
    )

    assert delete_old_results(at=NOON + days) == 2
    assert delete_old_results(at=NOON + days) == 0

    assert [row.job for row in JobRow.objects.all()] == [young]
    assert [file.job for file in JobFile.objects.all()] == [young]
    old.refresh_from_db()
    assert (old.state, old.done_count, old.failed_count) == ("done", 7, 1)
    entry = AuditEntry.objects.get(action="jobs.delete_old_results")
    assert entry.after == {"rows": 1, "files": 1, "ended_before": "2026-11-20T12:00:00Z"}


def test_a_plan_that_nobody_confirmed_for_30_days_is_discarded_and_its_rows_go_later(numbers):
    job = numbers(previewed=True, rows=[RowResult("ada@larkfield.example", "planned")])

    delete_old_results(at=NOON + timedelta(days=30))
    job.refresh_from_db()
    assert (job.state, JobRow.objects.count()) == ("cancelled", 1)
    delete_old_results(at=NOON + timedelta(days=60))

    assert JobRow.objects.count() == 0
    assert entries_about(job)[-1] == ("system:jobs", "jobs.discard")


# --- facts about one job ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "share"),
    [
        ({"total": None}, 0.0),
        ({"total": 0}, 0.0),
        ({"total": 8, "done_count": 2}, 0.25),
        ({"total": 8, "done_count": 1, "failed_count": 1}, 0.25),
        ({"total": 8, "done_count": 9}, 1.0),
        ({"total": 0, "state": "done"}, 1.0),
    ],
)
def test_the_share_that_is_done_lies_between_nothing_and_all(fields, share):
    assert Job(**fields).share_done == share
