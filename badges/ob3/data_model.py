"""The shape that a badge must have, as far as others rely on it.

Two kinds of findings: what makes a badge worthless or ambiguous, and what the published schema wants otherwise while
everybody understands it, such as one object instead of an array of one.
"""

import re
from collections.abc import Iterator
from typing import Any

from badges.ob3.contexts.loader import CREDENTIALS_V1, ENVELOPES
from badges.ob3.guard import unsigned_names
from badges.ob3.members import as_list, members
from badges.ob3.moments import read_moment

BADGE_TYPES = {"OpenBadgeCredential", "AchievementCredential"}
ENDORSEMENT_TYPE = "EndorsementCredential"
LEARNER_RECORD_TYPE = "ClrCredential"
ENDORSED = re.compile(r"(?:^|\.)endorsement(?:\[\d+\])?\.credentialSubject$")
ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")
ARRAYS = ("type", "proof", "credentialSchema")


def shape_problems(credential: dict[str, Any]) -> list[str]:
    """Return the paths of what is missing, of the wrong kind, or written so that it is overlooked."""
    subject = credential.get("credentialSubject")
    about = _record_subject(subject) if is_learner_record(credential) else _subject(subject)
    envelope = _envelope(credential, BADGE_TYPES | {LEARNER_RECORD_TYPE})
    return list(dict.fromkeys([*envelope, *about, *hidden_members(credential)]))


def endorsement_problems(credential: dict[str, Any]) -> list[str]:
    """Return the paths of what keeps a credential from being an endorsement; as `shape_problems` of a badge."""
    envelope = _envelope(credential, {ENDORSEMENT_TYPE})
    about = _endorsed(credential.get("credentialSubject"))
    return list(dict.fromkeys([*envelope, *about, *hidden_members(credential)]))


def is_learner_record(credential: dict[str, Any]) -> bool:
    """Tell whether it is a Comprehensive Learner Record 2.0: one credential around others."""
    return LEARNER_RECORD_TYPE in as_list(credential.get("type"))


def hidden_members(credential: dict[str, Any]) -> Iterator[str]:
    """Give the paths of what is signed and yet overlooked by who reads by name, or the other way around.

    An object inside that has the id of the whole is the whole, to JSON-LD: a date of expiry could be moved there. An
    endorsement may be about the badge around it; then it may say no more about it than an endorsement does.
    """
    whole = credential.get("id")
    for path, name, value in members(credential):
        is_disguised = name == "id" and isinstance(value, str) and value.startswith("_:")
        if unsigned_names(name) or is_disguised:
            yield path
        is_whole = path and isinstance(value, dict) and "id" in value and value["id"] == whole
        if is_whole and not (ENDORSED.search(path) and _is_bare_endorsement(value)):
            yield f"{path}.id"


def _is_bare_endorsement(subject: dict[str, Any]) -> bool:
    is_nothing_else = all(kind == "EndorsementSubject" for kind in as_list(subject.get("type")))
    return subject.keys() <= {"id", "type", "endorsementComment"} and is_nothing_else


def schema_deviations(credential: dict[str, Any]) -> list[str]:
    """Return the paths of what the published JSON schema wants as an array, or as an object."""
    subject = credential.get("credentialSubject")
    achievement = subject.get("achievement") if isinstance(subject, dict) else None
    nodes = {"": credential, "credentialSubject.": subject, "credentialSubject.achievement.": achievement}
    return [
        f"{path}{name}"
        for path, node in nodes.items()
        if isinstance(node, dict)
        for name in (*ARRAYS, "image")
        if name in node and not isinstance(node[name], dict if name == "image" else list)
    ]


def _envelope(credential: dict[str, Any], kinds: set[str]) -> Iterator[str]:
    contexts = as_list(credential.get("@context"))
    begins = "issuanceDate" if contexts[:1] == [CREDENTIALS_V1] else "validFrom"
    if contexts[:1] not in [[envelope] for envelope in ENVELOPES]:
        yield "@context"
    types = as_list(credential.get("type"))
    if "VerifiableCredential" not in types or not any(
        kind in kinds for kind in types if isinstance(kind, str)
    ):
        yield "type"
    if not _is_address(credential.get("id")):
        yield "id"
    issuer = credential.get("issuer")
    if not _is_address(issuer.get("id") if isinstance(issuer, dict) else issuer):
        yield "issuer.id"
    if read_moment(credential.get(begins)) is None:
        yield begins
    for name in ("validUntil", "expirationDate", "validFrom", "issuanceDate"):
        if name in credential and read_moment(credential[name]) is None:
            yield name
    if "credentialStatus" in credential and not isinstance(credential["credentialStatus"], dict):
        yield "credentialStatus"


def _subject(subject: Any) -> Iterator[str]:
    if not isinstance(subject, dict):
        yield "credentialSubject"
        return
    if not _is_address(subject.get("id")) and not as_list(subject.get("identifier")):
        yield "credentialSubject.id"
    if "AchievementSubject" not in as_list(subject.get("type")):
        yield "credentialSubject.type"
    achievement = subject.get("achievement")
    if not isinstance(achievement, dict):
        yield "credentialSubject.achievement"
        return
    if not _is_address(achievement.get("id")):
        yield "credentialSubject.achievement.id"
    if "Achievement" not in as_list(achievement.get("type")):
        yield "credentialSubject.achievement.type"
    for name in ("name", "description"):
        if not _is_text(achievement.get(name)):
            yield f"credentialSubject.achievement.{name}"
    if not isinstance(achievement.get("criteria"), dict):
        yield "credentialSubject.achievement.criteria"


def _endorsed(subject: Any) -> Iterator[str]:
    if not isinstance(subject, dict) or not _is_address(subject.get("id")):
        yield "credentialSubject.id"
    elif "EndorsementSubject" not in as_list(subject.get("type")):
        yield "credentialSubject.type"


def _record_subject(subject: Any) -> Iterator[str]:
    """Give what is wrong with the holder of a learner record. Source: CLR 2.0, ClrSubject."""
    if not isinstance(subject, dict):
        yield "credentialSubject"
        return
    if not _is_address(subject.get("id")) and not as_list(subject.get("identifier")):
        yield "credentialSubject.id"
    if "ClrSubject" not in as_list(subject.get("type")):
        yield "credentialSubject.type"
    held = subject.get("verifiableCredential")
    if not isinstance(held, list) or not held or not all(isinstance(each, dict) for each in held):
        yield "credentialSubject.verifiableCredential"


def _is_address(value: Any) -> bool:
    return isinstance(value, str) and ADDRESS.fullmatch(value) is not None


def _is_text(value: Any) -> bool:
    """Tell whether it is text, or text in a named language."""
    return isinstance(value, str) or (isinstance(value, dict) and isinstance(value.get("@value"), str))
