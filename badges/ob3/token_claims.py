"""What a token says beside its credential, and whether the two agree: one reader goes by these, another by those.

Two forms: since Open Badges 3.0 on Data Model 2.0 the payload is the credential; before, it stood in a claim `vc`, and
what the other claims say could be left out of it. Source: Open Badges 3.0, section 8.2.4 Verify a Credential; W3C
Verifiable Credentials Data Model 1.1, section 6.3.1 JSON Web Token.
"""

from datetime import UTC, datetime
from typing import Any

from badges.ob3.contexts.loader import CREDENTIALS_V1
from badges.ob3.members import as_list
from badges.ob3.moments import read_moment, write_moment

CLAIMS = ("iss", "jti", "sub", "nbf", "exp")
"""What the token repeats of the credential. `iat`, which some add, is no member of a credential either."""

MEMBERS = {
    "@context", "type", "issuer", "credentialSubject", "credentialStatus",
    "validFrom", "validUntil", "issuanceDate", "expirationDate", "proof",
}  # fmt: skip
"""Beside a `vc` claim these would be a second credential."""

LATEST = 253_402_300_799
"""The last second of the year 9999; beyond it there is no date."""


def credential_in(payload: dict[str, Any]) -> dict[str, Any]:
    """Return the credential that a payload holds; what stands only in the claims is taken from there."""
    inner = payload.get("vc")
    if "vc" not in payload:
        return {name: value for name, value in payload.items() if name not in (*CLAIMS, "iat")}
    return _completed(inner, payload) if isinstance(inner, dict) else {}


def contradictions(payload: dict[str, Any]) -> list[str]:
    """Return where the claims of a token say something else than the credential in it."""
    inner = payload.get("vc", payload)
    if not isinstance(inner, dict):
        return ["its vc claim is no credential"]
    expected = expected_claims(_completed(inner, payload) if "vc" in payload else inner)
    disagreeing = [
        f"{name} does not agree with the credential"
        for name in CLAIMS
        if name in payload and not _same(payload[name], expected[name])
    ]
    beside = sorted(MEMBERS & payload.keys()) if "vc" in payload else []
    return disagreeing + [f"{name} stands beside its vc claim" for name in beside]


def missing_claims(payload: dict[str, Any]) -> list[str]:
    """Return the claims that the standard wants and the token leaves out, of those that the credential answers."""
    expected = expected_claims(credential_in(payload))
    wanted = ("iss", "jti", "nbf") if expected["sub"] is None else ("iss", "jti", "nbf", "sub")
    return [name for name in wanted if name not in payload]


def expected_claims(credential: dict[str, Any]) -> dict[str, Any]:
    """Return the value that each claim must have; None where the credential does not say."""
    issuer, subject = credential.get("issuer"), credential.get("credentialSubject")
    begin, end = _dates(credential)
    begins, ends = read_moment(credential.get(begin)), read_moment(credential.get(end))
    return {
        "iss": issuer.get("id") if isinstance(issuer, dict) else issuer,
        "jti": credential.get("id"),
        "sub": subject.get("id") if isinstance(subject, dict) else None,
        "nbf": int(begins.timestamp()) if begins else None,
        "exp": int(ends.timestamp()) if ends else None,
    }


def _completed(inner: dict[str, Any], payload: dict[str, Any]) -> dict[str, Any]:
    """Return the credential in a `vc` claim with what it leaves to the other claims. It keeps what it says itself."""
    begin, end = _dates(inner)
    found = {begin: _moment(payload.get("nbf")), end: _moment(payload.get("exp")), "id": payload.get("jti")}
    completed = {**{name: value for name, value in found.items() if value is not None}, **inner}
    for name, claim in (("issuer", "iss"), ("credentialSubject", "sub")):
        value = inner.get(name, {})
        if isinstance(value, dict) and "id" not in value and isinstance(payload.get(claim), str):
            completed[name] = {"id": payload[claim], **value}
    return completed


def _dates(credential: dict[str, Any]) -> tuple[str, str]:
    is_older = as_list(credential.get("@context"))[:1] == [CREDENTIALS_V1]
    return ("issuanceDate", "expirationDate") if is_older else ("validFrom", "validUntil")


def _moment(claim: Any) -> str | None:
    """Return a claim that counts seconds as a moment; None when it counts none."""
    if isinstance(claim, bool) or not isinstance(claim, int | float) or not 0 <= claim <= LATEST:
        return None
    return write_moment(datetime.fromtimestamp(claim, UTC))


def _same(claim: Any, expected: Any) -> bool:
    if isinstance(expected, int):  # a moment may be written with a fraction of a second
        return isinstance(claim, int | float) and not isinstance(claim, bool) and int(claim) == expected
    return expected is not None and bool(claim == expected)
