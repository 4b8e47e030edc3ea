"""Starting, confirming, stopping, continuing and taking back long work."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from lms.core.errors import ActionRefused
from lms.core.nudges import nudge_on_commit
from lms.core.services import write_audit_entry
from lms.jobs.models import Job, JobFile, JobRow
from lms.jobs.registry import RowResult, find_kind, undo_time
from lms.jobs.runner import SYSTEM, Visit
from lms.people.batches import in_batches
from lms.people.models import User

TASK = "lms.jobs.tasks.run_jobs"
KEEP_RESULTS = timedelta(days=30)
State = Job.State


@transaction.atomic
def start_job(
    *,
    kind: str,
    title: str,
    actor: User | None,
    at: datetime,
    params: dict[str, Any] | None = None,
    key: str | None = None,
    rows: Iterable[RowResult] | None = None,
    previewed: bool = False,
) -> Job:
    """Make a job, which a worker takes up once the caller's transaction commits.

    Args:
        kind: Name of a registered kind.
        title: What it does, in words for people.
        actor: Who wants it; None for Praxis itself.
        at: Timezone-aware moment.
        params: JSON values for the kind.
        key: Starting again with the same key returns the job there is, and changes nothing.
        rows: What is planned, line by line; they are numbered from 1 and may come from a generator.
        previewed: Whether it waits until somebody has read the plan and confirms it.

    Raises:
        ValueError: There is no such kind.
    """
    if find_kind(kind) is None:
        raise ValueError(f"No kind of job is named {kind}.")
    state = State.PREVIEWED if previewed else State.QUEUED
    facts = {
        "kind": kind,
        "title": title[:300],
        "params": params or {},
        "state": state,
        "actor": actor,
        "created_at": at,
    }
    job, is_new = (
        Job.objects.get_or_create(key=key, defaults=facts) if key else (Job.objects.create(**facts), True)
    )
    if not is_new:
        return job
    _plan_rows(job, rows or [])
    _audit("preview" if previewed else "start", job, actor, at, after={"kind": kind, "title": job.title})
    if not previewed:
        nudge_on_commit(TASK)
    return job


def _plan_rows(job: Job, rows: Iterable[RowResult]) -> None:
    numbered = enumerate(rows, 1)
    for batch in in_batches(numbered):
        JobRow.objects.bulk_create(
            JobRow(
                job=job,
                number=number,
                reference=row.reference,
                outcome=JobRow.Outcome(row.outcome),
                message=row.message,
                data=row.data or {},
            )
            for number, row in batch
        )


@transaction.atomic
def replan_job(*, job: Job, rows: Iterable[RowResult]) -> Job:
    """Write the plan of a previewed job anew; whoever looks at it reads the new one.

    Raises:
        ActionRefused: It is not waiting for a confirmation any more.
    """
    job = _locked(job)
    if job.state != State.PREVIEWED:
        raise ActionRefused(_("This plan is no longer waiting. Make a new one."))
    job.rows.all().delete()
    _plan_rows(job, rows)
    return job


@transaction.atomic
def confirm_job(*, job: Job, actor: User, at: datetime) -> Job:
    """Let a previewed job be done, once, whoever else confirms it.

    Raises:
        ActionRefused: Somebody was faster, or it was discarded.
    """
    job = _locked(job)
    if job.confirmed_at and job.confirmed_by:
        raise ActionRefused(
            _("%(name)s confirmed this on %(when)s. It is done once; your click changed nothing.")
            % {"name": job.confirmed_by, "when": _moment(job.confirmed_at)}
        )
    if job.state != State.PREVIEWED:
        raise ActionRefused(_("This plan was discarded. Nothing was done; make a new one."))
    job.state, job.confirmed_by, job.confirmed_at = State.QUEUED, actor, at
    job.save(update_fields=["state", "confirmed_by", "confirmed_at"])
    _audit("confirm", job, actor, at)
    nudge_on_commit(TASK)
    return job


@transaction.atomic
def discard_job(*, job: Job, actor: User | None, at: datetime) -> Job:
    """Put a previewed job away without doing anything of it.

    Raises:
        ActionRefused: It was confirmed, or discarded, before.
    """
    job = _locked(job)
    if job.state != State.PREVIEWED:
        raise ActionRefused(_("This plan does not wait for a decision any more. Nothing has changed."))
    job.state, job.finished_at = State.CANCELLED, at
    job.save(update_fields=["state", "finished_at"])
    _audit("discard", job, actor, at)
    return job


@transaction.atomic
def cancel_job(*, job: Job, actor: User, at: datetime) -> Job:
    """Stop a job after the chunk under way, for which this waits; what was done before stays done.

    Raises:
        ActionRefused: It is over, or it takes another one back, which should not end halfway.
    """
    job = _locked(job)
    if job.undoes_id:
        raise ActionRefused(_("Taking back goes on to its end, so that nothing is left half taken back."))
    if not job.is_under_way:
        raise ActionRefused(_("This job does not run any more, so there was nothing to cancel."))
    if job.total and job.handled_count >= job.total:
        raise ActionRefused(_("It has just come to its end, so there was nothing left to cancel."))
    time_to_undo = undo_time(job)
    job.state, job.finished_at, job.retry_at = State.CANCELLED, at, None
    job.undo_until = at + time_to_undo if time_to_undo else None
    job.save(update_fields=["state", "finished_at", "retry_at", "undo_until"])
    if kind := find_kind(job.kind):
        kind.cancelled(job, actor, at)
    _audit("cancel", job, actor, at, after={"done": job.done_count, "failed": job.failed_count})
    return job


@transaction.atomic
def resume_job(*, job: Job, actor: User, at: datetime) -> Job:
    """Let a job that was stopped by an error go on from where it stopped.

    Raises:
        ActionRefused: It was not stopped by an error, or it is being taken back.
    """
    job = _locked(job)
    if job.state != State.FAILED:
        raise ActionRefused(_("This job was not stopped by an error, so there is nothing to continue."))
    if hasattr(job, "undone_by"):
        raise ActionRefused(_("This job is being taken back, so it cannot go on."))
    job.state, job.finished_at, job.undo_until = State.QUEUED, None, None
    job.attempts, job.retry_at, job.error = 0, None, ""
    job.save()
    _audit("resume", job, actor, at)
    nudge_on_commit(TASK)
    return job


@transaction.atomic
def undo_job(*, job: Job, actor: User, at: datetime) -> Job:
    """Start the job that takes another one back, and return it.

    Raises:
        ActionRefused: It runs still, cannot be taken back, is being taken back, or it is too late.
    """
    job = _locked(job)
    kind = find_kind(job.kind)
    if not job.is_over:
        raise ActionRefused(_("This job is not over yet. Cancel it first, or wait for its end."))
    if hasattr(job, "undone_by"):
        raise ActionRefused(
            _("%(name)s took this back on %(when)s. Nothing happened a second time.")
            % {"name": job.undone_by.actor, "when": _moment(job.undone_by.created_at)}
        )
    if kind is None or job.undo_until is None:
        raise ActionRefused(_("This job cannot be taken back. Nothing has changed."))
    if at >= job.undo_until:
        raise ActionRefused(
            _("This could be taken back until %(when)s. Nothing has changed.")
            % {"when": _moment(job.undo_until)}
        )
    undoing = Job.objects.create(
        kind=kind.undo_kind,
        title=(_("Take back: %(title)s") % {"title": job.title})[:300],
        actor=actor,
        undoes=job,
        created_at=at,
    )
    _audit("undo", job, actor, at, after={"job": undoing.public_id})
    nudge_on_commit(TASK)
    return undoing


@transaction.atomic
def delete_old_results(*, at: datetime) -> int:
    """Delete rows and files of jobs that ended 30 days ago; plans that nobody confirmed are discarded first.

    Returns:
        How many rows and files were deleted. The jobs themselves stay.
    """
    forgotten = Job.objects.filter(state=State.PREVIEWED, created_at__lte=at - KEEP_RESULTS)
    for job in forgotten:
        discard_job(job=job, actor=None, at=at)
    old = Job.objects.over_since(at - KEEP_RESULTS)
    files, _files = JobFile.objects.filter(job__in=old).delete()
    rows, _rows = JobRow.objects.filter(job__in=old).delete()
    if rows or files:
        write_audit_entry(
            actor=SYSTEM,
            action="jobs.delete_old_results",
            object_type="jobs.job",
            object_id="all",
            after={"rows": rows, "files": files, "ended_before": at - KEEP_RESULTS},
            at=at,
        )
    return rows + files


def run_jobs(*, for_seconds: float) -> int:
    """Work on the jobs that can go on, the oldest first and in turns.

    Args:
        for_seconds: When this time is over, no further chunk is begun, and another run is asked for.

    Returns:
        How many items were handled.
    """
    visit = Visit(seconds=for_seconds)
    handled = visit.work()
    if visit.has_work_left:
        nudge_on_commit(TASK)
    return handled


def _locked(job: Job) -> Job:
    """Return the job as it is now; it stays so until the caller's transaction ends."""
    locked: Job = Job.objects.select_for_update(of=("self",)).get(pk=job.pk)
    return locked


def _audit(verb: str, job: Job, actor: User | None, at: datetime, **values: Any) -> None:
    write_audit_entry(
        actor=f"user:{actor.public_id}" if actor else SYSTEM,
        action=f"jobs.{verb}",
        object_type="jobs.job",
        object_id=str(job.public_id),
        at=at,
        **values,
    )


def _moment(at: datetime) -> str:
    return date_format(timezone.localtime(at), "j F Y, H:i")
