"""What a person's place on a path becomes, given the rules that claim them. Plain values in, plain values out.

Who wins, stated once: a person's own decision (an exclusion, an enrollment by hand, dates set by hand) wins over every
rule. Among rules, one that requires the path wins over one that offers it, then the earliest due date, then the
older rule. The rule that holds a person keeps them until another one is strictly better, so that nothing swings
back and forth.
"""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import NamedTuple


class Step(StrEnum):
    """What happens to a person on a path."""

    ENROLL = "enroll"
    RETURN = "return"
    ASSIGN = "assign"
    DATES = "dates"
    OPTIONAL = "optional"
    WITHDRAW = "withdraw"


class Leaving(StrEnum):
    """What a rule does with those who leave its audience."""

    KEEP = "keep"
    OPTIONAL = "optional"
    WITHDRAW = "withdraw"


class Claim(NamedTuple):
    """What one rule wants for one person.

    Attributes:
        assignment: Primary key of the rule; the lower, the older.
        version: Primary key of its version in force.
        is_required: Whether it requires the path.
        due_on: The advisory day as it would be for this person; None for none.
        closes_on: The last day; None for none.
    """

    assignment: int
    version: int
    is_required: bool = True
    due_on: date | None = None
    closes_on: date | None = None


class Standing(NamedTuple):
    """Where a person stands on the path now.

    Attributes:
        assignment: The rule that holds them; None when no rule does.
        version: Its version when it took them.
        is_by_hand: Whether a person, not a rule and not the learner, put them there.
        has_fixed_dates: Whether a person set the dates.
        is_resting: Whether the rule that holds them is paused or cannot be applied; then nothing changes.
        is_archived: Whether the rule that holds them has ended for ever.
        stays_anyway: Whether leaving an audience never takes it away: they chose it themselves, or it is a further
            cycle of something they have completed.
        on_leaving: What that rule does with those who leave.
    """

    is_required: bool = True
    assignment: int | None = None
    version: int | None = None
    due_on: date | None = None
    closes_on: date | None = None
    is_by_hand: bool = False
    has_fixed_dates: bool = False
    is_completed: bool = False
    is_withdrawn: bool = False
    has_started: bool = False
    is_resting: bool = False
    is_archived: bool = False
    stays_anyway: bool = False
    on_leaving: str = Leaving.WITHDRAW


class Effect(NamedTuple):
    """One thing to do, and the claim behind it; None when a person leaves."""

    step: Step
    claim: Claim | None = None


def decide(standing: Standing | None, claims: Sequence[Claim], *, is_excluded: bool = False) -> Effect | None:
    """Return what happens to one person on one path; None when everything stays as it is.

    Deciding again after it has happened returns None.
    """
    if is_excluded:
        return None
    if standing is None:
        return Effect(Step.ENROLL, best(claims)) if claims else None
    if standing.is_withdrawn:
        return Effect(Step.RETURN, best(claims)) if claims else None
    if standing.is_by_hand or standing.is_resting:
        return None
    held = next((claim for claim in claims if claim.assignment == standing.assignment), None)
    if standing.is_completed:
        return _keep_completed(standing, held, claims)
    return _stay(standing, held, claims) if held else _leave(standing, claims)


def _keep_completed(standing: Standing, held: Claim | None, claims: Sequence[Claim]) -> Effect | None:
    """Let a rule in force know of what is done, so that it is taken again when the rule says so."""
    if held is not None:
        return Effect(Step.DATES, held) if held.version != standing.version else None
    if claims and (standing.assignment is None or standing.is_archived):
        return Effect(Step.ASSIGN, best(claims))
    return None


def best(claims: Sequence[Claim]) -> Claim:
    """Return the claim that wins."""
    return min(claims, key=_rank)


def _rank(claim: Claim) -> tuple[bool, date, int]:
    return not claim.is_required, claim.due_on or date.max, claim.assignment


def _stay(standing: Standing, held: Claim, claims: Sequence[Claim]) -> Effect | None:
    winner = best(claims)
    # Strictly better in what matters; the age of a rule alone moves nobody.
    if _rank(winner)[:2] < _rank(held)[:2] and not (
        standing.has_fixed_dates and winner.is_required == held.is_required
    ):
        return Effect(Step.ASSIGN, winner)
    is_same = (held.due_on, held.closes_on) == (
        standing.due_on,
        standing.closes_on,
    ) or standing.has_fixed_dates
    if held.version == standing.version and is_same and held.is_required == standing.is_required:
        return None
    return Effect(Step.DATES, held)


def _leave(standing: Standing, claims: Sequence[Claim]) -> Effect | None:
    if claims:
        return Effect(Step.ASSIGN, best(claims))
    if standing.assignment is None or standing.on_leaving == Leaving.KEEP:
        return None
    if standing.on_leaving == Leaving.WITHDRAW and not standing.has_started and not standing.stays_anyway:
        return Effect(Step.WITHDRAW)
    return Effect(Step.OPTIONAL)
