"""Web tokens that others signed: with RSA, with keys in their header, and in the form of the older data model."""

import base64
import json
import warnings
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc import jws
from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, OKPKey, RSAKey

from badges.ob3.contexts.loader import CREDENTIALS_V1, OPEN_BADGES
from badges.ob3.credentials import Issuer
from badges.ob3.did import url_of
from badges.ob3.keys import InvalidKey, PublicKey
from badges.ob3.token_claims import contradictions, credential_in
from badges.ob3.vc_jwt import InvalidJwt, read_token
from tests.badges.ob3.conftest import DID, KID, Web, badge
from tests.badges.ob3.looking import ALL_WELL, look, outcomes

SIGNERS: dict[str, Any] = {
    "RS256": RSAKey.generate_key(2048),
    "EdDSA": OKPKey.generate_key("Ed25519"),
    "ES256": ECKey.generate_key("P-256"),
}
CLAIMS: dict[str, Any] = {
    "iss": DID,
    "jti": badge()["id"],
    "sub": badge()["credentialSubject"]["id"],
    "nbf": 1772366400,  # 1 March 2026, noon
    "exp": 1803902400,  # 1 March 2027, noon
}


def public(algorithm: str) -> dict[str, Any]:
    jwk: dict[str, Any] = SIGNERS[algorithm].as_dict(private=False)
    return {name: value for name, value in jwk.items() if name not in {"kid", "use", "alg"}}


def token(payload: dict[str, Any], *, algorithm: str = "RS256", **header: Any) -> str:
    """Return what joserfc, which shares no code with ours, signs."""
    protected = {"alg": algorithm, "typ": "JWT", **header}
    text = json.dumps(payload).encode()
    with (
        warnings.catch_warnings()
    ):  # joserfc calls EdDSA by its new name, Ed25519 (RFC 9864); most write the old one
        warnings.simplefilter("ignore", SecurityWarning)
        return jws.serialize_compact(protected, text, SIGNERS[algorithm], algorithms=[algorithm])


def lists(web: Web, *methods: dict[str, Any]) -> None:
    """Let the issuer list exactly these keys."""
    document = {"id": DID, "verificationMethod": list(methods)}
    web.documents[url_of(DID)] = document | {"assertionMethod": [method["id"] for method in methods]}


def method(algorithm: str, name: str = "") -> dict[str, Any]:
    return {
        "id": name or f"{DID}#key-1",
        "type": "JsonWebKey",
        "controller": DID,
        "publicKeyJwk": public(algorithm),
    }


