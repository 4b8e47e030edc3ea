"""Who may review a nomination, and what becomes of it. Plain values in, plain values out.

The rule of conflicts: whoever was put forward, whoever put them forward, whoever stands above the nominee in the
reporting line, and whoever reports directly to nominee or nominator does not decide. Those above are left out whoever
made the nomination, since a manager sees nobody's evidence; those below, since nobody should have to judge their own
manager. After an appeal, whoever decided before it does not decide again.

The rule of outcomes: a return counts at once, for asking costs little. Otherwise it takes as many reviewers of one
opinion as the achievement asks for, all of the same round; of two that disagree nobody wins, and another one decides.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

ACCEPT, RETURN, DECLINE = "accept", "return", "decline"
NOT_SHOWN, PARTLY, SHOWN = 0, 1, 2
LEVELS = {NOT_SHOWN: _("not shown"), PARTLY: _("partly"), SHOWN: _("shown")}


class Hindrance(StrEnum):
    """Why somebody does not decide about a nomination."""

    NOMINEE = "nominee"
    NOMINATOR = "nominator"
    ABOVE = "above"
    BELOW = "below"
    DECIDED_BEFORE = "decided_before"
    HAS_REVIEWED = "has_reviewed"


SENTENCES = {
    Hindrance.NOMINEE: _("This is about you, so others decide."),
    Hindrance.NOMINATOR: _("You put them forward, so others decide."),
    Hindrance.ABOVE: _("They report to you, so others decide."),
    Hindrance.BELOW: _("You report to the nominee or to whoever put them forward, so others decide."),
    Hindrance.DECIDED_BEFORE: _("You decided before the appeal, so somebody else looks at it now."),
    Hindrance.HAS_REVIEWED: _("You have decided in this round. Another reviewer does now."),
}


@dataclass(frozen=True)
class Standing:
    """How a reviewer stands to a nomination.

    Attributes:
        is_nominee: It is about them.
        is_nominator: They put the nominee forward.
        is_above: The nominee reports to them, directly or over others.
        is_below: They report directly to the nominee or to the nominator.
        reviewed_rounds: Rounds in which they have decided.
    """

    is_nominee: bool = False
    is_nominator: bool = False
    is_above: bool = False
    is_below: bool = False
    reviewed_rounds: frozenset[int] = frozenset()


def hindrance(standing: Standing, *, round_now: int, appeal_round: int | None) -> Hindrance | None:
    """Return why somebody with the right to review does not decide here; None when they may.

    Args:
        standing: How they stand to it.
        round_now: The round it is in, from 1.
        appeal_round: The round that began with an appeal; None when there was none.
    """
    decided = standing.reviewed_rounds
    reasons = {
        Hindrance.NOMINEE: standing.is_nominee,
        Hindrance.NOMINATOR: standing.is_nominator,
        Hindrance.ABOVE: standing.is_above,
        Hindrance.BELOW: standing.is_below,
        Hindrance.DECIDED_BEFORE: appeal_round is not None and any(each < appeal_round for each in decided),
        Hindrance.HAS_REVIEWED: round_now in decided,
    }
    return next((reason for reason, holds in reasons.items() if holds), None)


def outcome(decisions: Collection[str], *, needed: int) -> str | None:
    """Return what the decisions of one round come to: accept, return or decline; None while it is open.

    Args:
        decisions: Of different reviewers, in any order.
        needed: How many have to agree, from 1.
    """
    counted = list(decisions)
    if RETURN in counted:
        return RETURN
    if counted.count(ACCEPT) >= needed:
        return ACCEPT
    if counted.count(DECLINE) >= needed:
        return DECLINE
    return None


def problem_with(
    decision: str, *, rubric: Sequence[str], levels: Mapping[str, int], comment: str
) -> tuple[str, str] | None:
    """Return the field and the sentence for what is missing in a review; None when it is complete.

    Args:
        decision: Accept, return or decline.
        rubric: The criteria of the achievement.
        levels: Level by criterion, as far as the reviewer has given them.
        comment: What the nominee will read.
    """
    if decision in {RETURN, DECLINE} and not comment.strip():
        return "comment", str(_("Say in a few words what is missing. The nominee will read it."))
    if decision == RETURN:
        return None
    missing = [each for each in rubric if levels.get(each) not in LEVELS]
    if missing:
        return "", str(_("Say how far each criterion is shown. Missing: %s") % "; ".join(missing))
    not_shown = [each for each in rubric if levels[each] == NOT_SHOWN]
    if decision == ACCEPT and not_shown:
        sentence = _(
            "It cannot be accepted while something is not shown: %s. Return it and say what is missing."
        )
        return "", str(sentence % "; ".join(not_shown))
    return None
