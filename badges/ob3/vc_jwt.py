"""The same credential as a signed JSON Web Token: the whole of it is the payload, and ES256 signs it.

Written here because a `Signer` may be a key service, which no JOSE library signs with; the tests read the result with
one. What others sign with RS256 or Ed25519 is read as well.
Source: Open Badges 3.0, section 8.2 JSON Web Token Proof Format; RFC 7515, RFC 7518.
"""

import json
from dataclasses import dataclass
from typing import Any

from badges.ob3.guard import check_before_signing
from badges.ob3.json_text import LONGEST, UnreadableJson, read_json_object
from badges.ob3.keys import (
    Algorithm,
    InvalidKey,
    PublicKey,
    Signer,
    decode_base64url,
    encode_base64url,
)
from badges.ob3.token_claims import contradictions, credential_in, expected_claims

ALGORITHMS = {
    "ES256": Algorithm.P256,
    "EdDSA": Algorithm.ED25519,
    "Ed25519": Algorithm.ED25519,
    "RS256": Algorithm.RSA,
}
"""What is accepted in a header, and the key that must go with it. The key decides: a header never chooses alone."""

TYPES = {"jwt", "vc+jwt", "vc+ld+jwt"}
"""Of tokens that are credentials. Another type is a token for something else, such as signing in, of the same key."""

PRIVATE = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}
"""Members of a JSON Web Key that nobody but its owner may know."""


class InvalidJwt(ValueError):
    """What was given is no token that can be used; the message says why, for whoever made it."""


@dataclass(frozen=True)
class Token:
    """A token in its parts, nothing of it verified.

    Attributes:
        header: Its `alg` is one of `ALGORITHMS`.
        payload: The credential together with the claims.
        signed: The bytes that the signature is over.
        signature: Of any length.
    """

    header: dict[str, Any]
    payload: dict[str, Any]
    signed: bytes
    signature: bytes

    @property
    def credential(self) -> dict[str, Any]:
        """Return the credential in the payload."""
        return credential_in(self.payload)

    @property
    def key(self) -> PublicKey | None:
        """Return the key that its header carries; None when it carries none.

        Raises:
            InvalidKey: It cannot be used, or is a private one.
        """
        jwk = self.header.get("jwk")
        if jwk is None:
            return None
        if not isinstance(jwk, dict) or PRIVATE & jwk.keys():
            raise InvalidKey(
                "The key in its header is none, or a private one that everybody can sign with now"
            )
        return PublicKey.from_jwk(jwk)

    def is_signed_by(self, key: PublicKey) -> bool:
        """Tell whether the signature is this key's; a key of another algorithm than the header's never fits."""
        return ALGORITHMS[self.header["alg"]] is key.algorithm and key.verify(self.signed, self.signature)


def sign_jwt(credential: dict[str, Any], *, signer: Signer, is_checked: bool = False) -> str:
    """Return the credential as a compact token. It may carry an embedded proof, which is then signed along.

    Args:
        credential: With or without a proof.
        signer: Holds a P-256 key of the issuer.
        is_checked: Whether it comes from `sign_credential` as it is. The guard has looked at it then, and looking costs
            a sixth of all the work of signing.

    Raises:
        UnsafeToSign: The guard found something.
        ValueError: The key is not P-256, or the holder has no `id`.
    """
    if signer.algorithm is not Algorithm.P256:
        raise ValueError(
            f"Verifiers of Open Badges take ES256, which signs with P-256, not with {signer.algorithm}"
        )
    if not is_checked:
        check_before_signing({name: value for name, value in credential.items() if name != "proof"})
    header = {"alg": "ES256", "kid": signer.key_id, "typ": "JWT"}
    signed = ".".join(_encode(part) for part in (header, {**credential, **_claims(credential)}))
    return f"{signed}.{encode_base64url(signer.sign(signed.encode()))}"


def read_jwt(text: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return header and credential of a token, nothing of it verified.

    Raises:
        InvalidJwt: It is no token, or of an algorithm that is not on the list.
    """
    token = read_token(text)
    return token.header, token.credential


def verify_jwt(text: str, *, key: PublicKey) -> dict[str, Any]:
    """Return the credential of a token that this key signed.

    Raises:
        InvalidJwt: It is no token, the signature is not this key's, or the claims say something else.
    """
    token = read_token(text)
    if not token.is_signed_by(key):
        raise InvalidJwt("the signature is not of this key")
    if problems := contradictions(token.payload):
        raise InvalidJwt("; ".join(problems))
    return token.credential


def looks_like_jwt(text: str) -> bool:
    """Tell whether a text is meant as a compact token rather than as JSON."""
    return text.lstrip().startswith("eyJ") and "{" not in text[:1000]


def read_token(text: str) -> Token:
    """Return the parts of a compact token.

    Raises:
        InvalidJwt: It is none, is encrypted, or its algorithm is not on the list.
    """
    parts = text.strip().split(".")
    if len(parts) != 3 or len(text) > 2 * LONGEST:
        raise InvalidJwt("it has not the three parts of a signed token")
    header, payload = _decode_object(parts[0]), _decode_object(parts[1])
    if header.get("alg") not in list(ALGORITHMS):
        raise InvalidJwt(
            f"its algorithm is {str(header.get('alg'))[:50]!r}, and {', '.join(ALGORITHMS)} are accepted"
        )
    if "crit" in header or header.get("b64", True) is not True:
        raise InvalidJwt("its header demands something that is not known here")
    kind = header.get("typ", "JWT")
    if not isinstance(kind, str) or kind.lower().removeprefix("application/") not in TYPES:
        raise InvalidJwt(f"it is a token for something else, of the type {str(kind)[:50]!r}")
    try:
        signature = decode_base64url(parts[2])
    except ValueError:
        raise InvalidJwt("its signature is not base64url") from None
    return Token(header, payload, f"{parts[0]}.{parts[1]}".encode(), signature)


def _claims(credential: dict[str, Any]) -> dict[str, Any]:
    claims = expected_claims(credential)
    if missing := [name for name in ("iss", "jti", "sub", "nbf") if claims.get(name) is None]:
        raise ValueError(f"The credential gives no value for {', '.join(missing)}")
    return {name: value for name, value in claims.items() if value is not None}


def _encode(value: dict[str, Any]) -> str:
    return encode_base64url(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def _decode_object(part: str) -> dict[str, Any]:
    try:
        return read_json_object(decode_base64url(part).decode())
    except UnreadableJson as error:
        raise InvalidJwt(f"a part of it cannot be read: {error}") from None
    except ValueError:
        raise InvalidJwt("a part of it is not base64url of text") from None