# Open Badges 3.0, appendix D.1, Example 35: the token, its lines joined.
PRINTED = (
    "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCIsImp3ayI6eyJlIjoiQVFBQiIsImt0eSI6IlJTQSIsIm4i"
    "OiJxRWNMWGtqY3pZSmY0d24tMlVHa0VDZ0VPWGF1am5kXzBBU1I3X2xxTzdVQWZQYU85U1lNQjVCRnpp"
    "dWFsUUxwRXNJZmYzQUxubDdRckR4TnU5TENTZGhxUDBNc3JqTmcweWFBZ1JITVN0QnU3OFRlOXFMVjhv"
    "aFVmWWJHSWtFVDFSaGs2QnNqbUJxdVZJOTd0YllOc0hZOWU2b1pnd3Y1UEJxN3BTbjd4MGJWSjRaN293"
    "ZTRTaUxsQTg2RUdqdG0xV25FR25iWDlsUGpDUnNCX0lRcUczWmktNnBaNjc4Yzc1RXd2VmtYdVppdmg1"
    "R2dLRkxlTFJTS3BHRWRrdU5Yam52WDUxQlp2TGVBUEVVamY2TWJ0WFBqTU5VbjctWGt4WVBDUGxNUzY2"
    "d0hWbGdaNm53WGo4M3EySkp1SjhZcW8wLWllVURxUXJfWUlpejg2V2NnelEifX0.eyJAY29udGV4dCI6"
    "WyJodHRwczovL3d3dy53My5vcmcvbnMvY3JlZGVudGlhbHMvdjIiLCJodHRwczovL3B1cmwuaW1zZ2xv"
    "YmFsLm9yZy9zcGVjL29iL3YzcDAvY29udGV4dC0zLjAuMy5qc29uIl0sImlkIjoiaHR0cDovL2V4YW1w"
    "bGUuY29tL2NyZWRlbnRpYWxzLzM1MjciLCJ0eXBlIjpbIlZlcmlmaWFibGVDcmVkZW50aWFsIiwiT3Bl"
    "bkJhZGdlQ3JlZGVudGlhbCJdLCJpc3N1ZXIiOnsiaWQiOiJodHRwczovL2V4YW1wbGUuY29tL2lzc3Vl"
    "cnMvODc2NTQzIiwidHlwZSI6WyJQcm9maWxlIl0sIm5hbWUiOiJFeGFtcGxlIENvcnAifSwidmFsaWRG"
    "cm9tIjoiMjAxMC0wMS0wMVQwMDowMDowMFoiLCJuYW1lIjoiVGVhbXdvcmsgQmFkZ2UiLCJjcmVkZW50"
    "aWFsU3ViamVjdCI6eyJpZCI6ImRpZDpleGFtcGxlOmViZmViMWY3MTJlYmM2ZjFjMjc2ZTEyZWMyMSIs"
    "InR5cGUiOlsiQWNoaWV2ZW1lbnRTdWJqZWN0Il0sImFjaGlldmVtZW50Ijp7ImlkIjoiaHR0cHM6Ly9l"
    "eGFtcGxlLmNvbS9hY2hpZXZlbWVudHMvMjFzdC1jZW50dXJ5LXNraWxscy90ZWFtd29yayIsInR5cGUi"
    "OlsiQWNoaWV2ZW1lbnQiXSwiY3JpdGVyaWEiOnsibmFycmF0aXZlIjoiVGVhbSBtZW1iZXJzIGFyZSBu"
    "b21pbmF0ZWQgZm9yIHRoaXMgYmFkZ2UgYnkgdGhlaXIgcGVlcnMgYW5kIHJlY29nbml6ZWQgdXBvbiBy"
    "ZXZpZXcgYnkgRXhhbXBsZSBDb3JwIG1hbmFnZW1lbnQuIn0sImRlc2NyaXB0aW9uIjoiVGhpcyBiYWRn"
    "ZSByZWNvZ25pemVzIHRoZSBkZXZlbG9wbWVudCBvZiB0aGUgY2FwYWNpdHkgdG8gY29sbGFib3JhdGUg"
    "d2l0aGluIGEgZ3JvdXAgZW52aXJvbm1lbnQuIiwibmFtZSI6IlRlYW13b3JrIn19LCJpc3MiOiJodHRw"
    "czovL2V4YW1wbGUuY29tL2lzc3VlcnMvODc2NTQzIiwianRpIjoiaHR0cDovL2V4YW1wbGUuY29tL2Ny"
    "ZWRlbnRpYWxzLzM1MjciLCJzdWIiOiJkaWQ6ZXhhbXBsZTplYmZlYjFmNzEyZWJjNmYxYzI3NmUxMmVj"
    "MjEifQ.cj2W3EM-RUFYdoiQf4GKRoa1_i8eD4ycAySBR5YhOf7D6kSxTfpbbPzilV5QgoVgZE9bKDObL"
    "wi_c9QSK6ftHEN0FGVTwmH9Bo_6pod5e7zydN5pYo9pjzg1y3d6-n2kmpmVUaB7YeIt40tFVz_vBJpL0"
    "lXxI7-MObTovYjX4i2PWIotbNtTrl-bRjK4AceP-tdcvbHHw5yv5tycr7nK-0tOproZme3DG6W-k992j"
    "8vOY2AYWyY9PgflyDhb-b_sEgmkOrlDa2cmlzDW04-hFWzP2u_Rz-Y3wLbBs0nwTW9DrWOr48XfsKOZ2"
    "0V9Z7stnMQiUFp4ZRf-l4v0yt1xGg"
)


