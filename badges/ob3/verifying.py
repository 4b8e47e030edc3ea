"""Telling a stranger what is true about a badge: each thing that was looked at, with its own answer.

Nothing that could not be looked at passes. What a badge claims about itself is believed only where its issuer, asked
anew, or a signature stands behind it.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from badges.ob3.contexts.loader import is_known
from badges.ob3.credentials import identity_object
from badges.ob3.data_integrity import unsigned_members
from badges.ob3.data_model import is_learner_record, schema_deviations, shape_problems
from badges.ob3.fetching import CannotFetch, Source
from badges.ob3.issuers import KeyFinding, find_key
from badges.ob3.linked_data import NotLinkedData
from badges.ob3.members import as_list, differences, members
from badges.ob3.moments import read_moment
from badges.ob3.reports import Check, Outcome, Report
from badges.ob3.secured import Secured, Unreadable, read_secured
from badges.ob3.status_checking import check_status
from badges.ob3.validity import CLOCK_SKEW, check_validity

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

MOST_NAMED = 10
"""Members that one sentence names."""


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
    credential = secured.credential
    contexts = _check_contexts(secured)
    finding = find_key(issuer_id=secured.issuer_id, key_name=secured.key_name, source=source, at=at)
    signature = _check_signature(secured, finding, contexts, at)
    checks = (
        Check("format", "passed", _format_sentence(secured)),
        contexts,
        _check_data_model(credential),
        finding.issuer,
        finding.belongs,
        signature,
        _check_unchanged(secured, signature, issued),
        check_validity(credential, at),
        check_status(credential, secured.issuer_id, source, at),
        _check_recipient(credential, recipient_email),
    )
    return Report(checks, credential)


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


def _check_contexts(secured: Secured) -> Check:
    named = [
        url
        for member in members(secured.credential)
        if member.name == "@context" and not member.path.startswith(("proof.", "proof["))
        for url in as_list(member.value)
    ]
    unknown = [str(url)[:200] for url in named if not is_known(url)]
    if named and not unknown:
        return Check("contexts", "passed", _("Its words mean what the published vocabularies say."))
    explanation = _("It uses vocabularies that are not known here: %(names)s.") % {"names": _listed(unknown)}
    if not named:
        explanation = _("It names no vocabulary, so its words mean nothing.")
    outcome: Outcome = "warning" if secured.token is not None and named else "failed"
    return Check("contexts", outcome, explanation)


def _check_data_model(credential: dict[str, Any]) -> Check:
    if problems := shape_problems(credential):
        explanation = _("It is not built like an Open Badge 3.0. Look at: %(paths)s.")
        return Check("data_model", "failed", explanation % {"paths": _listed(problems)})
    if deviations := schema_deviations(credential):
        explanation = _("It can be understood; the published schema wants another form for: %(paths)s.")
        return Check("data_model", "warning", explanation % {"paths": _listed(deviations)})
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


def _check_signature(secured: Secured, finding: KeyFinding, contexts: Check, at: datetime) -> Check:
    if secured.problem:
        explanation = _("It carries no signature that can be checked: %(reason)s.") % {
            "reason": secured.problem
        }
        return Check("signature", "failed", explanation)
    if finding.key is None:
        return Check("signature", "skipped", _("The signature cannot be checked without the key."))
    if contexts.outcome == "failed":
        return Check(
            "signature", "skipped", _("The signature cannot be checked: what it covers is not known.")
        )
    if problem := _problem_of_dates(secured.proof or {}, at):
        return Check("signature", "failed", problem)
    if secured.is_signed_by(finding.key):
        return Check("signature", "passed", _("The signature fits the badge and the key that it names."))
    return Check(
        "signature", "failed", _("The signature does not fit: the badge was changed, or another key signed.")
    )


def _problem_of_dates(proof: dict[str, Any], at: datetime) -> str:
    created, expires = read_moment(proof.get("created")), read_moment(proof.get("expires"))
    if expires is not None and expires < at:
        return _("The signature itself has expired.")
    if created is not None and created > at + CLOCK_SKEW:
        return _("The signature is dated in the future.")
    return ""


def _check_unchanged(secured: Secured, signature: Check, issued: dict[str, Any] | None) -> Check:
    changes = _changes(issued, secured.credential) if issued is not None else []
    if signature.outcome == "passed":
        return _unchanged_though_signed(secured, changes)
    if changes:
        return Check("unchanged", "failed", _listed(changes, "; ") + ".")
    if issued is not None:
        explanation = _(
            "It says what was issued; only the signature is another one. Download the badge again."
        )
        return Check("unchanged", "failed" if signature.outcome == "failed" else "skipped", explanation)
    if signature.outcome == "failed":
        return Check(
            "unchanged", "failed", _("Nothing protects what it says. What was changed cannot be told.")
        )
    return Check(
        "unchanged", "skipped", _("Whether it was changed is not known, as the signature was not checked.")
    )


def _unchanged_though_signed(secured: Secured, changes: list[str]) -> Check:
    if contradictions := secured.contradictions():
        explanation = _("The token contradicts the badge inside it: %(problems)s.")
        return Check("unchanged", "failed", explanation % {"problems": _listed(contradictions, "; ")})
    try:
        unsigned = unsigned_members(secured.credential) if secured.token is None else ()
    except NotLinkedData:
        unsigned = ("@context",)
    if unsigned:
        explanation = _("These are not under the signature, so anybody may have added them: %(names)s.")
        return Check("unchanged", "failed", explanation % {"names": _listed(unsigned)})
    if changes:
        explanation = _("It is as it was signed, and another edition than the newest: %(changes)s.")
        return Check("unchanged", "warning", explanation % {"changes": _listed(changes, "; ")})
    return Check("unchanged", "passed", _("Nothing was changed since it was signed."))


def _changes(issued: dict[str, Any], shown: dict[str, Any]) -> list[str]:
    """Return a sentence for each member that differs from what we issued; signatures aside."""
    words = {
        "changed": _("%(path)s was changed"),
        "added": _("%(path)s was added"),
        "removed": _("%(path)s was removed"),
    }
    original, copy = (
        {name: value for name, value in document.items() if name != "proof"} for document in (issued, shown)
    )
    return [words[change] % {"path": path} for path, change in differences(original, copy)]


def _check_recipient(credential: dict[str, Any], email: str) -> Check:
    subject = credential.get("credentialSubject")
    named = as_list(subject.get("identifier")) if isinstance(subject, dict) else []
    hashed = [
        entry for entry in named if isinstance(entry, dict) and entry.get("identityType") == "emailAddress"
    ]
    if email and hashed:
        if any(_is_address_of(entry, email) for entry in hashed):
            return Check("recipient", "passed", _("The badge was awarded to this e-mail address."))
        return Check("recipient", "failed", _("The badge was awarded to another e-mail address."))
    if hashed:
        explanation = _(
            "The badge names its holder by a fingerprint of an e-mail address. Ask for it and compare."
        )
    else:
        explanation = _(
            "The badge does not name its holder in a way that can be compared here. Ask who presents it."
        )
    return Check("recipient", "skipped", explanation)


def _is_address_of(entry: dict[str, Any], email: str) -> bool:
    salt, expected = entry.get("salt", ""), entry.get("identityHash")
    if not isinstance(salt, str) or not isinstance(expected, str):
        return False
    if entry.get("hashed") is True:
        return bool(identity_object(email, salt)["identityHash"] == expected)
    return expected.lower() == email.strip().lower()


def _listed(names: list[str] | tuple[str, ...], separator: str = ", ") -> str:
    """Return the first few names, each cut to a readable length."""
    shown = [name[:150] for name in names[:MOST_NAMED]]
    return separator.join([*shown, "…"] if len(names) > MOST_NAMED else shown)
