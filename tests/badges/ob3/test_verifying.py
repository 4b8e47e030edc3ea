"""What a stranger is told about a badge."""

import json
from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from openbadgeslib.ob3.ldp import verify_data_integrity_proof
from openbadgeslib.ob3.verifier import OB3Verifier

from badges.ob3.credentials import Issuer
from badges.ob3.data_integrity import sign_credential
from badges.ob3.did import did_document, url_of
from badges.ob3.keys import Algorithm, LocalSigner, encode_base64url
from badges.ob3.members import members
from badges.ob3.vc_jwt import sign_jwt
from badges.ob3.verifying import Check
from tests.badges.ob3.conftest import (
    DID,
    ED25519,
    ED25519_PUBLIC,
    KID,
    LIST,
    NOON,
    P256,
    P256_PUBLIC,
    SALT,
    Web,
    badge,
    local_signer,
)
from tests.badges.ob3.looking import ALL_WELL, at_path, look, outcomes, signed_badge


def test_a_good_badge_passes_every_check_and_each_says_so_in_a_sentence(web, signed):
    report = look(web, signed)

    assert outcomes(report) == ALL_WELL
    assert report.outcome == "passed"
    assert report.credential == signed
    assert [check.explanation for check in report.checks] == [
        "The file is a credential that can be read.",
        "Its words mean what the published vocabularies say.",
        "It has all that an Open Badge 3.0 must have.",
        "The issuer did:web:badges.larkfield.example:badges:issuers:larkfield was found, with its keys.",
        "The issuer lists this key among those that may sign.",
        "The signature fits the badge and the key that it names.",
        "Nothing was changed since it was signed.",
        "Valid from 1 March 2026 until 1 March 2027.",
        "The issuer's list, fetched just now, does not name this badge as revoked.",
        "The badge names its holder by a fingerprint of an e-mail address. Ask for it and compare.",
    ]
    assert web.asked == [url_of(DID), LIST]


def test_a_token_passes_just_as_well(web):
    token = sign_jwt(badge(), signer=P256)
    report = look(web, f"\n{token}\n")

    assert outcomes(report) == ALL_WELL
    assert report.credential == badge()


def test_a_foreign_verifier_accepts_what_we_sign(signed):
    """openbadgeslib, which brings its own copy of every context."""
    ed25519 = Ed25519PublicKey.from_public_bytes(ED25519_PUBLIC.raw)
    p256 = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), P256_PUBLIC.raw)
    pem = [key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo) for key in (ed25519, p256)]

    verify_data_integrity_proof(signed, pem[0])
    found = OB3Verifier(pem[1]).verify(sign_jwt({**badge(valid_until=None)}, signer=P256))
    assert found.id == "https://badges.larkfield.example/badges/awards/1"


# Each value in the badge is changed in turn, and each change must be noticed and named.
LEAVES = [
    member.path
    for member in members(badge())
    if isinstance(member.value, str | bool) and not member.path.startswith("@context")
]


@pytest.mark.parametrize("path", LEAVES)
def test_every_changed_member_is_noticed_and_named(web, signed, path):
    tampered = deepcopy(signed)
    holder, place = at_path(tampered, path)
    holder[place] = "urn:tampered" if isinstance(holder[place], str) else not holder[place]
    report = look(web, tampered, issued=signed)

    assert report.outcome == "failed"
    assert report.check("signature").outcome != "passed"
    assert report.check("unchanged") == Check("unchanged", "failed", f"{path} was changed.")


def test_there_are_many_members_to_change():
    assert len(LEAVES) == 58  # counted by hand in test_a_full_badge_is_exactly_this


def test_added_and_removed_members_are_named_and_without_our_copy_the_change_is_noticed(web, signed):
    tampered = deepcopy(signed)
    del tampered["validUntil"]
    tampered["credentialSubject"]["achievement"]["tag"].append("genius")

    assert look(web, tampered, issued=signed).check("unchanged").explanation == (
        "validUntil was removed; credentialSubject.achievement.tag[2] was added."
    )
    unknown = look(web, tampered).check("unchanged")
    assert (unknown.outcome, unknown.explanation) == (
        "failed",
        "Nothing protects what it says. What was changed cannot be told.",
    )


def test_a_changed_signature_over_an_unchanged_badge_is_told_apart(web, signed):
    other = signed_badge(name="Another")["proof"]
    report = look(web, {**signed, "proof": other}, issued=signed)

    assert report.check("signature").outcome == "failed"
    assert report.check("unchanged").explanation == (
        "It says what was issued; only the signature is another one. Download the badge again."
    )


def test_a_changed_token_is_named_too(web):
    header, _payload, signature = sign_jwt(badge(), signer=P256).split(".")
    payload = encode_base64url(json.dumps({**badge(), "name": "Master"}).encode())
    report = look(web, f"{header}.{payload}.{signature}", issued=badge())

    assert report.check("signature").outcome == "failed"
    assert report.check("unchanged").explanation == "name was changed."