def test_the_token_that_the_standard_prints_is_genuine_once_its_issuer_publishes_the_key(web):
    """It carries an RSA key, repeats its dates in no claim, and its issuer has a web address."""
    issuer = "https://example.com/issuers/876543"
    web.documents[issuer] = {"id": issuer, "type": "Profile", "name": "Example Corp"}
    web.documents["https://example.com/.well-known/jwks.json"] = {
        "keys": [{**public("RS256"), "kid": "other"}, read_token(PRINTED).header["jwk"]]
    }
    report = look(web, PRINTED)

    assert outcomes(report) == ALL_WELL | {"key": "warning", "unchanged": "warning"}
    assert report.check("validity").explanation == "Valid since 1 January 2010, without an end."
    assert report.check("unchanged").explanation == (
        "Nothing was changed. The token leaves out what the standard wants repeated: nbf."
    )
    del web.documents["https://example.com/.well-known/jwks.json"]
    assert look(web, PRINTED).check("key").outcome == "failed"
    header, payload, signature = PRINTED.split(".")
    altered = f"{header}.{payload[:-8]}{'A' * 8}.{signature}"
    assert look(web, altered).outcome == "failed"


@pytest.mark.parametrize("algorithm", SIGNERS)
@pytest.mark.parametrize("kid", [f"{DID}#key-1", "#key-1", "key-1"])
def test_a_key_is_found_by_its_name_in_the_document_of_the_issuer(web, algorithm, kid):
    lists(web, method(algorithm))

    assert (
        outcomes(look(web, token({**badge(status=None), **CLAIMS}, algorithm=algorithm, kid=kid))) == ALL_WELL
    )


@pytest.mark.parametrize(
    ("kid", "published"),
    [
        (KID, public("RS256")),
        (KID, {"keys": [public("RS256")]}),
        (f"{KID}#key-1", {"keys": [{**public("EdDSA"), "kid": "x"}, {**public("RS256"), "kid": "key-1"}]}),
    ],
)  # fmt: skip
def test_a_key_is_found_at_its_address_alone_and_in_a_set(web, kid, published):
    """Open Badges 3.0, section 8.2.2: `https://example.edu/keys#key-1` is a key in a set."""
    lists(web, method("RS256"))
    web.documents[KID] = published

    assert outcomes(look(web, token({**badge(status=None), **CLAIMS}, kid=kid))) == ALL_WELL


def test_a_key_that_is_not_in_the_set_under_that_name_is_none(web):
    lists(web, method("RS256"))
    web.documents[KID] = {"keys": [{**public("EdDSA"), "kid": "x"}, {**public("RS256"), "kid": "y"}]}

    assert look(web, token({**badge(), **CLAIMS}, kid=f"{KID}#key-1")).check("key").outcome == "failed"


def test_a_key_in_the_header_counts_when_the_issuer_lists_it_and_else_proves_nothing(web):
    own = token({**badge(status=None), **CLAIMS}, jwk=public("RS256"))

    lists(web, method("RS256"))
    assert outcomes(look(web, own)) == ALL_WELL
    lists(web, method("EdDSA"))
    report = look(web, own)
    assert report.check("signature").outcome == "passed"
    assert report.check("key").explanation == (
        "The issuer does not list the key that the badge was signed with."
    )
    lists(web)
    assert look(web, own).check("key").outcome == "failed"
    del web.documents[url_of(DID)]
    assert look(web, own).check("key").outcome == "failed"


