"""The JSON that is signed, and what is refused before it is."""

import hashlib
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from badges.ob3.credentials import (
    CONTEXTS,
    Achievement,
    Issuer,
    achievement_credential,
    identity_hash,
    identity_object,
)
from badges.ob3.data_integrity import proof_problem, sign_credential, signature_fits
from badges.ob3.data_model import schema_deviations, shape_problems
from badges.ob3.guard import CONTROL, UnsafeToSign, check_before_signing
from badges.ob3.moments import read_moment, write_moment
from tests.badges.ob3.conftest import DID, ED25519, ED25519_PUBLIC, LIST, NOON, P256, SALT, badge


def test_the_fingerprint_of_the_standard():
    """Open Badges 3.0, IdentityObject: a@example.com with the salt Kosher."""
    fingerprint = identity_hash("a@example.com", "Kosher")
    assert fingerprint.startswith("sha256$b5809d8a")
    assert fingerprint.endswith("f399")
    assert len(fingerprint) == len("sha256$") + 64


def test_an_address_is_hashed_in_lower_case():
    expected = hashlib.sha256(f"ada@larkfield.example{SALT}".encode()).hexdigest()

    assert identity_object(" Ada@Larkfield.example ", SALT) == {
        "type": "IdentityObject",
        "hashed": True,
        "identityHash": f"sha256${expected}",
        "identityType": "emailAddress",
        "salt": SALT,
    }


def test_a_full_badge_is_exactly_this():
    assert badge() == {
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
            "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
        ],
        "id": "https://badges.larkfield.example/badges/awards/1",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": "Prompt craft",
        "issuer": {
            "id": "did:web:badges.larkfield.example:badges:issuers:larkfield",
            "type": ["Profile"],
            "name": "Larkfield",
            "url": "https://larkfield.example",
            "email": "learning@larkfield.example",
            "description": "Makes larks.",
            "image": {"id": "https://larkfield.example/logo.png", "type": "Image"},
        },
        "awardedDate": "2026-02-28T12:00:00Z",
        "validFrom": "2026-03-01T12:00:00Z",
        "validUntil": "2027-03-01T12:00:00Z",
        "credentialSubject": {
            "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
            "type": ["AchievementSubject"],
            "identifier": [identity_object("ada@larkfield.example", SALT)],
            "narrative": "Ada wrote the prompts of her team.",
            "achievement": {
                "id": "https://badges.larkfield.example/badges/achievements/1",
                "type": ["Achievement"],
                "achievementType": "Certification",
                "name": "Prompt craft",
                "description": "Writes prompts that others can reuse.",
                "criteria": {"narrative": "Passed *three* exercises."},
                "image": {
                    "id": "https://badges.larkfield.example/badges/achievements/1.png",
                    "type": "Image",
                    "caption": "A lark with a pen",
                },
                "tag": ["ai", "writing"],
                "inLanguage": "en",
                "version": "2",
                "alignment": [
                    {
                        "type": ["Alignment"],
                        "targetName": "Prompting",
                        "targetUrl": "https://skills.example/prompting",
                        "targetFramework": "Skills",
                        "targetCode": "S1",
                        "targetDescription": "Asking well",
                        "targetType": "ceasn:Competency",
                    }
                ],
            },
        },
        "evidence": [
            {
                "id": "https://badges.larkfield.example/evidence/3",
                "type": ["Evidence"],
                "name": "Exercise 3",
                "description": "Summaries",
                "narrative": "Scored 92 %.",
                "genre": "Exercise",
            }
        ],
        "credentialSchema": [
            {
                "id": "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json",
                "type": "1EdTechJsonSchemaValidator2019",
            }
        ],
        "credentialStatus": {
            "id": f"{LIST}#94567",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": "94567",
            "statusListCredential": LIST,
        },
        "refreshService": {
            "id": "https://badges.larkfield.example/badges/refresh/Zm9v",
            "type": "1EdTechCredentialRefresh",
        },
    }


def smallest() -> dict[str, Any]:
    return achievement_credential(
        id="urn:uuid:1",
        issuer=Issuer(DID, "Larkfield"),
        achievement=Achievement("https://a.example/1", "A", "B", "C"),
        subject_id="urn:uuid:2",
        identifiers=[],
        name="A",
        awarded_at=NOON,
        valid_from=NOON,
        status=None,
    )


def test_what_was_not_given_is_not_written():
    assert set(smallest()) == {
        "@context", "id", "type", "name", "issuer", "awardedDate", "validFrom", "credentialSubject", "credentialSchema",
    }  # fmt: skip
    assert set(smallest()["credentialSubject"]) == {"id", "type", "achievement"}


@pytest.mark.parametrize("credential", [badge(), smallest()])
def test_every_badge_has_the_shape_of_the_published_schema_and_passes_the_guard(credential):
    check_before_signing(credential)

    assert shape_problems(credential) == []
    assert schema_deviations(credential) == []


def refused(**changes: Any) -> list[str]:
    with pytest.raises(UnsafeToSign) as caught:
        check_before_signing({**badge(), **changes})
    return caught.value.problems


def test_trap_1_without_the_extensions_the_type_of_the_schema_is_no_address():
    assert refused(**{"@context": CONTEXTS[:2]}) == [
        "1EdTechJsonSchemaValidator2019 is no full address and is no word of the contexts.",
        "1EdTechCredentialRefresh is no full address and is no word of the contexts.",
    ]


def test_trap_2_a_member_that_no_context_defines_is_not_left_unsigned():
    assert refused(praxisLevel=3) == ["praxisLevel is defined by no context, so it would not be signed."]