def test_an_older_edition_of_a_renewed_badge_is_a_warning(web, signed):
    renewed = signed_badge(valid_until=NOON + timedelta(days=700))
    check = look(web, signed, issued=renewed).check("unchanged")

    assert (check.outcome, check.explanation) == (
        "warning",
        "It is as it was signed, and another edition than the newest: validUntil was changed.",
    )


@pytest.mark.parametrize(
    "added",
    [
        {"praxisLevel": "master"},
        {"evidence": [{"id": "urn:no address", "type": ["Evidence"], "name": "x"}]},
        {"credentialSubject": {**badge()["credentialSubject"], "honours": "all"}},
    ],
)
def test_what_is_added_beside_the_signature_does_not_pass(web, signed, added):
    assert look(web, {**signed, **added}).check("unchanged").outcome == "failed"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("validUntil", "https://www.w3.org/2018/credentials#validUntil"),
        ("credentialStatus", "https://www.w3.org/2018/credentials#credentialStatus"),
    ],
)
def test_a_member_cannot_hide_behind_its_full_name(web, signed, old, new):
    """The statement stays under the signature, and who looks for `validUntil` would not find it."""
    hidden = deepcopy(signed)
    value = hidden.pop(old)
    if isinstance(value, str):
        value = {"@type": "http://www.w3.org/2001/XMLSchema#dateTime", "@value": value}
    hidden[new] = value
    report = look(web, hidden)

    assert report.check("data_model").outcome == "failed"
    assert new in report.check("data_model").explanation


def test_a_member_cannot_hide_in_a_second_object_with_the_id_of_the_badge(web, signed):
    """To JSON-LD both are one thing, so the signature still fits."""
    whole = signed["id"]
    linked = sign_credential(
        {**badge(), "evidence": [{"id": whole, "type": ["Evidence"]}]}, signer=ED25519, created=NOON
    )
    linked["evidence"][0]["validUntil"] = linked.pop("validUntil")
    report = look(web, linked)

    assert report.outcome == "failed"
    assert "evidence[0].id" in report.check("data_model").explanation


def test_contexts_that_are_not_known_are_named_and_nothing_is_believed(web, signed):
    evil = {**signed, "@context": [*signed["@context"], {"name": "https://evil.example/n"}]}
    report = look(web, evil)

    assert report.check("contexts").outcome == "failed"
    assert report.check("contexts").explanation.startswith(
        "It uses vocabularies that are not known here: {'name'"
    )
    assert report.check("signature").outcome == "skipped"


# --- the issuer and its keys ---


def published_keys(web: Web, *keys: Any, **changes: Any) -> None:
    web.documents[url_of(DID)] = {**did_document(DID, list(keys)), **changes}


def test_a_key_that_may_no_longer_sign_is_the_issuers_and_does_not_count(web, signed):
    published_keys(web, (ED25519.key_id, ED25519_PUBLIC, False))
    report = look(web, signed)

    assert report.check("issuer").outcome == "passed"
    assert report.check("key").explanation == (
        "The key was the issuer's and may no longer sign. Ask for a newly signed badge."
    )
    assert report.check("signature").outcome == "passed"
    assert report.outcome == "failed"


def test_a_forger_who_writes_a_key_of_their_own_behind_the_issuers_name_is_found_out(web):
    forger, _public = local_signer(Algorithm.ED25519, 66)
    forged = sign_credential(badge(), signer=forger, created=NOON)
    report = look(web, forged)

    assert (
        report.check("key").explanation == "The issuer does not list the key that the badge was signed with."
    )
    assert report.check("signature").outcome == "passed"
    assert report.outcome == "failed"


def test_when_the_issuer_does_not_answer_the_signature_is_still_looked_at_and_nothing_is_believed(
    web, signed
):
    del web.documents[url_of(DID)]
    report = look(web, signed)

    assert report.check("issuer").explanation == (
        f"The issuer {DID} could not be looked up: the server did not answer within 5 seconds. Try again later."
    )
    assert outcomes(report) == ALL_WELL | {"issuer": "failed", "key": "failed", "status": "failed"}


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"id": "did:web:evil.example"},
        [],
        "no json",
        b"\xff",
        7,
        None,
        "eyJ",
        {"id": DID, "verificationMethod": 7},
    ],
)
def test_whatever_the_issuer_answers_there_is_a_report(web, signed, document):
    web.documents[url_of(DID)] = document
    assert look(web, signed).outcome == "failed"


def test_a_key_that_somebody_else_controls_does_not_count(web, signed):
    document = did_document(DID, [(ED25519.key_id, ED25519_PUBLIC, True)])
    document["verificationMethod"][0]["controller"] = "did:web:evil.example"
    web.documents[url_of(DID)] = document

    assert look(web, signed).check("key").outcome == "failed"


def test_a_token_whose_key_is_nowhere_or_is_another_one_fails(web):
    token = sign_jwt(badge(), signer=P256)
    _signer, other = local_signer(Algorithm.P256, 12)

    web.documents[KID] = other.jwk(KID)
    assert look(web, token).check("key").outcome == "failed"
    del web.documents[KID]
    report = look(web, token)
    assert report.check("key").explanation == "The issuer does not list the key that the badge names."
    assert report.check("signature").outcome == "skipped"


