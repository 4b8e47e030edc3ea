"""What is done, what is open, what is locked and why. Plain values in, plain values out; no database, no clock.

A step is *done* once completed, for ever, whatever happens to the path later. A step whose lesson cannot be
read (unpublished, deleted) is *unavailable*: it neither blocks other steps nor keeps the path from being complete.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID


class Opens(StrEnum):
    """What must be done before a step opens."""

    AFTER_PREVIOUS = "after-previous"
    AFTER_ALL = "after-all"
    ANY_TIME = "any-time"


class Status(StrEnum):
    """Where one step stands for one person."""

    DONE = "done"
    OPEN = "open"
    LOCKED = "locked"
    UNAVAILABLE = "unavailable"


class Step(NamedTuple):
    """One step of a path.

    Attributes:
        id: Stable identity.
        is_required: Whether the path waits for it.
        opens: Its prerequisite.
        delay: Time between its prerequisite (or the enrollment, without one) and its opening.
        is_available: Whether its content can be read now.
    """

    id: UUID
    is_required: bool = True
    opens: Opens = Opens.AFTER_PREVIOUS
    delay: timedelta = timedelta(0)
    is_available: bool = True


class StepProgress(NamedTuple):
    """One step as it stands for one person.

    Attributes:
        number: Its place in the path, from 1.
        waits_for: Numbers of the steps to complete first; empty unless locked by them.
        opens_at: Moment at which it opens by itself; None unless only time locks it.
        completed_at: None unless done.
    """

    step: Step
    number: int
    status: Status
    waits_for: tuple[int, ...] = ()
    opens_at: datetime | None = None
    completed_at: datetime | None = None


@dataclass(frozen=True)
class PathProgress:
    """A whole path as it stands for one person."""

    steps: tuple[StepProgress, ...]

    @property
    def counted(self) -> tuple[StepProgress, ...]:
        """The steps that decide whether the path is complete."""
        return tuple(s for s in self.steps if s.step.is_required and s.status != Status.UNAVAILABLE)

    @property
    def done_count(self) -> int:
        """How many of the counted steps are done."""
        return sum(1 for s in self.counted if s.status == Status.DONE)

    @property
    def is_complete(self) -> bool:
        """Whether every counted step is done; a path without any is never complete."""
        return bool(self.counted) and self.done_count == len(self.counted)

    @property
    def next_step(self) -> StepProgress | None:
        """The first open required step, else the first open optional one; None when none is open."""
        open_steps = [s for s in self.steps if s.status == Status.OPEN]
        return next((s for s in open_steps if s.step.is_required), open_steps[0] if open_steps else None)

    def of(self, step_id: UUID) -> StepProgress | None:
        """The progress of one step; None when the path no longer has it."""
        return next((s for s in self.steps if s.step.id == step_id), None)


def path_progress(
    steps: Sequence[Step], completed: Mapping[UUID, datetime], *, enrolled_at: datetime, now: datetime
) -> PathProgress:
    """Work out where every step stands.

    Args:
        steps: Steps in the order of the path.
        completed: Moment of completion by step id; ids the path no longer has are ignored.
        enrolled_at: Moment the person started the path.
        now: The present.
    """
    required: list[tuple[int, Step]] = []
    progress = []
    for number, step in enumerate(steps, start=1):
        prerequisites = _prerequisites(required, step)
        progress.append(_step_progress(number, step, prerequisites, completed, enrolled_at, now))
        if step.is_required and step.is_available:
            required.append((number, step))
    return PathProgress(tuple(progress))


def _prerequisites(required: list[tuple[int, Step]], step: Step) -> list[tuple[int, Step]]:
    """Return those of the required steps before it, with their numbers, that must be done before a step opens."""
    match step.opens:
        case Opens.ANY_TIME:
            return []
        case Opens.AFTER_ALL:
            return required
        case Opens.AFTER_PREVIOUS:
            return required[-1:]


def _step_progress(
    number: int,
    step: Step,
    prerequisites: list[tuple[int, Step]],
    completed: Mapping[UUID, datetime],
    enrolled_at: datetime,
    now: datetime,
) -> StepProgress:
    if step.id in completed:
        return StepProgress(step, number, Status.DONE, completed_at=completed[step.id])
    if not step.is_available:
        return StepProgress(step, number, Status.UNAVAILABLE)
    if missing := tuple(n for n, prerequisite in prerequisites if prerequisite.id not in completed):
        return StepProgress(step, number, Status.LOCKED, waits_for=missing)
    ready_at = max([enrolled_at, *(completed[prerequisite.id] for _, prerequisite in prerequisites)])
    if step.delay and ready_at + step.delay > now:
        return StepProgress(step, number, Status.LOCKED, opens_at=ready_at + step.delay)
    return StepProgress(step, number, Status.OPEN)
