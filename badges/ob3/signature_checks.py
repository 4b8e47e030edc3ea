"""Whether a signature covers what a credential says: its words, its bytes, and nothing beside them."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from badges.ob3.contexts.loader import ENVELOPES, is_known
from badges.ob3.data_integrity import unsigned_members
from badges.ob3.issuers import KeyFinding
from badges.ob3.keys import PublicKey
from badges.ob3.linked_data import NotLinkedData
from badges.ob3.members import as_list, differences, listed, members
from badges.ob3.moments import read_moment
from badges.ob3.reports import Check, Outcome
from badges.ob3.secured import Secured
from badges.ob3.validity import CLOCK_SKEW


def check_contexts(secured: Secured) -> Check:
    """Return whether what the words of a credential mean is known here."""
    contexts = as_list(secured.credential.get("@context"))
    if not contexts:
        return _contexts("failed", _("It names no vocabulary, so its words mean nothing."))
    if contexts[0] not in ENVELOPES:
        explanation = _(
            "The first vocabulary that it names must be %(newer)s, or %(older)s in an older badge. It names %(first)s."
        )
        named = {"newer": ENVELOPES[0], "older": ENVELOPES[1], "first": listed([str(contexts[0])])}
        return _contexts("failed", explanation % named)
    if unknown := unknown_contexts(secured.credential):
        explanation = _("It uses vocabularies that are not known here: %(names)s.")
        # A token is signed as it is written, whatever its words mean.
        outcome: Outcome = "failed" if secured.token is None else "warning"
        return _contexts(outcome, explanation % {"names": listed(unknown)})
    return _contexts("passed", _("Its words mean what the published vocabularies say."))


def unknown_contexts(credential: dict[str, Any]) -> list[str]:
    """Return the vocabularies that a credential names anywhere in it and that are not bundled."""
    named = [
        url
        for member in members(credential)
        if member.name == "@context" and not member.path.startswith(("proof.", "proof["))
        for url in as_list(member.value)
    ]
    return [str(url) for url in named if not is_known(url)]


def check_signature(secured: Secured, finding: KeyFinding, contexts: Check, at: datetime) -> Check:
    """Return whether the signature is that of the key, over this credential."""
    if secured.problem:
        explanation = _("It carries no signature that can be checked: %(reason)s.")
        return _signature("failed", explanation % {"reason": secured.problem})
    if finding.key is None:
        return _signature("skipped", _("The signature cannot be checked without the key."))
    if contexts.outcome == "failed":
        return _signature("skipped", _("The signature cannot be checked: what it covers is not known."))
    return _fit(secured, finding.key, at)


def _fit(secured: Secured, key: PublicKey, at: datetime) -> Check:
    if problem := problem_of_dates(secured.proof or {}, at):
        return _signature("failed", problem)
    try:
        if secured.is_signed_by(key):
            return _signature("passed", _("The signature fits the badge and the key that it names."))
        explanation = _("The signature does not fit: the badge was changed, or another key signed.")
    except NotLinkedData as error:
        explanation = _("What the signature covers cannot be worked out: %(reason)s.") % {"reason": error}
    return _signature("failed", explanation)


def problem_of_dates(proof: dict[str, Any], at: datetime) -> str:
    """Return why the dates of a proof keep it from counting; empty when they do not."""
    created, expires = read_moment(proof.get("created")), read_moment(proof.get("expires"))
    if expires is not None and expires < at:
        return _("The signature itself has expired.")
    if created is not None and created > at + CLOCK_SKEW:
        return _("The signature is dated in the future.")
    return ""


def check_unchanged(secured: Secured, signature: Check, issued: dict[str, Any] | None) -> Check:
    """Return whether a credential says what was signed, and names what does not.

    Args:
        secured: What is shown.
        signature: What was found about its signature.
        issued: What we issued under the same id; None when it is not ours.
    """
    changes = _changes(issued, secured.credential) if issued is not None else []
    if signature.outcome == "passed":
        return _unchanged_though_signed(secured, changes)
    if changes:
        return _unchanged("failed", listed(changes, "; ") + ".")
    if issued is not None:
        explanation = _(
            "It says what was issued; only the signature is another one. Download the badge again."
        )
        return _unchanged("failed" if signature.outcome == "failed" else "skipped", explanation)
    if signature.outcome == "failed":
        return _unchanged("failed", _("Nothing protects what it says. What was changed cannot be told."))
    return _unchanged("skipped", _("Whether it was changed is not known, as the signature was not checked."))


def _unchanged_though_signed(secured: Secured, changes: list[str]) -> Check:
    if contradictions := secured.contradictions():
        explanation = _("The token contradicts the badge inside it: %(problems)s.")
        return _unchanged("failed", explanation % {"problems": listed(contradictions, "; ")})
    if unsigned := unsigned_in(secured):
        explanation = _("These are not under the signature, so anybody may have added them: %(names)s.")
        return _unchanged("failed", explanation % {"names": listed(unsigned)})
    if omitted := secured.omissions():
        explanation = _(
            "Nothing was changed. The token leaves out what the standard wants repeated: %(names)s."
        )
        return _unchanged("warning", explanation % {"names": listed(omitted)})
    if changes:
        explanation = _("It is as it was signed, and another edition than the newest: %(changes)s.")
        return _unchanged("warning", explanation % {"changes": listed(changes, "; ")})
    return _unchanged("passed", _("Nothing was changed since it was signed."))


def unsigned_in(secured: Secured) -> tuple[str, ...]:
    """Return what stands in a credential and is not under its signature; a token is signed as it is written."""
    if secured.token is not None:
        return ()
    try:
        return unsigned_members(secured.credential)
    except NotLinkedData:
        return ("@context",)


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


def _contexts(outcome: Outcome, explanation: str) -> Check:
    return Check("contexts", outcome, explanation)


def _signature(outcome: Outcome, explanation: str) -> Check:
    return Check("signature", outcome, explanation)


def _unchanged(outcome: Outcome, explanation: str) -> Check:
    return Check("unchanged", outcome, explanation)
