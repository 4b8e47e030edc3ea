"""What a verification found, one thing after the other."""

from dataclasses import dataclass
from typing import Any, Literal

Outcome = Literal["passed", "failed", "warning", "skipped"]


@dataclass(frozen=True)
class Check:
    """One thing that was looked at.

    Attributes:
        name: One of `verifying.CHECKS`, or ``endorsement``.
        outcome: A warning is for a person to weigh; skipped is what could not be looked at.
        explanation: One or two plain sentences.
    """

    name: str
    outcome: Outcome
    explanation: str


@dataclass(frozen=True)
class Report:
    """All that was looked at, in the order of `verifying.CHECKS`.

    Attributes:
        checks: One for each name.
        credential: What the file says, believed or not; None when it could not be read.
        endorsements: One for each endorsement in it. They do not count for the outcome: what others say about a
            badge does not make it good or bad.
        newer_at: Where a newer edition was found that is in order; empty when none was looked for or found.
    """

    checks: tuple[Check, ...]
    credential: dict[str, Any] | None
    endorsements: tuple[Check, ...] = ()
    newer_at: str = ""

    @property
    def outcome(self) -> Literal["passed", "failed", "warning"]:
        """Return the worst of all: a badge is good only when no check failed."""
        outcomes = {check.outcome for check in self.checks}
        if "failed" in outcomes:
            return "failed"
        return "warning" if "warning" in outcomes else "passed"

    def check(self, name: str) -> Check:
        """Return the check of a name."""
        return next(check for check in self.checks if check.name == name)
