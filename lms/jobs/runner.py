"""How a worker does jobs: in turns of seconds, in chunks of about a second, each chunk in one transaction.

The transaction of a chunk locks the row of the job, does the next items and writes how far that was. Killed at any
moment, it leaves all of the chunk or nothing of it, and the next worker finds the cursor where it belongs. There is
nothing to take over from a dead worker: the database lets go of its lock.
docs/decisions/0008-jobs-are-chunks-in-transactions.md weighs this against the other ways.
"""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from time import monotonic, sleep
from typing import NamedTuple

from celery.exceptions import SoftTimeLimitExceeded
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lms.core.errors import ActionRefused
from lms.core.services import write_audit_entry
from lms.jobs.models import Job, JobRow
from lms.jobs.registry import Item, JobKind, RowResult, find_kind, undo_time

logger = logging.getLogger(__name__)

SECONDS_PER_TURN = 4.0
JOBS_IN_A_ROUND = 20
ATTEMPTS_BEFORE_FAILING = 5
FIRST_RETRY_AFTER = timedelta(seconds=15)
SYSTEM = "system:jobs"

ABORTS = (OperationalError, InterfaceError, SoftTimeLimitExceeded)
"""What is wrong with the machine or the moment, never with an item."""


class Chunk(NamedTuple):
    """What came of the attempt to do a chunk.

    Attributes:
        items: How many items were handled.
        goes_on: Whether this worker may do the next chunk at once.
        is_others: Whether another worker is at this job.
    """

    items: int
    goes_on: bool
    is_others: bool = False


class Visit:
    """One worker's time with the jobs. It takes turns among them, and leaves a job that another worker is at.

    Attributes:
        has_work_left: Whether the time was over before the work was.
    """

    def __init__(self, *, seconds: float) -> None:
        """Stop taking chunks when the seconds are over."""
        self.stop_at = monotonic() + seconds
        self.left_at: dict[int, int] = {}
        self.others: set[int] = set()
        self.has_work_left = False

    def work(self) -> int:
        """Do what can be done now, and return how many items that were."""
        handled = 0
        while monotonic() < self.stop_at:
            waiting = Job.objects.runnable(timezone.now()).exclude(pk__in=self.others)
            jobs = list(waiting.values_list("pk", flat=True)[:JOBS_IN_A_ROUND])
            if not jobs:
                break
            handled += sum(self._take_turn(job) for job in jobs)
        else:
            self.has_work_left = Job.objects.runnable(timezone.now()).exclude(pk__in=self.others).exists()
        return handled

    def _take_turn(self, job: int) -> int:
        handled = 0
        turn_ends = min(self.stop_at, monotonic() + SECONDS_PER_TURN)
        while (began := monotonic()) < turn_ends:
            chunk = self._do_chunk(job)
            handled += chunk.items
            if chunk.is_others:
                self.others.add(job)
            if not chunk.goes_on:
                break
            _let_others_write(monotonic() - began)
        return handled

    def _do_chunk(self, pk: int) -> Chunk:
        """Do the next chunk of a job, or note that it could not be done.

        Raises:
            SoftTimeLimitExceeded: The worker must end its task now.
        """
        try:
            with transaction.atomic():
                locked = Job.objects.select_for_update(of=("self",), skip_locked=True)
                job = locked.runnable(timezone.now()).filter(pk=pk).first()
                if job is None or self.left_at.get(pk, job.handled_count) != job.handled_count:
                    return Chunk(0, goes_on=False, is_others=True)
                handled = _advance(job)
        except Exception as error:
            logger.exception("Job %s could not do its next chunk", pk)
            if not connection.in_atomic_block:
                connection.close_if_unusable_or_obsolete()
            _note_failed_attempt(pk, error)
            if isinstance(error, SoftTimeLimitExceeded):
                raise
            return Chunk(0, goes_on=False)
        self.left_at[pk] = job.handled_count
        return Chunk(handled, goes_on=job.is_under_way)


def _let_others_write(seconds_held: float) -> None:
    """Pause between two chunks. SQLite has one writer and no queue: without this, nobody else would be it."""
    sleep(min(0.25 * seconds_held, 0.5) if connection.vendor == "sqlite" else 0.001)


def _advance(job: Job) -> int:
    """Do the next chunk of a locked job, and end the job when nothing is left; returns the number of items."""
    now = timezone.now()
    kind = find_kind(job.kind)
    if kind is None:
        words = _(
            "This version of Praxis does not know this kind of work. What was done before is kept. Continue "
            "the job with a version that knows it."
        )
        _end(job, Job.State.FAILED, now, error=words)
        return 0
    if job.state == Job.State.QUEUED:
        job.state = Job.State.RUNNING
        job.started_at = job.started_at or now
        job.total = kind.count(job) if job.total is None else job.total
    _check_constraints_at_once()
    items = _numbered_items(kind.items(job, job.cursor, kind.chunk_size), job)
    if items:
        if items[-1].cursor == job.cursor:
            raise ValueError("The cursor does not move, so this job would never end.")
        _keep_rows(job, items, _apply(kind, job, items))
        job.cursor = items[-1].cursor
        job.attempts, job.retry_at = 0, None
        job.save()
    else:
        kind.finish(job)
        _end(job, Job.State.DONE, now)
    return len(items)