def test_a_set_of_keys_is_read_by_name(web):
    _signer, other = local_signer(Algorithm.P256, 12)
    web.documents[KID] = {
        "keys": [other.jwk("https://badges.larkfield.example/badges/keys/1"), P256_PUBLIC.jwk(KID)]
    }

    assert outcomes(look(web, sign_jwt(badge(), signer=P256))) == ALL_WELL


def test_an_issuer_that_is_a_key_is_known_by_that_key_alone(web):
    did = f"did:key:{ED25519_PUBLIC.multibase}"
    signer = LocalSigner(f"{did}#{ED25519_PUBLIC.multibase}", Algorithm.ED25519, ED25519.private)
    credential = sign_credential(badge(issuer=Issuer(did, "Ada"), status=None), signer=signer, created=NOON)
    report = look(web, credential)

    assert outcomes(report) == ALL_WELL | {"issuer": "warning"}
    assert web.asked == []
    other = "did:key:z6MkjZRZv3aez3r18pB1RBFJR1kwUVJ5jHt92JmQwXbd5hwi"
    stolen = {**credential, "issuer": {**credential["issuer"], "id": other}}
    assert look(web, stolen).check("key").outcome == "failed"


def test_an_issuer_with_a_web_address_lists_its_key_or_has_it_on_its_own_site(web):
    issuer = "https://badges.larkfield.example/badges/issuers/1"
    token = sign_jwt(badge(issuer=Issuer(issuer, "Larkfield"), status=None), signer=P256)
    profile = {"id": issuer, "type": "Profile", "name": "Larkfield"}

    web.documents[issuer] = profile
    assert outcomes(look(web, token)) == ALL_WELL | {"key": "warning"}
    method = {"id": KID, "type": "JsonWebKey", "controller": issuer, "publicKeyJwk": P256_PUBLIC.jwk(KID)}
    web.documents[issuer] = {**profile, "assertionMethod": [method]}
    assert outcomes(look(web, token)) == ALL_WELL
    foreign = LocalSigner("https://evil.example/k", Algorithm.P256, P256.private)
    elsewhere = sign_jwt(badge(issuer=Issuer(issuer, "Larkfield")), signer=foreign)
    web.documents |= {issuer: profile, "https://evil.example/k": P256_PUBLIC.jwk("https://evil.example/k")}
    assert look(web, elsewhere).check("key").outcome == "failed"


# --- dates ---


@pytest.mark.parametrize(
    ("at", "outcome", "explanation"),
    [
        (NOON, "passed", "Valid from 1 March 2026 until 1 March 2027."),
        (NOON - timedelta(minutes=12), "warning", "The badge begins in 12 minutes; a clock may be wrong."),
        (NOON - timedelta(seconds=20), "warning", "The badge begins in 1 minute; a clock may be wrong."),
        (NOON - timedelta(hours=2), "failed", "The badge is not valid before 1 March 2026."),
        (NOON + timedelta(days=365), "passed", "Valid from 1 March 2026 until 1 March 2027."),
        (
            NOON + timedelta(days=365, minutes=59),
            "warning",
            "The badge ended 59 minutes ago; a clock may be wrong.",
        ),
        (
            NOON + timedelta(days=365, minutes=61),
            "failed",
            "The badge expired on 1 March 2027. Whether it was renewed could not be found out "
            "(the server did not answer within 5 seconds): ask its holder for the newest file.",
        ),
    ],
)
def test_a_badge_counts_between_its_dates_and_clocks_may_differ_by_an_hour(
    web, signed, at, outcome, explanation
):
    assert look(web, signed, at=at).check("validity") == Check("validity", outcome, explanation)


def test_without_an_end_it_is_valid_ever_after(web):
    check = look(web, signed_badge(valid_until=None), at=NOON + timedelta(days=9999)).check("validity")
    assert check.explanation == "Valid since 1 March 2026, without an end."


def test_a_signature_from_the_future_does_not_count(web):
    later = sign_credential(badge(), signer=ED25519, created=NOON + timedelta(days=2))
    assert look(web, later).check("signature").explanation == "The signature is dated in the future."


# --- the holder ---


@pytest.mark.parametrize(
    ("email", "outcome"), [("ADA@larkfield.example ", "passed"), ("grace@larkfield.example", "failed")]
)
def test_whoever_presents_a_badge_can_be_compared_with_whom_it_names(web, signed, email, outcome):
    assert look(web, signed, recipient_email=email).check("recipient").outcome == outcome


def test_an_address_that_is_written_out_is_compared_too(web):
    plain = {
        "type": "IdentityObject",
        "hashed": False,
        "identityHash": "ada@larkfield.example",
        "identityType": "emailAddress",
    }
    credential = signed_badge(identifiers=[plain])
    assert (
        look(web, credential, recipient_email="Ada@larkfield.example").check("recipient").outcome == "passed"
    )
    assert SALT not in json.dumps(credential)
