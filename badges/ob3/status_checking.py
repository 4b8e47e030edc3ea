"""Whether a badge was taken back: its place in the list that its issuer publishes.

Whatever keeps us from knowing is said. An address that does not answer is a warning, as it says nothing about the
badge; an answer that cannot be trusted is a failure, as somebody may have put it there.
"""

from datetime import datetime
from typing import Any, NamedTuple, TypeGuard

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from badges.ob3.data_model import hidden_members
from badges.ob3.fetching import CannotFetch, Source
from badges.ob3.issuers import find_key_of
from badges.ob3.keys import PublicKey
from badges.ob3.linked_data import NotLinkedData
from badges.ob3.members import as_list
from badges.ob3.moments import read_moment
from badges.ob3.reports import Check, Outcome
from badges.ob3.secured import Secured, Unreadable, read_secured, secured_from_json
from badges.ob3.signature_checks import problem_of_dates, unknown_contexts, unsigned_in
from badges.ob3.status import InvalidStatusList, decode_bits, has_bit
from badges.ob3.validity import BEGINNINGS, CLOCK_SKEW, ENDS

OLD_LIST = "1EdTechRevocationList"
REVOKED = gettext_lazy("The issuer revoked this badge. It no longer counts.")
"""The one explanation that says so: what is suspended, or not known, was not revoked."""


class Kind(NamedTuple):
    """How one kind of list calls itself.

    Attributes:
        credential: Type of the credential that publishes it.
        subject: Type of what that is about.
        base: Letter before the list that says how it is written; always base64url.
    """

    credential: str
    subject: str
    base: str


KINDS = {
    "BitstringStatusListEntry": Kind("BitstringStatusListCredential", "BitstringStatusList", "u"),
    "StatusList2021Entry": Kind("StatusList2021Credential", "StatusList2021", ""),
}
"""By the type of what points to them. The older kind is in badges of Data Model 1.1."""


class _Distrusted(Exception):
    """The list cannot be believed; the message says why, for a person."""


def check_status(credential: dict[str, Any], issuer_id: str, source: Source, at: datetime) -> Check:
    """Return whether a credential was revoked, as far as its issuer says."""
    entry = credential.get("credentialStatus")
    if entry is None:
        return _status("passed", _("This badge cannot be revoked: it names no list."))
    if not isinstance(entry, dict):
        return _status("failed", _("What the badge says about its revocation cannot be read."))
    try:
        if entry.get("type") == OLD_LIST:
            return _in_old_list(entry, credential.get("id"), source)
        return _in_bits(entry, issuer_id, source, at)
    except CannotFetch as error:
        return _status(
            "warning",
            _(
                "Whether it was revoked is not known: the list could not be fetched (%(reason)s). Try again later."
            )
            % {"reason": error.reason},
        )
    except _Distrusted as error:
        return _status("failed", _("Whether it was revoked is not known: %(reason)s") % {"reason": error})


def _in_bits(entry: dict[str, Any], issuer_id: str, source: Source, at: datetime) -> Check:
    url, index = entry.get("statusListCredential"), _index_in(entry)
    is_one_bit = type(entry.get("statusSize", 1)) is int and entry.get("statusSize", 1) == 1
    kind = KINDS.get(str(entry.get("type"))) if is_one_bit else None
    if kind is None or not isinstance(url, str) or index is None:
        raise _Distrusted(_("the badge points to a list in a way that is not understood."))
    published = _trusted_list(url, kind, issuer_id, source, at)
    purpose = entry.get("statusPurpose")
    bits = _bits_in(published, kind, purpose)
    try:
        is_set = has_bit(bits, index)
    except IndexError:
        raise _Distrusted(_("the list is too short to hold this badge.")) from None
    if is_set and purpose == "revocation":
        return _status("failed", str(REVOKED))
    if is_set and purpose == "suspension":
        return _status("failed", _("The issuer suspended this badge. It does not count for now."))
    if is_set:
        return _status("warning", _("The issuer has a note about this badge that cannot be read here."))
    if _is_stale(published, at):
        raise _Distrusted(_("the list is out of date. Ask the issuer to publish a new one."))
    return _status("passed", _("The issuer's list, fetched just now, does not name this badge as revoked."))


