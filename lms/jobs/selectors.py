"""Jobs as their pages show them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from lms.jobs.models import Job, JobFile, JobRow
from lms.jobs.registry import find_kind

ROWS_SHOWN = 50


@dataclass(frozen=True)
class JobReport:
    """Everything about one job.

    Attributes:
        not_done: The first rows that failed or were left out, by number.
        has_more_not_done: Whether there are more of them than shown.
        files: What it made, without the contents.
        can_be_undone: Whether it can be taken back now.
        undo_says: What taking back would do, in words for people; empty when its kind does not say.
    """

    job: Job
    not_done: list[JobRow]
    has_more_not_done: bool
    files: list[JobFile]
    can_be_undone: bool
    undo_says: str


def jobs_for_people() -> QuerySet[Job]:
    """Return all jobs for a list, or one for its page, with whoever started it, took it back or is taken back by it."""
    return Job.objects.select_related("actor", "confirmed_by", "undoes", "undone_by__actor").defer("params")


def job_report(public_id: UUID, now: datetime) -> JobReport | None:
    """Return a job with what became of it; three queries, and None when there is none of that id."""
    job = jobs_for_people().filter(public_id=public_id).first()
    if job is None:
        return None
    not_done = list(job.rows.not_done()[: ROWS_SHOWN + 1])
    files = list(job.files.defer("content").order_by("pk"))
    kind = find_kind(job.kind)
    return JobReport(
        job=job,
        not_done=not_done[:ROWS_SHOWN],
        has_more_not_done=len(not_done) > ROWS_SHOWN,
        files=files,
        can_be_undone=job.can_be_undone(now),
        undo_says=str(kind.undo_says) if kind else "",
    )


def rows_not_done(job: Job) -> Iterator[tuple[int, str, str, str]]:
    """Yield number, reference, outcome in words and message of every row that was not done; flat memory."""
    for row in job.rows.not_done().iterator():
        yield row.number, row.reference, row.get_outcome_display(), row.message
