"""Looking at a badge with the eyes of a stranger."""

import json
from datetime import timedelta
from typing import Any

from badges.ob3.data_integrity import sign_credential
from badges.ob3.keys import encode_base64url
from badges.ob3.verifying import CHECKS, Report, verify
from tests.badges.ob3.conftest import (
    DID,
    ED25519,
    KID,
    NOON,
    P256,
    Web,
    badge,
)

ALL_WELL = dict.fromkeys(CHECKS, "passed") | {"recipient": "skipped"}


def look(web: Web, credential: dict[str, Any] | str, **options: Any) -> Report:
    text = credential if isinstance(credential, str) else json.dumps(credential)
    return verify(text, **{"fetch": web.fetch, "at": NOON + timedelta(hours=2), **options})


def outcomes(report: Report) -> dict[str, str]:
    return {check.name: check.outcome for check in report.checks}


def signed_badge(**changes: Any) -> dict[str, Any]:
    return sign_credential(badge(**changes), signer=ED25519, created=NOON)


def sign_token(**changes: Any) -> str:
    """Return a token whose signature is right, around our guard: what a careless or hostile issuer might sign."""
    payload = {**badge(), "iss": DID, "jti": badge()["id"], "sub": badge()["credentialSubject"]["id"]}
    payload |= {"nbf": 1772366400, "exp": 1803902400, **changes}
    header = {"alg": "ES256", "kid": KID, "typ": "JWT"}
    text = ".".join(encode_base64url(json.dumps(part).encode()) for part in (header, payload))
    return f"{text}.{encode_base64url(P256.sign(text.encode()))}"


def at_path(credential: dict[str, Any], path: str) -> tuple[Any, str | int]:
    """Return the object or list that holds a value, and where in it."""
    steps: list[str | int] = []
    for part in path.replace("]", "").split("."):
        name, *indexes = part.split("[")
        steps += [name, *map(int, indexes)]
    holder: Any = credential
    for step in steps[:-1]:
        holder = holder[step]
    return holder, steps[-1]
