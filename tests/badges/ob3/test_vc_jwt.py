"""Badges as JSON Web Tokens."""

import hmac
import json
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from badges.ob3.guard import UnsafeToSign
from badges.ob3.keys import Algorithm, decode_base64url, encode_base64url
from badges.ob3.token_claims import contradictions, missing_claims
from badges.ob3.vc_jwt import InvalidJwt, looks_like_jwt, read_jwt, sign_jwt, verify_jwt
from tests.badges.ob3.conftest import DID, ED25519, KID, P256, P256_PUBLIC, badge, local_signer


def encoded(value: Any) -> str:
    return encode_base64url(json.dumps(value).encode())


def forged(header: dict[str, Any], payload: dict[str, Any], signature: bytes = b"") -> str:
    return f"{encoded(header)}.{encoded(payload)}.{encode_base64url(signature)}"


@pytest.fixture(scope="module")
def token() -> str:
    return sign_jwt(badge(), signer=P256)


def test_another_library_verifies_it_and_finds_the_credential_with_its_claims(token):
    found = jwt.decode(token, ECKey.import_key(P256_PUBLIC.jwk(KID)), algorithms=["ES256"])

    assert found.header == {"alg": "ES256", "kid": KID, "typ": "JWT"}
    assert found.claims == badge() | {
        "iss": DID,
        "jti": "https://badges.larkfield.example/badges/awards/1",
        "sub": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
        "nbf": 1772366400,  # 1 March 2026, noon
        "exp": 1803902400,  # 1 March 2027, noon
    }


def test_what_is_read_back_is_the_credential(token):
    assert read_jwt(token) == ({"alg": "ES256", "kid": KID, "typ": "JWT"}, badge())
    assert verify_jwt(token, key=P256_PUBLIC) == badge()
    assert looks_like_jwt(token)
    assert not looks_like_jwt(json.dumps(badge()))


def test_a_badge_without_an_end_has_no_exp():
    assert "exp" not in json.loads(json.dumps(badge(valid_until=None)))
    token = sign_jwt(badge(valid_until=None), signer=P256)
    assert verify_jwt(token, key=P256_PUBLIC) == badge(valid_until=None)


def test_an_embedded_proof_is_signed_along(signed):
    assert verify_jwt(sign_jwt(signed, signer=P256), key=P256_PUBLIC) == signed


def test_signing_refuses_the_wrong_key_a_holder_without_id_and_what_the_guard_refuses():
    with pytest.raises(ValueError, match="take ES256"):
        sign_jwt(badge(), signer=ED25519)
    nameless = badge()
    del nameless["credentialSubject"]["id"]
    with pytest.raises(ValueError, match="no value for sub"):
        sign_jwt(nameless, signer=P256)
    with pytest.raises(UnsafeToSign):
        sign_jwt({**badge(), "praxisLevel": 3}, signer=P256)


@pytest.mark.parametrize("algorithm", ["none", "NONE", "HS256", "PS256", "ES384", None, ["ES256"], 7])
def test_an_algorithm_that_is_not_on_the_list_is_refused(algorithm):
    header = {"alg": algorithm, "kid": KID, "typ": "JWT"}
    secret = hmac.digest(P256_PUBLIC.raw, f"{encoded(header)}.{encoded(badge())}".encode(), "sha256")

    with pytest.raises(InvalidJwt, match="its algorithm is"):
        read_jwt(forged(header, badge(), secret))


def test_the_header_cannot_choose_how_a_key_is_used(token):
    header, payload, signature = token.split(".")
    lying = encoded({"alg": "EdDSA", "kid": KID, "typ": "JWT"})
    with pytest.raises(InvalidJwt, match="not of this key"):
        verify_jwt(f"{lying}.{payload}.{signature}", key=P256_PUBLIC)
    assert header != lying


def test_another_key_and_a_changed_payload_are_noticed(token):
    _signer, other = local_signer(Algorithm.P256, 11)
    header, _payload, signature = token.split(".")

    with pytest.raises(InvalidJwt, match="not of this key"):
        verify_jwt(token, key=other)
    with pytest.raises(InvalidJwt, match="not of this key"):
        verify_jwt(f"{header}.{encoded({**badge(), 'name': 'Master'})}.{signature}", key=P256_PUBLIC)
    with pytest.raises(InvalidJwt, match="not of this key"):
        verify_jwt(f"{header}.{_payload}.", key=P256_PUBLIC)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"iss": "did:web:evil.example"}, "iss does not agree with the credential"),
        ({"jti": "urn:x"}, "jti does not agree with the credential"),
        ({"sub": ["urn:x"]}, "sub does not agree with the credential"),
        ({"nbf": 0}, "nbf does not agree with the credential"),
        ({"nbf": True}, "nbf does not agree with the credential"),
        ({"exp": 9_999_999_999}, "exp does not agree with the credential"),
    ],
)
def test_claims_that_say_something_else_than_the_credential_are_named(token, changes, problem):
    signing, payload = (
        {"alg": "ES256", "kid": KID, "typ": "JWT"},
        {**json.loads(_payload_of(token)), **changes},
    )
    signed = f"{encoded(signing)}.{encoded(payload)}"
    contradictory = f"{signed}.{encode_base64url(P256.sign(signed.encode()))}"

    assert contradictions(payload) == [problem]
    with pytest.raises(InvalidJwt, match=problem):
        verify_jwt(contradictory, key=P256_PUBLIC)


def test_an_exp_that_the_credential_does_not_have_is_a_contradiction():
    assert contradictions({**badge(valid_until=None), "exp": 1}) == ["exp does not agree with the credential"]
    assert missing_claims({**badge(valid_until=None), "exp": 1}) == ["iss", "jti", "nbf", "sub"]


@pytest.mark.parametrize(
    "text",
    [
        "", "a.b", "a.b.c.d", "...", "eyJ.eyJ.eyJ", "eyJhbGciOiJFUzI1NiJ9.W10.AA", "eyJhbGciOiJFUzI1NiJ9.!.AA",
        "eyJhbGciOiJFUzI1NiIsImNyaXQiOlsieCJdfQ.e30.AA", "eyJhbGciOiJFUzI1NiIsImFsZyI6Im5vbmUifQ.e30.AA",
    ],
)  # fmt: skip
def test_what_is_no_token_is_refused(text):
    with pytest.raises(InvalidJwt):
        read_jwt(text)


def _payload_of(token: str) -> str:
    part = token.split(".")[1]
    return decode_base64url(part).decode()
