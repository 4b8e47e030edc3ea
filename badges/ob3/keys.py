"""Keys: what signs a credential, and the three ways in which a public key is written in the world."""

import base64
import binascii
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

import base58
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

LONGEST_MULTIBASE = 200
"""Characters. Decoding base 58 takes time with the square of the length, and a key has under 60."""


class Algorithm(StrEnum):
    """What we sign with: Ed25519 for embedded proofs, P-256 for JSON Web Tokens."""

    ED25519 = "Ed25519"
    P256 = "P-256"


MULTICODECS = {Algorithm.ED25519: bytes([0xED, 0x01]), Algorithm.P256: bytes([0x80, 0x24])}
"""The prefix that says in a multikey which algorithm follows. Source: W3C Controlled Identifiers 1.0, Multikey."""

RAW_LENGTHS = {Algorithm.ED25519: 32, Algorithm.P256: 33}
"""Bytes; a P-256 key is its compressed point."""


class InvalidKey(ValueError):
    """What was given is no public key that can be used here."""


class Signer(Protocol):
    """Whoever holds a private key; `LocalSigner` here, a key service elsewhere.

    Attributes:
        key_id: A full URL or DID URL, as a proof's `verificationMethod` or a token's `kid` names it.
        algorithm: Which signature `sign` makes.
    """

    @property
    def key_id(self) -> str:
        """Return the name of the key."""

    @property
    def algorithm(self) -> Algorithm:
        """Return what it signs with."""

    def sign(self, data: bytes) -> bytes:
        """Return 64 bytes: for Ed25519 its signature, for P-256 r and s over the SHA-256 of the data."""


@dataclass(frozen=True)
class PublicKey:
    """One public key.

    Attributes:
        algorithm: What it verifies.
        raw: 32 bytes; for P-256 the 33 bytes of the compressed point.
    """

    algorithm: Algorithm
    raw: bytes

    def __post_init__(self) -> None:
        """Refuse what is no key: a wrong length, or a point beside the curve."""
        if len(self.raw) != RAW_LENGTHS[self.algorithm]:
            raise InvalidKey(
                f"{self.algorithm} needs {RAW_LENGTHS[self.algorithm]} bytes, not {len(self.raw)}"
            )
        if self.algorithm is Algorithm.P256:
            self._point()

    @property
    def multibase(self) -> str:
        """Return the key as a multikey, such as ``z6Mk…`` or ``zDn…``."""
        return "z" + base58.b58encode(MULTICODECS[self.algorithm] + self.raw).decode()

    def jwk(self, kid: str) -> dict[str, Any]:
        """Return the key as a JSON Web Key that carries the given name."""
        if self.algorithm is Algorithm.ED25519:
            return {
                "kty": "OKP",
                "crv": "Ed25519",
                "x": encode_base64url(self.raw),
                "kid": kid,
                "alg": "EdDSA",
            }
        numbers = self._point().public_numbers()
        x, y = (encode_base64url(number.to_bytes(32, "big")) for number in (numbers.x, numbers.y))
        return {"kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": kid, "alg": "ES256", "use": "sig"}

    def verify(self, data: bytes, signature: bytes) -> bool:
        """Tell whether the signature is this key's, over exactly this data."""
        if len(signature) != 64:
            return False
        try:
            if self.algorithm is Algorithm.ED25519:
                Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, data)
            else:
                r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
                self._point().verify(utils.encode_dss_signature(r, s), data, ec.ECDSA(hashes.SHA256()))
        except (InvalidSignature, ValueError):
            return False
        return True

    @classmethod
    def from_multibase(cls, text: str) -> "PublicKey":
        """Return the key that a multikey writes.

        Raises:
            InvalidKey: It is none, or of another algorithm.
        """
        data = decode_base58(text)
        for algorithm, prefix in MULTICODECS.items():
            if data.startswith(prefix):
                return cls(algorithm, data[len(prefix) :])
        raise InvalidKey("A multikey of another algorithm than Ed25519 or P-256")

    @classmethod
    def from_jwk(cls, jwk: dict[str, Any]) -> "PublicKey":
        """Return the key that a JSON Web Key holds; whatever is private in it is not looked at.

        Raises:
            InvalidKey: It is none, or of another algorithm.
        """
        kind = (jwk.get("kty"), jwk.get("crv"))
        if kind == ("OKP", "Ed25519"):
            return cls(Algorithm.ED25519, _coordinate(jwk, "x"))
        if kind == ("EC", "P-256"):
            point = b"\x04" + _coordinate(jwk, "x") + _coordinate(jwk, "y")
            try:
                key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
            except ValueError as error:
                raise InvalidKey("A JSON Web Key whose point is not on its curve") from error
            return cls(Algorithm.P256, _compressed(key))
        raise InvalidKey("A JSON Web Key of another algorithm than Ed25519 or P-256")

    def _point(self) -> ec.EllipticCurvePublicKey:
        try:
            return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), self.raw)
        except ValueError as error:
            raise InvalidKey("A P-256 key whose point is not on its curve") from error


