"""Whether a text may be sent, and what has to be replaced before.

| a warning is        | on a local model       | on a provider outside        |
|---------------------|------------------------|------------------------------|
| ``warn``            | passes once accepted   | passes once accepted         |
| ``pseudonymize``    | accepted or replaced   | replaced, whatever was said  |
| ``block``           | has to be taken out    | has to be taken out          |

What blocks never passes as it stands, whoever accepts it. Hints never hinder. A provider outside, for which names are
to be looked for, gets nothing while they cannot be: a text that nobody has checked is not a text without names.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from django.utils.translation import gettext_lazy as _

from sandbox.guard.findings import Finding, Inspection

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Policy = Literal["warn", "pseudonymize", "block"]


class Reason(StrEnum):
    """Why a text may not be sent as it stands."""

    BLOCKED = "blocked"
    CHOICE_NEEDED = "choice_needed"
    REMOVAL_NEEDED = "removal_needed"
    REPLACED = "replaced"
    NAMES_NOT_CHECKED = "names_not_checked"

    @property
    def words(self) -> "StrOrPromise":
        """What the learner reads."""
        return _WORDS[self]


_WORDS: "dict[Reason, StrOrPromise]" = {
    Reason.BLOCKED: _(
        "What is marked in red never leaves. Replace it with its placeholder; your task stays the same."
    ),
    Reason.CHOICE_NEEDED: _("Look at what is marked: replace it, or say that it is made up."),
    Reason.REMOVAL_NEEDED: _("This model gets no personal details. Replace what is marked, or take it out."),
    Reason.REPLACED: _("Personal details are replaced before sending and put back into the answer."),
    Reason.NAMES_NOT_CHECKED: _(
        "Names cannot be checked right now, so nothing is sent outside. Your text is kept."
    ),
}


@dataclass(frozen=True)
class Decision:
    """What happens with a text.

    Attributes:
        may_send: Whether it goes, once `must_replace` is replaced by `Pseudonyms.hide`.
        must_replace: What may not go as it stands, in the order of the text. When `may_send` is false it is for the
            learner to replace or take out; the text is then inspected again.
        reasons: Why not, or what is done about it; the gravest first.
    """

    may_send: bool
    must_replace: tuple[Finding, ...] = ()
    reasons: tuple[Reason, ...] = ()


def decide(
    inspection: Inspection,
    *,
    policy: Policy,
    is_local: bool,
    accepted: frozenset[str] = frozenset(),
    requires_names: bool = True,
    salt: str = "",
) -> Decision:
    """Return whether an inspected text may be sent.

    Args:
        inspection: What was found.
        policy: How the provider's administrator wants warnings treated.
        is_local: Whether the model runs on machines of the company, so that nothing leaves.
        accepted: Digests (`Inspection.digest_of`) of values that the learner called fictional or wants to keep.
        requires_names: Whether a provider outside gets only texts in which names were looked for.
        salt: The salt of the digests.

    Raises:
        ValueError: The policy is none of the three.
    """
    if policy not in {"warn", "pseudonymize", "block"}:
        msg = "There is no such policy."
        raise ValueError(msg)
    open_warnings = tuple(
        finding
        for finding in inspection.warnings
        if policy == "block"
        or (policy == "pseudonymize" and not is_local)
        or inspection.digest_of(finding, salt=salt) not in accepted
    )
    obstacles = _obstacles(inspection, policy, open_warnings)
    if requires_names and not is_local and not inspection.names_checked:
        obstacles = (*obstacles, Reason.NAMES_NOT_CHECKED)
    return Decision(
        may_send=not set(obstacles) - {Reason.REPLACED},
        must_replace=_in_order((*inspection.blocking, *open_warnings)),
        reasons=obstacles,
    )


def _obstacles(inspection: Inspection, policy: Policy, warnings: tuple[Finding, ...]) -> tuple[Reason, ...]:
    about_warnings: dict[Policy, Reason] = {
        "warn": Reason.CHOICE_NEEDED,
        "pseudonymize": Reason.REPLACED,
        "block": Reason.REMOVAL_NEEDED,
    }
    blocked = (Reason.BLOCKED,) if inspection.is_blocked else ()
    return (*blocked, about_warnings[policy]) if warnings else blocked


def _in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda finding: finding.span))