def _check_constraints_at_once() -> None:
    """Let a broken reference show at the item that breaks it; at the commit it costs the whole chunk."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _numbered_items(items: Iterable[Item], job: Job) -> list[Item]:
    return [
        item if item.number else item._replace(number=number)
        for number, item in enumerate(items, job.handled_count + 1)
    ]


def _apply(kind: JobKind, job: Job, items: Sequence[Item]) -> list[JobRow]:
    """Do the items, all at once or else one by one, and return the rows worth keeping."""
    try:
        with transaction.atomic():
            return _as_rows(job, items, kind.apply(job, items))
    except ABORTS:
        raise
    except Exception as error:  # noqa: BLE001  whatever a kind raises, it costs one row and is logged with it
        if len(items) == 1:
            return [_failed_row(job, items[0], error)]
    return [row for item in items for row in _apply(kind, job, [item])]


def _failed_row(job: Job, item: Item, error: Exception) -> JobRow:
    if isinstance(error, ActionRefused):
        message = error.message
    else:
        logger.error("Job %s failed on item %s", job.public_id, item.number, exc_info=error)
        message = _(
            "Something unexpected stopped this one, and nothing was changed for it. The log says more."
        )
    outcome = JobRow.Outcome.FAILED
    return JobRow(job=job, number=item.number, reference=item.reference, outcome=outcome, message=message)


def _as_rows(job: Job, items: Sequence[Item], results: Iterable[RowResult]) -> list[JobRow]:
    """Give each result the number of its item: its own, or that of the next item with this reference.

    Raises:
        ValueError: There is no such item, so that nobody would know what the result speaks of.
    """
    rest = iter(items)
    rows = []
    for result in results:
        number = result.number or next(
            (item.number for item in rest if item.reference == result.reference), 0
        )
        if not number:
            raise ValueError("A result speaks of none of the items that follow.")
        outcome = JobRow.Outcome(result.outcome)
        rows.append(
            JobRow(
                job=job,
                number=number,
                reference=result.reference,
                outcome=outcome,
                message=result.message,
                data=result.data or {},
            )
        )
    return rows


def _keep_rows(job: Job, items: Sequence[Item], rows: list[JobRow]) -> None:
    """Write the rows, over those that were planned, and count them."""
    failed = sum(row.outcome == JobRow.Outcome.FAILED for row in rows)
    job.done_count += len(items) - failed
    job.failed_count += failed
    JobRow.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["job", "number"], update_fields=["outcome", "message"]
    )
    numbers = [item.number for item in items]
    job.rows.planned().filter(number__in=numbers).update(outcome=JobRow.Outcome.DONE)


def _end(job: Job, state: Job.State, now: datetime, *, error: str = "") -> None:
    """End a job with its audit entry, and with it the job that it takes back."""
    time_to_undo = undo_time(job)
    job.state, job.finished_at, job.error = state, now, error
    job.attempts, job.retry_at = 0, None
    job.undo_until = now + time_to_undo if time_to_undo else None
    job.save()
    if state == Job.State.DONE and job.undoes_id:
        Job.objects.filter(pk=job.undoes_id).update(state=Job.State.UNDONE)
    write_audit_entry(
        actor=SYSTEM,
        action="jobs.finish" if state == Job.State.DONE else "jobs.fail",
        object_type="jobs.job",
        object_id=str(job.public_id),
        after={"state": state, "done": job.done_count, "failed": job.failed_count},
        reason=error,
        at=now,
    )


@transaction.atomic
def _note_failed_attempt(pk: int, error: Exception) -> None:
    """Let a job wait after a chunk that was rolled back; after too many, leave it to people."""
    now = timezone.now()
    job = Job.objects.select_for_update(of=("self",)).runnable(now).filter(pk=pk).first()
    if job is None:
        return
    job.attempts += 1
    if job.attempts >= ATTEMPTS_BEFORE_FAILING:
        _end(job, Job.State.FAILED, now, error=_reason(error))
        return
    job.retry_at = now + FIRST_RETRY_AFTER * 2 ** (job.attempts - 1)
    job.save(update_fields=["attempts", "retry_at"])


def _reason(error: Exception) -> str:
    if isinstance(error, SoftTimeLimitExceeded):
        why = _("A step took too long each time.")
    elif isinstance(error, ABORTS):
        why = _("The database did not take the next step.")
    else:
        why = _("Something unexpected happened; the log says more.")
    kept = _("Praxis tried five times. What was done before is kept; you can continue from there.")
    return f"{why} {kept}"