def _trusted_list(url: str, kind: Kind, issuer_id: str, source: Source, at: datetime) -> dict[str, Any]:
    secured = _secured_list(source.answer(url))
    published = secured.credential
    if secured.issuer_id != issuer_id:
        raise _Distrusted(_("the list was published by somebody else than the issuer."))
    if published.get("id", url) != url:
        raise _Distrusted(_("another list was found where this one should be."))
    if kind.credential not in as_list(published.get("type")):
        raise _Distrusted(_("what was found there is no list."))
    finding = find_key_of(secured, source, at)
    if secured.problem or finding.key is None or finding.belongs.outcome == "failed":
        raise _Distrusted(_("the list is not signed with a key of the issuer."))
    if not _is_as_signed(secured, finding.key):
        raise _Distrusted(_("the list was changed after it was signed."))
    if problem_of_dates(secured.proof or {}, at):
        raise _Distrusted(_("the list carries a signature that does not count today."))
    begins = [read_moment(published.get(name)) for name in BEGINNINGS]
    if any(begin is not None and begin > at + CLOCK_SKEW for begin in begins):
        raise _Distrusted(_("the list is dated in the future."))
    return published


def _secured_list(answer: dict[str, Any] | str) -> Secured:
    try:
        return read_secured(answer) if isinstance(answer, str) else secured_from_json(answer)
    except Unreadable:
        raise _Distrusted(_("what was found there cannot be read.")) from None


def _is_as_signed(secured: Secured, key: PublicKey) -> bool:
    """Tell whether the key signed all of a list, and no part of it is written so that it would be overlooked."""
    published = secured.credential
    if secured.contradictions() or unknown_contexts(published) or any(hidden_members(published)):
        return False
    try:
        return not unsigned_in(secured) and secured.is_signed_by(key)
    except NotLinkedData:
        return False


def _bits_in(published: dict[str, Any], kind: Kind, purpose: Any) -> bytes:
    subject = published.get("credentialSubject")
    if not isinstance(subject, dict) or kind.subject not in as_list(subject.get("type")):
        raise _Distrusted(_("what was found there is no list."))
    if not isinstance(purpose, str) or purpose not in as_list(subject.get("statusPurpose")):
        raise _Distrusted(_("the list is for another purpose."))
    encoded = subject.get("encodedList")
    try:
        return decode_bits("u" + encoded.removeprefix(kind.base) if _is_written(encoded, kind) else "")
    except InvalidStatusList:
        raise _Distrusted(_("the list is damaged.")) from None


def _is_written(encoded: Any, kind: Kind) -> TypeGuard[str]:
    return isinstance(encoded, str) and encoded.startswith(kind.base)


def _is_stale(published: dict[str, Any], at: datetime) -> bool:
    ends = [read_moment(published[name]) for name in ENDS if name in published]
    return any(end is None or end + CLOCK_SKEW < at for end in ends)


def _index_in(entry: dict[str, Any]) -> int | None:
    index = entry.get("statusListIndex")
    if isinstance(index, str) and index.isascii() and index.isdigit() and len(index) < 12:
        return int(index)
    return index if isinstance(index, int) and not isinstance(index, bool) and index >= 0 else None


def _in_old_list(entry: dict[str, Any], credential_id: Any, source: Source) -> Check:
    url = entry.get("id")
    document = source.document(url if isinstance(url, str) else "")
    for revoked in as_list(document.get("revokedCredential")):
        if revoked == credential_id or (isinstance(revoked, dict) and _revokes(revoked, credential_id)):
            return _status("failed", str(REVOKED))
    return _status(
        "warning", _("The issuer's list does not name this badge; it is of an old kind, unsigned.")
    )


def _revokes(entry: dict[str, Any], credential_id: Any) -> bool:
    return entry.get("id") == credential_id and entry.get("revoked") is not False


def _status(outcome: Outcome, explanation: str) -> Check:
    return Check("status", outcome, explanation)
