"""Whom a badge names, compared with whoever presents it."""

from typing import Any

from django.utils.translation import gettext as _

from badges.ob3.credentials import identity_object
from badges.ob3.members import as_list
from badges.ob3.reports import Check


def check_recipient(credential: dict[str, Any], email: str) -> Check:
    """Return whether a badge was awarded to an e-mail address; skipped without one, or when it names none."""
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
