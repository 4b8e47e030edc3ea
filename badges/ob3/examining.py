"""What is true about one signed credential, whichever kind it is: a badge, an endorsement, a newer edition."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from badges.ob3.fetching import Source
from badges.ob3.issuers import find_key_of
from badges.ob3.reports import Check
from badges.ob3.secured import Secured
from badges.ob3.signature_checks import (
    check_contexts,
    check_signature,
    check_unchanged,
    problem_of_dates,
)
from badges.ob3.status_checking import check_status
from badges.ob3.validity import check_validity

CheckShape = Callable[[dict[str, Any]], Check]
GENUINE = ("contexts", "issuer", "key", "signature", "unchanged")
"""The checks that say whether its issuer said this at all, at whatever time."""


def examine(
    secured: Secured,
    *,
    check_shape: CheckShape,
    source: Source,
    at: datetime,
    issued: dict[str, Any] | None = None,
) -> tuple[Check, ...]:
    """Return the checks that every credential goes through, in the order of `verifying.CHECKS`.

    Args:
        secured: The credential with what should prove it.
        check_shape: Tells whether it is built like one of its kind.
        source: To ask for keys and lists.
        at: The moment to judge by.
        issued: What we issued under the same id; None when it is not ours.
    """
    contexts = check_contexts(secured)
    finding = find_key_of(secured, source, at)
    signature = check_signature(secured, finding, contexts, at)
    return (
        contexts,
        check_shape(secured.credential),
        finding.issuer,
        finding.belongs,
        signature,
        check_unchanged(secured, signature, issued),
        _validity_if_signed(secured, signature, at),
        check_status(secured.credential, secured.issuer_id, source, at),
    )


def _validity_if_signed(secured: Secured, signature: Check, at: datetime) -> Check:
    """Return whether it counts at a moment; dates under a signature that does not fit are anybody's."""
    is_of_its_time = not problem_of_dates(secured.proof or {}, at)
    if signature.outcome == "failed" and is_of_its_time:
        return Check("validity", "skipped", _("Its dates say nothing, as its signature does not hold."))
    return check_validity(secured.credential, at)


def is_genuine(checks: tuple[Check, ...]) -> bool:
    """Tell whether a credential is its issuer's own word; it may be out of date or withdrawn."""
    outcomes = {check.name: check.outcome for check in checks}
    return outcomes["signature"] == "passed" and all(outcomes[name] != "failed" for name in GENUINE)
