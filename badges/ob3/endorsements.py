"""Endorsements inside a badge: credentials of others about it, its achievement or its issuer.

Each is verified by itself, as the signature of the badge only says that its issuer put it there. A bad one takes
nothing from the badge. Source: Open Badges 3.0, sections B.1.9 EndorsementCredential and B.1.10 EndorsementSubject.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from badges.ob3.data_model import endorsement_problems
from badges.ob3.examining import examine
from badges.ob3.fetching import Source
from badges.ob3.members import as_list
from badges.ob3.reports import Check, Outcome
from badges.ob3.secured import Secured, Unreadable, read_secured, secured_from_json

MOST = 5
"""Endorsements that are looked at; each asks others for keys."""

LONGEST_WORDS = 300
"""Characters of what somebody says."""


@dataclass(frozen=True)
class Endorsement:
    """One endorsement as it stands in a badge.

    Attributes:
        given: An object with a proof, or a compact token.
        about: What the place where it stands belongs to, for a person.
        subject_id: Id of that.
    """

    given: Any
    about: str
    subject_id: Any


def check_endorsements(
    credential: dict[str, Any], *, is_badge_genuine: bool, source: Source, at: datetime
) -> tuple[Check, ...]:
    """Return one check for each endorsement in a badge; beyond `MOST` they are named and not looked at.

    Args:
        credential: The badge.
        is_badge_genuine: Otherwise anybody may have put them there, and nobody is asked.
        source: To ask for keys and lists.
        at: The moment to judge by.
    """
    found = list(_endorsements(credential))
    if not is_badge_genuine:
        skipped = _check("skipped", _("Not looked at, as the badge around it is not genuine."))
        return (skipped,) * min(len(found), MOST)
    checked = [_check_one(endorsement, source, at) for endorsement in found[:MOST]]
    if len(found) > MOST:
        sentence = _("There are more than %(most)d endorsements; the others were not looked at.")
        checked.append(_check("skipped", sentence % {"most": MOST}))
    return tuple(checked)


def _endorsements(credential: dict[str, Any]) -> Iterator[Endorsement]:
    achievement = _object(_object(credential.get("credentialSubject")).get("achievement"))
    places = (
        (credential, _("this badge")),
        (achievement, _("its achievement")),
        (_object(credential.get("issuer")), _("its issuer")),
        (_object(achievement.get("creator")), _("whoever made its achievement")),
    )
    for node, about in places:
        for given in (*as_list(node.get("endorsement")), *as_list(node.get("endorsementJwt"))):
            yield Endorsement(given, about, node.get("id"))


def _check_one(endorsement: Endorsement, source: Source, at: datetime) -> Check:
    try:
        secured = _read(endorsement.given)
    except Unreadable:
        return _check(
            "failed",
            _("There is an endorsement of %(about)s that cannot be read.") % {"about": endorsement.about},
        )
    checks = examine(secured, check_shape=check_endorsement_shape, source=source, at=at)
    who = _who(secured)
    failed = {check.name for check in checks if check.outcome == "failed"}
    if failed:
        sentence = _("The endorsement of %(about)s by %(who)s does not count: %(reason)s.")
        reason = next(reason for name, reason in _reasons().items() if name in failed)
        return _check("failed", sentence % {"about": endorsement.about, "who": who, "reason": reason})
    return _said(endorsement, secured, who, checks)


def _said(endorsement: Endorsement, secured: Secured, who: str, checks: tuple[Check, ...]) -> Check:
    subject = _object(secured.credential.get("credentialSubject"))
    if subject.get("id") != endorsement.subject_id:
        sentence = _("%(who)s endorses something else than %(about)s, where the endorsement stands.")
        return _check("warning", sentence % {"who": who, "about": endorsement.about})
    words = subject.get("endorsementComment")
    sentence = _("%(who)s endorses %(about)s: “%(words)s”") if words else _("%(who)s endorses %(about)s.")
    said = sentence % {"who": who, "about": endorsement.about, "words": str(words)[:LONGEST_WORDS]}
    doubt = next((check.explanation for check in checks if check.outcome == "warning"), "")
    return _check("warning", f"{said} {doubt}") if doubt else _check("passed", said)


def check_endorsement_shape(credential: dict[str, Any]) -> Check:
    """Return whether a credential is built like an endorsement."""
    is_well = not endorsement_problems(credential)
    return Check("data_model", "passed" if is_well else "failed", "")


def _reasons() -> dict[str, str]:
    """Return half a sentence for each check that may have failed; the first of them is said."""
    return {
        "contexts": _("it uses words that are not known here"),
        "data_model": _("it is not built like an endorsement"),
        "issuer": _("who endorses could not be looked up"),
        "signature": _("its signature does not fit, or cannot be checked"),
        "key": _("it was not signed with a key of theirs"),
        "unchanged": _("parts of it are not under its signature"),
        "validity": _("it is not valid today"),
        "status": _("it was withdrawn, or whether it was cannot be known"),
    }


def _read(given: Any) -> Secured:
    if isinstance(given, dict):
        return secured_from_json(given)
    return read_secured(given if isinstance(given, str) else "")


def _who(secured: Secured) -> str:
    """Return who endorses, by their own word and by the name that was looked up."""
    name = _object(secured.credential.get("issuer")).get("name")
    identity = secured.issuer_id[:LONGEST_WORDS] or _("somebody without a name")
    return f"{name[:LONGEST_WORDS]} ({identity})" if isinstance(name, str) and name else identity


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _check(outcome: Outcome, explanation: str) -> Check:
    return Check("endorsement", outcome, explanation)
