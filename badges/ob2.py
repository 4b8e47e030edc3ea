"""The older form, Open Badges 2.0, for backpacks that know no other: three hosted documents, nothing signed.

What counts is the credential of Open Badges 3.0, and each document leads to it. A verifier of 2.0 believes what stands
at an address now, so an answer is never older than the question.

Source: Open Badges 2.0, sections 4 and 5; how the two forms name each other: Open Badges 3.0 Implementation Guide.
"""

from datetime import datetime
from typing import Any

from badges.ob3.credentials import Achievement, Alignment, Issuer, identity_object
from badges.ob3.moments import write_moment

CONTEXT = "https://w3id.org/openbadges/v2"
NEWER_FORM = "Open Badges v3p0"
VOCABULARY = "https://purl.imsglobal.org/spec/vc/ob/vocab.html#"
"""Written out, since the context of 2.0 does not know the words of 3.0."""


def assertion(  # noqa: PLR0913 - each is a member of the document
    *,
    id: str,  # noqa: A002 - what the standard calls it
    badge: str,
    email: str,
    salt: str,
    issued_on: datetime,
    expires: datetime | None,
    image: str,
    narrative: str,
    credential: str,
) -> dict[str, Any]:
    """Return that somebody holds a badge.

    Args:
        id: Where this document stands.
        badge: Where the `BadgeClass` stands.
        email: Of the holder; only its fingerprint goes in.
        salt: Goes into the fingerprint.
        issued_on: When it was earned.
        expires: When it ends; None for never.
        image: Where the picture with this document inside stands.
        narrative: How this holder earned it, in Markdown.
        credential: Id of the same thing in Open Badges 3.0.
    """
    fingerprint = identity_object(email, salt)["identityHash"]
    return {
        "@context": CONTEXT,
        "type": "Assertion",
        "id": id,
        "recipient": {"type": "email", "hashed": True, "salt": salt, "identity": fingerprint},
        "badge": badge,
        "verification": {"type": "HostedBadge"},
        "issuedOn": write_moment(issued_on),
        **({"expires": write_moment(expires)} if expires else {}),
        "image": image,
        **({"narrative": narrative} if narrative else {}),
        "related": _newer("OpenBadgeCredential", credential),
    }


def revoked_assertion(*, id: str, reason: str) -> dict[str, Any]:  # noqa: A002 - what the standard calls it
    """Return what stands in the place of an assertion that was revoked; it goes out with status 410."""
    return {
        "@context": CONTEXT,
        "type": "Assertion",
        "id": id,
        "revoked": True,
        **({"revocationReason": reason} if reason else {}),
    }


def badge_class(*, id: str, issuer: str, achievement: Achievement) -> dict[str, Any]:  # noqa: A002
    """Return what a badge stands for.

    Args:
        id: Where this document stands.
        issuer: Where the document of the issuer stands.
        achievement: The same in Open Badges 3.0.
    """
    alignment = [_alignment(each) for each in achievement.alignments]
    return {
        "@context": CONTEXT,
        "type": "BadgeClass",
        "id": id,
        "name": achievement.name,
        "description": achievement.description,
        "image": achievement.image,
        "criteria": {"narrative": achievement.criteria},
        "issuer": issuer,
        **({"tags": list(achievement.tags)} if achievement.tags else {}),
        **({"alignment": alignment} if alignment else {}),
        **({"@language": achievement.language} if achievement.language else {}),
        **({"version": achievement.version} if achievement.version else {}),
        "related": _newer("Achievement", achievement.id),
    }


def issuer_profile(*, id: str, url: str, issuer: Issuer) -> dict[str, Any]:  # noqa: A002
    """Return who awards.

    Args:
        id: Where this document stands; 2.0 knows no DIDs.
        url: A page of theirs, which 2.0 demands.
        issuer: The same in Open Badges 3.0.
    """
    texts = {"email": issuer.email, "description": issuer.description}
    return {
        "@context": CONTEXT,
        "type": "Issuer",
        "id": id,
        "name": issuer.name,
        "url": issuer.url or url,
        **{name: text for name, text in texts.items() if text},
        "related": _newer("Profile", issuer.id),
    }


def _alignment(alignment: Alignment) -> dict[str, str]:
    members = {
        "targetName": alignment.target_name,
        "targetUrl": alignment.target_url,
        "targetFramework": alignment.target_framework,
        "targetCode": alignment.target_code,
        "targetDescription": alignment.target_description,
    }
    return {name: text for name, text in members.items() if text}


def _newer(kind: str, address: str) -> list[dict[str, Any]]:
    return [{"type": [f"{VOCABULARY}{kind}"], "id": address, "version": NEWER_FORM}]