@dataclass(frozen=True, repr=False)
class LocalSigner:
    """Signs with a private key in memory; its representation does not show it.

    Attributes:
        key_id: Full URL or DID URL of the key.
        algorithm: What it signs with.
        private: The raw 32 bytes.
    """

    key_id: str
    algorithm: Algorithm
    private: bytes

    def __repr__(self) -> str:
        return f"LocalSigner({self.key_id!r}, {self.algorithm!r})"

    def sign(self, data: bytes) -> bytes:
        """Return the signature, 64 bytes."""
        if self.algorithm is Algorithm.ED25519:
            return Ed25519PrivateKey.from_private_bytes(self.private).sign(data)
        signature = _p256_private(self.private).sign(data, ec.ECDSA(hashes.SHA256()))
        r, s = utils.decode_dss_signature(signature)
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def generate_private_key(algorithm: Algorithm) -> bytes:
    """Return a new private key, raw 32 bytes."""
    if algorithm is Algorithm.ED25519:
        return Ed25519PrivateKey.generate().private_bytes_raw()
    return ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value.to_bytes(32, "big")


def public_key_of(private: bytes, algorithm: Algorithm) -> PublicKey:
    """Return the public half of a raw private key."""
    if algorithm is Algorithm.ED25519:
        return PublicKey(
            algorithm, Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()
        )
    return PublicKey(algorithm, _compressed(_p256_private(private).public_key()))


def encode_base64url(data: bytes) -> str:
    """Return base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode_base64url(text: str) -> bytes:
    """Return what base64url without padding writes; two spellings of the same bytes are not both accepted.

    Raises:
        ValueError: Another alphabet, padding, or bits beyond the last byte.
    """
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("Not base64url") from error
    if encode_base64url(data) != text:
        raise ValueError("Not base64url in its one spelling")
    return data


def decode_base58(text: str) -> bytes:
    """Return the bytes of a multibase text that begins with ``z``.

    Raises:
        InvalidKey: Another base, a foreign character, or longer than any key or signature.
    """
    if not text.startswith("z") or len(text) > LONGEST_MULTIBASE:
        raise InvalidKey("Not a multibase text that begins with z")
    try:
        return base58.b58decode(text[1:])
    except ValueError as error:
        raise InvalidKey("Not base 58") from error


def _coordinate(jwk: dict[str, Any], name: str) -> bytes:
    value = jwk.get(name)
    try:
        data = decode_base64url(value) if isinstance(value, str) else b""
    except ValueError as error:
        raise InvalidKey(f"A JSON Web Key whose {name} is not base64url") from error
    if len(data) != 32:
        raise InvalidKey(f"A JSON Web Key whose {name} is not 32 bytes")
    return data


def _compressed(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)


def _p256_private(private: bytes) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(private, "big"), ec.SECP256R1())
