"""Issuers and their keys, achievements, rules, nominations, awards and what was signed."""

from badges.models.achievements import Achievement, AchievementPicture, AchievementVersion
from badges.models.awards import (
    Award,
    AwardEvent,
    SignedCredential,
    SigningProblem,
    StatusList,
    new_salt,
    new_token,
)
from badges.models.criteria import Attestation, CriteriaRule
from badges.models.evidence import Evidence, Nomination, Review
from badges.models.holders import HolderLetter, PersonalAddress, WorkAddress
from badges.models.issuers import Issuer, IssuerKey, printable

__all__ = [
    "Achievement",
    "AchievementPicture",
    "AchievementVersion",
    "Attestation",
    "Award",
    "AwardEvent",
    "CriteriaRule",
    "Evidence",
    "HolderLetter",
    "Issuer",
    "IssuerKey",
    "Nomination",
    "PersonalAddress",
    "Review",
    "SignedCredential",
    "SigningProblem",
    "StatusList",
    "WorkAddress",
    "new_salt",
    "new_token",
    "printable",
]