def test_a_header_that_names_one_key_and_carries_another_fails(web):
    lists(web, method("RS256"))
    two = token(
        {**badge(), **CLAIMS}, kid=f"{DID}#key-1", jwk=RSAKey.generate_key(2048).as_dict(private=False)
    )

    assert look(web, two).check("key").explanation == (
        "The token carries another key than the one that it names."
    )


def test_an_issuer_that_is_a_key_may_carry_that_key(web):
    raw = base64.urlsafe_b64decode(public("EdDSA")["x"] + "=")
    key = PublicKey.from_jwk(public("EdDSA"))
    assert key.raw == raw
    did = f"did:key:{key.multibase}"
    payload = {**badge(issuer=Issuer(did, "Ada"), status=None), **CLAIMS, "iss": did}

    own = token(payload, algorithm="EdDSA", jwk=public("EdDSA"))
    assert outcomes(look(web, own)) == ALL_WELL | {"issuer": "warning"}
    other = token(payload, algorithm="RS256", jwk=public("RS256"))
    assert look(web, other).check("key").outcome == "failed"


@pytest.mark.parametrize(
    ("jwk", "reason"),
    [
        ({"kty": "oct", "k": "c2VjcmV0"}, "a private one"),
        ({**SIGNERS["RS256"].as_dict(private=True)}, "a private one"),
        ({**public("RS256"), "use": "enc"}, "something else than signatures"),
        ("https://evil.example/key", "a private one"),
        ({**public("RS256"), "n": "AQAB"}, "2048 to 8192 bits"),
    ],
    ids=["secret", "private", "for encryption", "no key", "short"],
)  # fmt: skip
def test_a_key_in_the_header_that_cannot_be_one_is_named(web, jwk, reason):
    lists(web, method("RS256"))
    check = look(web, forged({"alg": "RS256", "jwk": jwk})).check("signature")

    assert check.outcome == "failed"
    assert reason in check.explanation


def forged(header: dict[str, Any]) -> str:
    parts = [json.dumps(part).encode() for part in (header, {**badge(), **CLAIMS})]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in (*parts, b"x"))


@pytest.mark.parametrize("bits", [1024, 2047])
def test_an_rsa_key_below_2048_bits_is_no_key(bits):
    numbers = rsa.generate_private_key(65537, bits).public_key().public_numbers()
    jwk = {"kty": "RSA", **{name: number(value) for name, value in (("n", numbers.n), ("e", numbers.e))}}

    with pytest.raises(InvalidKey, match="2048 to 8192 bits"):
        PublicKey.from_jwk(jwk)


@pytest.mark.parametrize(
    ("n", "e"),
    [
        (2**20_000 + 1, 65537),
        (2**2048 - 1, 1),
        (2**2048 - 1, 2**40 + 1),
        (2**2048 - 1, 65536),
        (0, 0),
    ],
    ids=range(5),
)
def test_numbers_that_are_no_rsa_key_are_refused(n, e):
    with pytest.raises(InvalidKey):
        PublicKey.from_jwk({"kty": "RSA", "n": number(n), "e": number(e)})


