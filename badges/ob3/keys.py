"""Keys: what signs a credential, and the three ways in which a public key is written in the world."""

import base64
import binascii
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

import base58
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

LONGEST_MULTIBASE = 200
"""Characters. Decoding base 58 takes time with the square of the length, and a key has under 60."""


class Algorithm(StrEnum):
    """What a key verifies; we ourselves sign with the first two (`OURS`)."""

    ED25519 = "Ed25519"
    P256 = "P-256"
    P384 = "P-384"
    RSA = "RSA"


OURS = (Algorithm.ED25519, Algorithm.P256)
"""What we sign with: Ed25519 for embedded proofs, P-256 for JSON Web Tokens. The rest is there to verify others."""

MULTICODECS = {
    Algorithm.ED25519: bytes([0xED, 0x01]),
    Algorithm.P256: bytes([0x80, 0x24]),
    Algorithm.P384: bytes([0x81, 0x24]),
}
"""The prefix that says in a multikey which algorithm follows. Source: W3C Controlled Identifiers 1.0, Multikey."""

RAW_LENGTHS = {Algorithm.ED25519: 32, Algorithm.P256: 33, Algorithm.P384: 49}
"""Bytes; a key on a curve of NIST is its compressed point."""

SIGNATURE_LENGTHS = {Algorithm.ED25519: 64, Algorithm.P256: 64, Algorithm.P384: 96}
"""Bytes; those of RSA are as long as the key."""

Hash = hashes.SHA256 | hashes.SHA384
CURVES: dict[Algorithm, tuple[ec.EllipticCurve, Hash]] = {
    Algorithm.P256: (ec.SECP256R1(), hashes.SHA256()),
    Algorithm.P384: (ec.SECP384R1(), hashes.SHA384()),
}

RSA_BITS = range(2048, 8192 + 1)
"""Shorter keys can be broken, longer ones cost whoever verifies. Source: RFC 7518, section 3.3: at least 2048 bits."""

LARGEST_RSA_EXPONENT = 2**32
"""Nearly every key has 65537; a long exponent makes verifying slow and nothing safer."""


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
        raw: 32 bytes for Ed25519; the compressed point for P-256 and P-384; `SubjectPublicKeyInfo` in DER for RSA.
    """

    algorithm: Algorithm
    raw: bytes

    def __post_init__(self) -> None:
        """Refuse what is no key: a wrong length, a point beside the curve, an RSA key that anybody can break."""
        if self.algorithm is Algorithm.RSA:
            _check_rsa(self._rsa())
        elif len(self.raw) != RAW_LENGTHS[self.algorithm]:
            raise InvalidKey(
                f"{self.algorithm} needs {RAW_LENGTHS[self.algorithm]} bytes, not {len(self.raw)}"
            )
        elif self.algorithm in CURVES:
            self._point()

    @property
    def multibase(self) -> str:
        """Return the key as a multikey, such as ``z6Mk…`` or ``zDn…``. RSA keys are not written so here."""
        return "z" + base58.b58encode(MULTICODECS[self.algorithm] + self.raw).decode()

    def jwk(self, kid: str) -> dict[str, Any]:
        """Return a key that we sign with as a JSON Web Key that carries the given name."""
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
        if len(signature) != SIGNATURE_LENGTHS.get(self.algorithm, len(signature)):
            return False
        try:
            if self.algorithm is Algorithm.ED25519:
                Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, data)
            elif self.algorithm is Algorithm.RSA:
                self._rsa().verify(signature, data, padding.PKCS1v15(), hashes.SHA256())
            else:
                self._verify_on_curve(data, signature)
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
        raise InvalidKey("A multikey of another algorithm than Ed25519, P-256 or P-384")

    @classmethod
    def from_jwk(cls, jwk: dict[str, Any]) -> "PublicKey":
        """Return the key that a JSON Web Key holds; whatever is private in it is not looked at.

        Raises:
            InvalidKey: It is none, of another algorithm, or not there to verify signatures.
        """
        if jwk.get("use", "sig") != "sig":
            raise InvalidKey("A JSON Web Key for something else than signatures")
        kind, curve = jwk.get("kty"), jwk.get("crv")
        if (kind, curve) == ("OKP", "Ed25519"):
            return cls(Algorithm.ED25519, _coordinate(jwk, "x", 32))
        if kind == "EC" and curve in ("P-256", "P-384"):
            return cls(Algorithm(curve), _point_in(jwk, Algorithm(curve)))
        if kind == "RSA":
            return cls(Algorithm.RSA, _rsa_in(jwk))
        raise InvalidKey("A JSON Web Key of another algorithm than Ed25519, P-256, P-384 or RSA")

    def _verify_on_curve(self, data: bytes, signature: bytes) -> None:
        half, digest = len(signature) // 2, CURVES[self.algorithm][1]
        r, s = int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big")
        self._point().verify(utils.encode_dss_signature(r, s), data, ec.ECDSA(digest))

    def _point(self) -> ec.EllipticCurvePublicKey:
        try:
            return ec.EllipticCurvePublicKey.from_encoded_point(CURVES[self.algorithm][0], self.raw)
        except ValueError as error:
            raise InvalidKey(f"A {self.algorithm} key whose point is not on its curve") from error

    def _rsa(self) -> rsa.RSAPublicKey:
        try:
            key = load_der_public_key(self.raw)
        except (ValueError, UnsupportedAlgorithm) as error:
            raise InvalidKey("Not an RSA key") from error
        if not isinstance(key, rsa.RSAPublicKey):
            raise InvalidKey("Not an RSA key")
        return key


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


def _point_in(jwk: dict[str, Any], algorithm: Algorithm) -> bytes:
    curve, size = CURVES[algorithm][0], RAW_LENGTHS[algorithm] - 1
    point = b"\x04" + _coordinate(jwk, "x", size) + _coordinate(jwk, "y", size)
    try:
        return _compressed(ec.EllipticCurvePublicKey.from_encoded_point(curve, point))
    except ValueError as error:
        raise InvalidKey("A JSON Web Key whose point is not on its curve") from error


def _rsa_in(jwk: dict[str, Any]) -> bytes:
    modulus, exponent = (int.from_bytes(_number(jwk, name), "big") for name in ("n", "e"))
    if modulus.bit_length() not in RSA_BITS:  # before any library reckons with it
        raise InvalidKey(_rsa_length())
    try:
        key = rsa.RSAPublicNumbers(exponent, modulus).public_key()
    except ValueError as error:
        raise InvalidKey("A JSON Web Key whose numbers are no RSA key") from error
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _check_rsa(key: rsa.RSAPublicKey) -> None:
    if key.key_size not in RSA_BITS:
        raise InvalidKey(_rsa_length())
    if not 3 <= key.public_numbers().e < LARGEST_RSA_EXPONENT:
        raise InvalidKey("An RSA key with an unusual exponent")


def _rsa_length() -> str:
    return f"An RSA key needs {RSA_BITS.start} to {RSA_BITS.stop - 1} bits"


def _coordinate(jwk: dict[str, Any], name: str, size: int) -> bytes:
    data = _number(jwk, name)
    if len(data) != size:
        raise InvalidKey(f"A JSON Web Key whose {name} is not {size} bytes")
    return data


def _number(jwk: dict[str, Any], name: str) -> bytes:
    value = jwk.get(name)
    try:
        return decode_base64url(value) if isinstance(value, str) else b""
    except ValueError as error:
        raise InvalidKey(f"A JSON Web Key whose {name} is not base64url") from error


def _compressed(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)


def _p256_private(private: bytes) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(private, "big"), ec.SECP256R1())