@pytest.mark.parametrize(
    "id_", ["awards/1", "/awards/1", "//awards.example/1", "1", "#1", "", "urn:a b", "https://a.example/<1>"]
)
def test_trap_2_an_address_that_is_not_complete_is_not_completed_by_somebody_else(id_):
    (problem,) = refused(id=id_)
    assert problem.endswith(" is no full address and is no word of the contexts.")


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x08", "\x0b", "\x0c", "\x1f", "\x7f", "\ud800"])
def test_trap_3_control_characters_are_refused_and_the_member_is_named(character):
    credential = badge()
    credential["credentialSubject"]["achievement"]["criteria"]["narrative"] = f"a{character}b"
    assert refused(**credential) == [
        "credentialSubject.achievement.criteria.narrative holds an invisible control character; type that passage anew."
    ]


def test_trap_4_terms_that_only_one_of_the_two_contexts_knows_are_refused():
    assert refused(endorsementJwt=["eyJ"]) == [
        "endorsementJwt is defined by no context, so it would not be signed."
    ]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        (
            {"@context": [*CONTEXTS, "https://evil.example/c"]},
            "@context names https://evil.example/c, which is not bundled.",
        ),
        (
            {"@context": [*CONTEXTS, {"name": "urn:x"}]},
            "@context names {'name': 'urn:x'}, which is not bundled.",
        ),
        ({"evidence": []}, "evidence is empty, and what is empty is not signed; leave it out."),
        ({"description": None}, "description is empty, and what is empty is not signed; leave it out."),
        ({"https://schema.org/name": "x"}, "https://schema.org/name must be called by its plain name."),
        ({"@included": [{"id": "urn:x:1"}]}, "@included must be called by its plain name."),
        ({"name": 0.1}, "name is a number that is not read alike everywhere; write it as text."),
        ({"name": 2**53 + 1}, "name is a number that is not read alike everywhere; write it as text."),
    ],
)
def test_what_else_would_be_read_differently_elsewhere_is_refused(changes, problem):
    assert problem in refused(**changes)


def test_a_person_reads_what_is_wrong():
    with pytest.raises(UnsafeToSign) as caught:
        check_before_signing({"id": "urn:x:1"})
    assert (
        caught.value.message
        == "The badge cannot be signed as it is. It has no @context, so its words mean nothing."
    )


def test_signing_adds_one_proof_and_leaves_the_original_alone(signed):
    original = badge()
    again = sign_credential(original, signer=ED25519, created=NOON)

    assert original == badge()
    assert again == signed
    (proof,) = signed["proof"]
    assert {name: value for name, value in proof.items() if name != "proofValue"} == {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "created": "2026-03-01T12:00:00Z",
        "verificationMethod": f"{DID}#{ED25519_PUBLIC.multibase}",
        "proofPurpose": "assertionMethod",
    }
    assert signature_fits(signed, proof, ED25519_PUBLIC)


def test_signing_refuses_the_wrong_key_and_a_second_signature(signed):
    with pytest.raises(ValueError, match="signs with Ed25519"):
        sign_credential(badge(), signer=P256, created=NOON)
    with pytest.raises(ValueError, match="signed already"):
        sign_credential(signed, signer=ED25519, created=NOON)


@settings(max_examples=25)
@given(
    st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40).filter(
        lambda text: not CONTROL.search(text)
    )
)
def test_any_text_that_the_guard_lets_through_is_signed_and_protected(narrative):
    credential = sign_credential(badge(narrative=narrative), signer=ED25519, created=NOON)
    (proof,) = credential["proof"]

    assert signature_fits(credential, proof, ED25519_PUBLIC)
    changed = deepcopy(credential)
    changed["credentialSubject"]["narrative"] += "."
    assert not signature_fits(changed, proof, ED25519_PUBLIC)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"cryptosuite": "ecdsa-sd-2023"}, "it is signed with ecdsa-sd-2023, which cannot be checked here"),
        ({"type": "RsaSignature2018"}, "it is signed with RsaSignature2018, which cannot be checked here"),
        (
            {"cryptosuite": "Ed25519Signature2020"},
            "it is signed with Ed25519Signature2020, which cannot be checked here",
        ),
        (
            {"type": "eddsa-rdfc-2022"},
            "it is signed with eddsa-rdfc-2022, which cannot be checked here",
        ),
        (
            {"cryptosuite": ["eddsa-rdfc-2022"]},
            "it is signed with ['eddsa-rdfc-2022'], which cannot be checked here",
        ),
        ({"proofPurpose": "authentication"}, "its purpose is not assertionMethod"),
        ({"verificationMethod": {}}, "it names no key"),
        ({"created": "yesterday"}, "created or expires is no moment"),
        ({"expires": 7}, "created or expires is no moment"),
        ({"previousProof": "urn:x"}, "it depends on another proof"),
        ({"proofValue": "z11"}, "its proofValue is no signature"),
        ({"proofValue": "z" + "1" * 1_000_000}, "its proofValue is no signature"),
        ({"proofValue": None}, "its proofValue is no signature"),
    ],
)
def test_a_proof_of_another_form_is_named(signed, changes, problem):
    assert proof_problem({**signed["proof"][0], **changes}) == problem


def test_moments_are_written_in_whole_seconds_of_utc():
    moment = read_moment("2026-03-01T13:00:00.75+01:00")

    assert moment is not None
    assert write_moment(moment) == "2026-03-01T12:00:00Z"
    assert [
        read_moment(text) for text in ("2026-03-01", "2026-03-01T12:00:00", "2026-02-30T12:00:00Z", "", 7)
    ] == [None] * 5
    with pytest.raises(ValueError, match="needs its time zone"):
        write_moment(NOON.replace(tzinfo=None))