def number(value: int) -> str:
    data = value.to_bytes((value.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def test_an_rsa_key_fits_no_other_algorithm(web):
    lists(web, method("RS256"))
    header, payload, signature = token({**badge(), **CLAIMS}, kid="key-1").split(".")
    for algorithm in ("ES256", "EdDSA"):
        lying = base64.urlsafe_b64encode(json.dumps({"alg": algorithm, "kid": "key-1"}).encode())
        text = f"{lying.decode().rstrip('=')}.{payload}.{signature}"
        assert look(web, text).check("signature").outcome == "failed"
    assert read_token(f"{header}.{payload}.{signature}").header["alg"] == "RS256"


@pytest.mark.parametrize("kind", ["JWT", "jwt", "vc+jwt", "application/vc+jwt", "vc+ld+jwt"])
def test_a_token_is_of_a_type_for_credentials(kind):
    assert read_token(token(badge(), typ=kind)).header["typ"] == kind


@pytest.mark.parametrize("kind", ["at+jwt", "dpop+jwt", "", 7])
def test_a_token_for_something_else_is_none(kind):
    with pytest.raises(InvalidJwt, match="a token for something else"):
        read_token(forged({"alg": "RS256", "kid": KID, "typ": kind}))


# --- the claim `vc` of the older data model ---


def older(**changes: Any) -> dict[str, Any]:
    """Return the badge as in Data Model 1.1, where issuance and expiration are called so."""
    newer = badge(status=None, refresh_url="")
    begins, ends = newer.pop("validFrom"), newer.pop("validUntil")
    contexts = [CREDENTIALS_V1, OPEN_BADGES]
    del newer["credentialSchema"]
    return {**newer, "@context": contexts, "issuanceDate": begins, "expirationDate": ends, **changes}


@pytest.mark.parametrize("inner", [older(), {**badge(status=None)}], ids=["1.1", "2.0"])
def test_a_credential_in_the_claim_of_the_older_form_is_verified(web, inner):
    lists(web, method("RS256"))
    report = look(web, token({"vc": inner, **CLAIMS, "iat": 1772366400}, kid="key-1"))

    assert outcomes(report) == ALL_WELL
    assert report.credential == inner


def test_what_the_credential_leaves_to_the_claims_is_taken_from_there(web):
    """W3C Verifiable Credentials Data Model 1.1, section 6.3.1, JWT Decoding."""
    lists(web, method("RS256"))
    bare = older()
    for name in ("id", "issuanceDate", "expirationDate"):
        del bare[name]
    bare["issuer"] = {name: value for name, value in bare["issuer"].items() if name != "id"}
    bare["credentialSubject"] = {
        name: value for name, value in bare["credentialSubject"].items() if name != "id"
    }

    assert credential_in({"vc": bare, **CLAIMS}) == older()
    assert outcomes(look(web, token({"vc": bare, **CLAIMS}, kid="key-1"))) == ALL_WELL
    late = datetime(2027, 3, 2, tzinfo=UTC)
    expired = look(web, token({"vc": bare, **CLAIMS}, kid="key-1"), at=late)
    assert expired.check("validity").outcome == "failed"


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"iss": "did:web:evil.example"}, "iss does not agree with the credential"),
        ({"jti": "urn:x"}, "jti does not agree with the credential"),
        ({"sub": "urn:x"}, "sub does not agree with the credential"),
        ({"nbf": 0}, "nbf does not agree with the credential"),
        ({"exp": 9_999_999_999}, "exp does not agree with the credential"),
        ({"exp": 10**29}, "exp does not agree with the credential"),
        ({"validUntil": "2099-01-01T00:00:00Z"}, "validUntil stands beside its vc claim"),
        ({"credentialSubject": {}}, "credentialSubject stands beside its vc claim"),
    ],
)
def test_claims_that_contradict_the_credential_in_the_older_form_are_named(web, changes, problem):
    lists(web, method("RS256"))
    payload = {"vc": older(), **CLAIMS, **changes}

    assert contradictions(payload) == [problem]
    assert look(web, token(payload, kid="key-1")).check("unchanged").explanation == (
        f"The token contradicts the badge inside it: {problem}."
    )


@pytest.mark.parametrize("inner", [None, [], "x", 7, {}])
def test_a_claim_that_holds_no_credential_fails(web, inner):
    lists(web, method("RS256"))
    report = look(web, token({"vc": inner, **CLAIMS}, kid="key-1"))

    assert report.outcome == "failed"


def test_a_token_may_end_a_credential_that_names_no_end_and_no_other():
    endless = {name: value for name, value in older().items() if name != "expirationDate"}

    assert credential_in({"vc": endless, **CLAIMS})["expirationDate"] == "2027-03-01T12:00:00Z"
    assert contradictions({"vc": older(), **CLAIMS, "exp": 1803902401}) == [
        "exp does not agree with the credential"
    ]
