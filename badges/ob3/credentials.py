"""An award as the JSON that is signed: facts in, an `OpenBadgeCredential` of Open Badges 3.0 out.

The published JSON schema is stricter than the text of the standard, and so is this module: `type`, `proof` and
`credentialSchema` are arrays even for one value, `credentialStatus` is an object, `image` is an object.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from badges.ob3.contexts.loader import CREDENTIALS_V2, OPEN_BADGES, OPEN_BADGES_EXTENSIONS
from badges.ob3.moments import write_moment

# The third is not optional, whatever the standard says: without it the type of the schema and of the refresh service
# is a relative name, which strict verifiers refuse.
CONTEXTS = [CREDENTIALS_V2, OPEN_BADGES, OPEN_BADGES_EXTENSIONS]

SCHEMA = {
    "id": "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json",
    "type": "1EdTechJsonSchemaValidator2019",
}


@dataclass(frozen=True)
class Issuer:
    """Who awards.

    Attributes:
        id: Its DID; the keys that may sign for it are in the document of that DID.
        image: URL of its logo.
    """

    id: str
    name: str
    url: str = ""
    email: str = ""
    description: str = ""
    image: str = ""


@dataclass(frozen=True)
class Alignment:
    """A skill or standard elsewhere that an achievement corresponds to.

    Attributes:
        target_type: One of the standard's words, such as ``ceasn:Competency``.
    """

    target_name: str
    target_url: str
    target_framework: str = ""
    target_code: str = ""
    target_description: str = ""
    target_type: str = ""


@dataclass(frozen=True)
class Achievement:
    """What is awarded.

    Attributes:
        id: Its stable URL.
        criteria: What somebody must have done, in Markdown.
        achievement_type: One of the standard's words.
        image: URL of its picture.
        image_caption: What the picture shows, for who cannot see it.
        language: Language of its texts, such as ``en``.
        version: Which edition of the definition this is.
    """

    id: str
    name: str
    description: str
    criteria: str
    achievement_type: str = "Certification"
    image: str = ""
    image_caption: str = ""
    tags: tuple[str, ...] = ()
    language: str = ""
    version: str = ""
    alignments: tuple[Alignment, ...] = ()


@dataclass(frozen=True)
class Evidence:
    """What shows that it was earned.

    Attributes:
        narrative: What was done, in Markdown.
        url: Where it can be seen.
        genre: What kind of thing it is.
    """

    name: str = ""
    description: str = ""
    narrative: str = ""
    url: str = ""
    genre: str = ""


def identity_object(email: str, salt: str) -> dict[str, Any]:
    """Return a holder's address as a salted fingerprint, so that the badge does not publish it.

    The standard is silent about capitals; the address is hashed in lower case, and so must be what it is compared with.
    """
    return {
        "type": "IdentityObject",
        "hashed": True,
        "identityHash": identity_hash(email.strip().lower(), salt),
        "identityType": "emailAddress",
        "salt": salt,
    }


def identity_hash(identity: str, salt: str) -> str:
    """Return the fingerprint of an identity as it stands. Source: Open Badges 3.0, section B.7.2 IdentityObject."""
    return "sha256$" + hashlib.sha256((identity + salt).encode()).hexdigest()


def achievement_credential(  # noqa: PLR0913 - each is a member of the credential
    *,
    id: str,  # noqa: A002 - what the standard calls it
    issuer: Issuer,
    achievement: Achievement,
    subject_id: str,
    identifiers: Sequence[dict[str, Any]],
    name: str,
    awarded_at: datetime,
    valid_from: datetime,
    valid_until: datetime | None = None,
    narrative: str = "",
    evidence: Sequence[Evidence] = (),
    status: dict[str, Any] | None,
    refresh_url: str = "",
) -> dict[str, Any]:
    """Return the unsigned credential.

    Args:
        id: Its URL; the same for every renewal of one award, so that the newest replaces the others.
        issuer: Who awards.
        achievement: What is awarded.
        subject_id: URN or DID of the holder, without which it cannot become a JSON Web Token.
        identifiers: What `identity_object` returns, for each address of the holder.
        name: Title of the credential.
        awarded_at: When it was earned; stays as it is when the credential is renewed.
        valid_from: When this edition begins.
        valid_until: When it ends; None for never.
        narrative: How this holder earned it, in Markdown.
        evidence: What shows it.
        status: What `status_entry` returns; None for a badge that cannot be revoked.
        refresh_url: Where the newest edition is to be had; holds a token that nobody can guess.
    """
    return {
        "@context": list(CONTEXTS),
        "id": id,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": name,
        "issuer": _issuer(issuer),
        "awardedDate": write_moment(awarded_at),
        "validFrom": write_moment(valid_from),
        **_present(validUntil=write_moment(valid_until) if valid_until else ""),
        "credentialSubject": {
            "id": subject_id,
            "type": ["AchievementSubject"],
            **_present(identifier=[dict(identifier) for identifier in identifiers], narrative=narrative),
            "achievement": _achievement(achievement),
        },
        **_present(evidence=[_evidence(item) for item in evidence]),
        "credentialSchema": [dict(SCHEMA)],
        **_present(credentialStatus=dict(status or {}), refreshService=_refresh_service(refresh_url)),
    }


def status_entry(list_url: str, index: int) -> dict[str, Any]:
    """Return where a status list says whether this credential was revoked. The index is a string in the standard."""
    return {
        "id": f"{list_url}#{index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": str(index),
        "statusListCredential": list_url,
    }


def _issuer(issuer: Issuer) -> dict[str, Any]:
    return {
        "id": issuer.id,
        "type": ["Profile"],
        "name": issuer.name,
        **_present(
            url=issuer.url,
            email=issuer.email,
            description=issuer.description,
            image=_image(issuer.image, ""),
        ),
    }


def _achievement(achievement: Achievement) -> dict[str, Any]:
    return {
        "id": achievement.id,
        "type": ["Achievement"],
        "achievementType": achievement.achievement_type,
        "name": achievement.name,
        "description": achievement.description,
        "criteria": {"narrative": achievement.criteria},
        **_present(
            image=_image(achievement.image, achievement.image_caption),
            tag=list(achievement.tags),
            inLanguage=achievement.language,
            version=achievement.version,
            alignment=[_alignment(alignment) for alignment in achievement.alignments],
        ),
    }


def _alignment(alignment: Alignment) -> dict[str, Any]:
    return {
        "type": ["Alignment"],
        "targetName": alignment.target_name,
        "targetUrl": alignment.target_url,
        **_present(
            targetFramework=alignment.target_framework,
            targetCode=alignment.target_code,
            targetDescription=alignment.target_description,
            targetType=alignment.target_type,
        ),
    }


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {
        **_present(id=evidence.url),
        "type": ["Evidence"],
        **_present(
            name=evidence.name,
            description=evidence.description,
            narrative=evidence.narrative,
            genre=evidence.genre,
        ),
    }


def _image(url: str, caption: str) -> dict[str, Any]:
    return {"id": url, "type": "Image", **_present(caption=caption)} if url else {}


def _refresh_service(url: str) -> dict[str, Any]:
    return {"id": url, "type": "1EdTechCredentialRefresh"} if url else {}


def _present(**members: Any) -> dict[str, Any]:
    """Return the members that say something: an empty one would be in the file and not under the signature."""
    return {name: value for name, value in members.items() if value}
