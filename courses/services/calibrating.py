"""Asking a model about the gold set: begun by a person or a command, carried on a minute at a time."""

from collections.abc import Callable
from datetime import datetime, timedelta

from courses.gold import gold_set
from lms.core.nudges import nudge_on_commit
from sandbox.models import Calibration, Provider
from sandbox.services.calibrating import continue_calibration, start_calibration

TASK = "courses.tasks.continue_calibrations"
ONE_TURN = timedelta(seconds=60)
"""So that what else waits in the queue gets its turn, and well below the time limit of a task."""


def calibrate(*, provider: Provider, actor: str, at: datetime) -> Calibration:
    """Begin to ask a model about the gold set.

    Raises:
        ActionRefused: It is being asked already, or it cannot be reached.
    """
    gold = gold_set()
    calibration = start_calibration(
        provider=provider, gold_digest=gold.digest, total=len(gold.prompts), actor=actor, at=at
    )
    nudge_on_commit(TASK)
    return calibration


def continue_calibrations(*, now: Callable[[], datetime]) -> None:
    """Ask each model that is being calibrated about the next prompts, for a minute in all."""
    until = now() + ONE_TURN
    for calibration in Calibration.objects.due(now()).select_related("provider"):
        continue_calibration(calibration=calibration, gold=gold_set().prompts, now=now, until=until)
