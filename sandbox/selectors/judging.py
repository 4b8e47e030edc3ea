"""Which model gives second opinions, and what is known of how far it agrees with people."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sandbox.judge import JUDGE_VERSION
from sandbox.models import Calibration, Provider, SecondOpinion


def judge_among(providers: Iterable[Provider]) -> Provider | None:
    """Return the first model that gives second opinions; None when none agrees with people.

    Args:
        providers: Models that may be asked, in their order.

    Cost: a query for each that was switched on to give opinions, until one is found.
    """
    return next((each for each in providers if each.may_judge and calibration_of(each) is not None), None)


def calibration_of(provider: Provider) -> Calibration | None:
    """Return what lets a model give opinions: its latest whole calibration, if passed, with the question of now."""
    latest: Calibration | None = provider.calibrations.filter(ended_at__isnull=False, problem="").first()
    is_current = latest is not None and latest.judge_version == JUDGE_VERSION
    return latest if latest is not None and is_current and latest.is_passed else None


@dataclass(frozen=True)
class OpinionLine:
    """What a model thinks of one criterion, beside what the rules say.

    Attributes:
        rules_level: 0, 1 or 2; None when the rules do not judge it here.
    """

    label: str
    level: int
    quote: str
    reason: str
    rules_level: int | None

    @property
    def differs(self) -> bool:
        """Whether the rules see it otherwise."""
        return self.rules_level is not None and self.rules_level != self.level


def opinion_lines(opinion: SecondOpinion, feedback: dict[str, Any]) -> list[OpinionLine]:
    """Return what is shown of an opinion: the criteria for which the exercise asks.

    Args:
        opinion: One that was given.
        feedback: What the rules say, as the attempt keeps it.
    """
    rules = {each["key"]: each for each in feedback.get("criteria", []) if each["weight"]}
    return [
        OpinionLine(
            label=rules[each["key"]]["label"],
            level=each["level"],
            quote=each["quote"],
            reason=each["reason"],
            rules_level=rules[each["key"]]["level"],
        )
        for each in opinion.criteria
        if each["key"] in rules
    ]
