"""Telling a stranger what is true about a badge: each thing that was looked at, with its own answer.

Nothing that could not be looked at passes. What a badge claims about itself is believed only where its issuer, asked
anew, or a signature stands behind it.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from badges.ob3.data_model import is_learner_record, schema_deviations, shape_problems
from badges.ob3.endorsements import check_endorsements
from badges.ob3.examining import examine, is_genuine
from badges.ob3.fetching import CannotFetch, Source
from badges.ob3.members import listed
from badges.ob3.recipients import check_recipient
from badges.ob3.refreshing import check_renewal, refresh_address
from badges.ob3.reports import Check, Report
from badges.ob3.secured import Secured, Unreadable, read_secured
from badges.ob3.validity import has_expired

__all__ = ["CHECKS", "CannotFetch", "Check", "Report", "verify"]

CHECKS = (
    "format",
    "contexts",
    "data_model",
    "issuer",
    "key",
    "signature",
    "unchanged",
    "validity",
    "status",
    "recipient",
)
"""In the order in which they are reported."""


def verify(
    text: str,
    *,
    fetch: Callable[[str], Any],
    at: datetime,
    issued: dict[str, Any] | None = None,
    recipient_email: str = "",
) -> Report:
    """Return what is true about a badge. Never raises because of what the text holds.

    Args:
        text: JSON with an embedded proof, or a compact token. Pictures are opened with `baking.read_baked` before.
        fetch: Returns what is at a web address, as parsed JSON or as text, or raises `CannotFetch`. It decides which
            addresses may be asked at all: they come from the badge.
        at: The moment to judge by; has a time zone.
        issued: What we issued under the same id, so that a change can be named; None when it is not ours.
        recipient_email: Who presents the badge, when that is to be compared with whom it names.
    """
    try:
        secured = read_secured(text)
    except Unreadable as error:
        return _unreadable(str(error))
    source = Source(fetch)
    checks = examine(secured, check_shape=check_data_model, source=source, at=at, issued=issued)
    genuine, newer_at = is_genuine(checks), ""
    if genuine and has_expired(secured.credential, at) and refresh_address(secured.credential):
        renewal, is_renewed = check_renewal(secured, check_shape=check_data_model, source=source, at=at)
        checks = tuple(renewal if check.name == renewal.name else check for check in checks)
        newer_at = refresh_address(secured.credential) if is_renewed else ""
    return Report(
        (
            Check("format", "passed", _format_sentence(secured)),
            *checks,
            check_recipient(secured.credential, recipient_email),
        ),
        secured.credential,
        check_endorsements(secured.credential, is_badge_genuine=genuine, source=source, at=at),
        newer_at,
    )


def _unreadable(reason: str) -> Report:
    sentence = _("This is no Open Badge that can be read: %(reason)s.") % {"reason": reason}
    rest = tuple(
        Check(name, "skipped", _("Not looked at, as the file cannot be read.")) for name in CHECKS[1:]
    )
    return Report((Check("format", "failed", sentence), *rest), None)


def _format_sentence(secured: Secured) -> str:
    if secured.token is not None:
        return _("The file is a signed token that can be read.")
    return _("The file is a credential that can be read.")


def check_data_model(credential: dict[str, Any]) -> Check:
    """Return whether a credential is built like a badge or a learner record."""
    if problems := shape_problems(credential):
        explanation = _("It is not built like an Open Badge 3.0. Look at: %(paths)s.")
        return Check("data_model", "failed", explanation % {"paths": listed(problems)})
    if deviations := schema_deviations(credential):
        explanation = _("It can be understood; the published schema wants another form for: %(paths)s.")
        return Check("data_model", "warning", explanation % {"paths": listed(deviations)})
    if is_learner_record(credential):
        held = len(credential["credentialSubject"]["verifiableCredential"])
        explanation = ngettext(
            "It is a learner record (CLR 2.0) of %(number)d credential. Whether that holds is not said here: "
            "take it out and verify it by itself.",
            "It is a learner record (CLR 2.0) of %(number)d credentials. Whether each of them holds is not said "
            "here: take it out and verify it by itself.",
            held,
        )
        return Check("data_model", "passed", explanation % {"number": held})
    return Check("data_model", "passed", _("It has all that an Open Badge 3.0 must have."))
