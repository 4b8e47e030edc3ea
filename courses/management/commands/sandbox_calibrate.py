"""Finds out how far a model agrees with the people who rated the gold set."""

import time
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from courses.gold import gold_set
from courses.services import calibrate
from lms.core.errors import ActionRefused
from sandbox.models import Calibration, Provider
from sandbox.services.calibrating import continue_calibration

ACTOR = "command:sandbox_calibrate"
A_LITTLE = timedelta(seconds=10)
SECONDS_BETWEEN_TURNS = 0.5


class Command(BaseCommand):
    """Ask about every prompt of the gold set, print the agreement; exit 1 when it is not enough."""

    help = (
        "Asks a model about the prompts that people rated, and says how far it agrees with them. Only a model with a "
        "weighted kappa of 0.6 or more may give second opinions. It costs about 300,000 tokens."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the name of a model."""
        parser.add_argument("model", help="name of the model, as learners read it")

    def handle(self, *_args: Any, model: str, **_options: Any) -> None:
        """Ask to the end and tell.

        Raises:
            CommandError: There is no such model, it did not answer, or it does not agree with people well enough.
        """
        provider = Provider.objects.filter(name=model).first()
        if provider is None:
            names = ", ".join(Provider.objects.values_list("name", flat=True))
            raise CommandError(f"No model is called “{model}”. There are: {names}.")
        try:
            calibration = calibrate(provider=provider, actor=ACTOR, at=timezone.now())
        except ActionRefused as refused:
            raise CommandError(refused.message) from refused
        is_through = False
        while not is_through:
            is_through = continue_calibration(
                calibration=calibration,
                gold=gold_set().prompts,
                now=timezone.now,
                until=timezone.now() + A_LITTLE,
            )
            found = Calibration.objects.filter(pk=calibration.pk).first()
            if found is None:
                raise CommandError("The model was removed or changed meanwhile.")
            calibration = found
            self.stdout.write(f"{len(calibration.levels)} of {calibration.total} prompts", ending="\r")
            self.stdout.flush()
            if not is_through:
                time.sleep(SECONDS_BETWEEN_TURNS)  # a worker may be at it
        self._tell(calibration)

    def _tell(self, calibration: Calibration) -> None:
        if calibration.problem or calibration.kappa is None:
            raise CommandError(f"It ended early: {calibration.problem}")
        for name, each in calibration.by_criterion.items():
            known = each["kappa"] is not None
            kappa = f"{each['kappa']:5.2f} ({each['low']:.2f} to {each['high']:.2f})" if known else "    -"
            self.stdout.write(f"{name:<14} n={each['n']:<4} {kappa}")
        self.stdout.write(
            f"kappa {calibration.kappa:.2f}; readable {calibration.readable} of {calibration.total}"
        )
        if not calibration.is_passed:
            raise CommandError("It does not agree with people well enough to give second opinions.")
        self.stdout.write(
            self.style.SUCCESS("It may give second opinions: switch them on in Manage, Practice.")
        )
