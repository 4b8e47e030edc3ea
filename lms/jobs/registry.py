"""The kinds of jobs, by name, and what each must be able to do."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from lms.jobs.models import Job
from lms.people.models import User


class Item(NamedTuple):
    """One piece of the work.

    Attributes:
        cursor: JSON value from which the work goes on after this item.
        reference: Whom or what it is about, in words for people.
        value: What the kind wants to have when it is applied.
        number: Number of its row, from 1; 0 numbers items as they come. `apply` finds it filled in.
    """

    cursor: Any
    reference: str
    value: Any
    number: int = 0


class RowResult(NamedTuple):
    """What became of an item, or what is planned for one, where somebody may want to read it.

    Attributes:
        reference: As in the item.
        outcome: One of `JobRow.Outcome`.
        message: Why, in words for people.
        data: What a kind keeps with a planned row; what became of it later does not change this.
        number: That of the item; 0 means the next item with this reference.
    """

    reference: str
    outcome: str
    message: str = ""
    data: dict[str, Any] | None = None
    number: int = 0


class JobKind:
    """What one kind of job does.

    Attributes:
        chunk_size: Items in one transaction, which should take about a second at most.
        undo_kind: Name of the kind that takes such a job back; empty when it cannot be taken back. Its jobs
            find the one to take back in `job.undoes`.
        undo_hours: For how long after its end.
        undo_says: What taking back will do, in words for people.
    """

    chunk_size = 500
    undo_kind = ""
    undo_hours = 24
    undo_says: Any = ""

    def count(self, job: Job) -> int:
        """Return how many items there are; asked once, before the first chunk."""
        raise NotImplementedError

    def items(self, job: Job, cursor: Any, limit: int) -> Sequence[Item]:
        """Return the next items in an order that never changes, at most `limit`; none when nothing is left.

        Args:
            job: The job.
            cursor: That of the last item that was applied; None at the start.
            limit: How many fit into a chunk.
        """
        raise NotImplementedError

    def apply(self, job: Job, items: Sequence[Item]) -> Sequence[RowResult]:
        """Do the items, in the transaction that also moves the cursor; results only for rows worth keeping.

        Results come in the order of the items; a planned row without one counts as done. When it raises, what
        it did is rolled back and the items are given to it one by one; the one that raises again becomes a
        failed row, and the others are done.

        Raises:
            ActionRefused: An item cannot be done; the message stands in its row.
        """
        raise NotImplementedError

    def cancelled(self, job: Job, actor: User, at: datetime) -> None:
        """Do what follows when somebody cancels the job, in the transaction that does it; mostly nothing."""

    def finish(self, job: Job) -> None:
        """Do what comes last, such as storing a file, in the transaction that ends the job."""


class PlannedRows(JobKind):
    """A kind whose items are the rows that were planned with the job; the value of an item is its `JobRow`."""

    def count(self, job: Job) -> int:
        """Return how many rows were planned."""
        return job.rows.planned().count()

    def items(self, job: Job, cursor: Any, limit: int) -> Sequence[Item]:
        """Return the next planned rows, by number."""
        following = job.rows.planned().filter(number__gt=cursor or 0)
        return [Item(row.number, row.reference, row, row.number) for row in following[:limit]]


_kinds: dict[str, JobKind] = {}


def job_kind(name: str) -> Callable[[type[JobKind]], type[JobKind]]:
    """Register the decorated class under the name of app and purpose, which jobs keep: choose it once.

    Raises:
        ValueError: The name is taken.
    """

    def register(kind: type[JobKind]) -> type[JobKind]:
        if name in _kinds and type(_kinds[name]) is not kind:
            raise ValueError(f"A kind of job named {name} exists already.")
        _kinds[name] = kind()
        return kind

    return register


def find_kind(name: str) -> JobKind | None:
    """Return the kind of that name; None when this version of Praxis has none."""
    return _kinds.get(name)


def undo_time(job: Job) -> timedelta | None:
    """Return for how long after its end a job can be taken back; None when it cannot, or did nothing."""
    kind = find_kind(job.kind)
    if kind is None or not kind.undo_kind or not job.done_count:
        return None
    return timedelta(hours=kind.undo_hours)
