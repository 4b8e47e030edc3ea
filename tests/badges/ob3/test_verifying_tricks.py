"""Tricks that leave a signature in order and change what a badge seems to say; each was tried and must fail."""

from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest

from badges.ob3.contexts.loader import CREDENTIALS_V1, CREDENTIALS_V2, OPEN_BADGES
from badges.ob3.credentials import status_entry
from badges.ob3.data_integrity import sign_credential
from badges.ob3.did import did_document, url_of
from badges.ob3.guard import UnsafeToSign
from badges.ob3.status import empty_bits
from badges.ob3.verifying import Check
from tests.badges.ob3.conftest import DID, ED25519, ED25519_PUBLIC, INDEX, LIST, NOON, badge, status_list
from tests.badges.ob3.looking import ALL_WELL, look, outcomes, sign_token


def endorsement_of(subject_id: str) -> dict[str, Any]:
    unsigned = {
        "@context": [CREDENTIALS_V2, OPEN_BADGES],
        "id": "urn:uuid:0a1b2c3d-0000-4000-8000-000000000001",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "name": "Well earned",
        "issuer": {"id": DID, "type": ["Profile"], "name": "Larkfield"},
        "validFrom": "2026-03-01T12:00:00Z",
        "credentialSubject": {
            "id": subject_id,
            "type": ["EndorsementSubject"],
            "endorsementComment": "Seen with my own eyes.",
        },
    }
    return sign_credential(unsigned, signer=ED25519, created=NOON)


@pytest.fixture
def endorsed() -> dict[str, Any]:
    """A badge with an endorsement of itself."""
    return sign_credential(
        {**badge(), "endorsement": [endorsement_of(badge()["id"])]}, signer=ED25519, created=NOON
    )


def test_an_endorsement_may_be_about_the_badge_around_it(web, endorsed):
    assert outcomes(look(web, endorsed)) == ALL_WELL


@pytest.mark.parametrize("name", ["validUntil", "credentialStatus"])
def test_what_limits_a_badge_cannot_be_moved_into_an_endorsement_of_it(web, endorsed, name):
    """To JSON-LD badge and endorsed thing are one, so every signed statement is still there."""
    moved = deepcopy(endorsed)
    subject = moved["endorsement"][0]["credentialSubject"]
    subject |= {"type": ["EndorsementSubject", "VerifiableCredential"], name: moved.pop(name)}
    report = look(web, moved)

    assert report.check("signature").outcome == "passed"
    assert report.check("data_model") == Check(
        "data_model",
        "failed",
        "It is not built like an Open Badge 3.0. Look at: endorsement[0].credentialSubject.id.",
    )


def test_an_old_list_does_not_stay_fresh_by_hiding_when_it_ends(web, signed):
    old = status_list(empty_bits())
    ends = {"@type": "http://www.w3.org/2001/XMLSchema#dateTime", "@value": old.pop("validUntil")}
    web.documents[LIST] = {**old, "https://www.w3.org/2018/credentials#validUntil": ends}

    check = look(web, signed, at=NOON + timedelta(days=30)).check("status")
    assert check.outcome == "failed"
    assert check.explanation.endswith("the list was changed after it was signed.")


def test_a_list_with_a_vocabulary_of_its_own_is_not_believed(web, signed):
    altered = status_list(empty_bits())
    altered["credentialSubject"]["@context"] = {"note": "https://evil.example/note"}
    web.documents[LIST] = altered

    assert look(web, signed).check("status").outcome == "failed"


def test_a_list_whose_signature_is_dated_in_the_future_is_not_believed(web, signed):
    unsigned = {name: value for name, value in status_list(empty_bits()).items() if name != "proof"}
    web.documents[LIST] = sign_credential(unsigned, signer=ED25519, created=NOON + timedelta(hours=20))

    assert look(web, signed).check("status").explanation == (
        "Whether it was revoked is not known: the list carries a signature that does not count today."
    )


@pytest.mark.parametrize("size", [2, "2", 0, 1.0, True, None], ids=repr)
def test_of_a_list_with_more_than_one_bit_for_each_the_wrong_one_is_not_read(web, size):
    entry = {**status_entry(LIST, INDEX), "statusSize": size}
    check = look(web, sign_token(credentialStatus=entry)).check("status")

    assert (check.outcome, check.explanation) == (
        "failed",
        "Whether it was revoked is not known: the badge points to a list in a way that is not understood.",
    )


@pytest.mark.parametrize(
    ("ending", "outcome"),
    [
        ({"revoked": "2026-01-01T00:00:00Z"}, "failed"),
        ({"revoked": "2026-01-01"}, "failed"),
        ({"revoked": True}, "failed"),
        ({"expires": "soon"}, "failed"),
        ({"revoked": None}, "passed"),
        ({"expires": "2030-01-01T00:00:00Z"}, "passed"),
    ],
)
def test_a_key_that_was_withdrawn_does_not_count_however_its_end_is_written(web, signed, ending, outcome):
    document = did_document(DID, [(ED25519.key_id, ED25519_PUBLIC, True)])
    document["verificationMethod"][0] |= ending
    web.documents[url_of(DID)] = document

    assert look(web, signed).check("key").outcome == outcome


@pytest.mark.parametrize(
    "dates",
    [
        {"expirationDate": "2026-02-01T00:00:00Z"},
        {"issuanceDate": "2027-02-01T00:00:00Z"},
        {"expirationDate": "never"},
        {"@context": [CREDENTIALS_V1, OPEN_BADGES], "issuanceDate": "2026-01-01T00:00:00Z",
         "validUntil": "2026-02-01T00:00:00Z"},
    ],
)  # fmt: skip
def test_a_date_under_its_other_name_counts_too(web, dates):
    assert look(web, sign_token(**dates)).check("validity").outcome == "failed"


@pytest.mark.parametrize(
    "contexts",
    [
        [OPEN_BADGES, CREDENTIALS_V2],
        [CREDENTIALS_V1, CREDENTIALS_V2, OPEN_BADGES],
        [OPEN_BADGES],
    ],
)
def test_what_does_not_begin_with_the_vocabulary_of_credentials_is_not_signed(contexts):
    with pytest.raises(UnsafeToSign, match="Its first @context must be"):
        sign_credential({**badge(), "@context": contexts}, signer=ED25519, created=NOON)


def test_a_foreign_badge_that_begins_otherwise_fails_with_the_reason(web, signed):
    check = look(web, {**signed, "@context": signed["@context"][::-1]}).check("contexts")

    assert check.outcome == "failed"
    assert check.explanation == (
        "The first vocabulary that it names must be https://www.w3.org/ns/credentials/v2, or "
        "https://www.w3.org/2018/credentials/v1 in an older badge. "
        "It names https://purl.imsglobal.org/spec/ob/v3p0/extensions.json."
    )


REPEATED: dict[str, Any] = {
    "values": {"tag": [f"t{number}" for number in range(1_001)]},
    "things": {"alignment": [{"type": ["Alignment"], "targetName": "x"}] * 1_001},
    "things apart": {
        "related": [
            {"id": badge()["credentialSubject"]["achievement"]["id"], "type": ["Achievement"],
             "alignment": [{"type": ["Alignment"], "targetName": "x"}] * 400}
        ] * 3
    },
    "types": {"type": ["Achievement", *(f"urn:t{number}" for number in range(1_001))]},
}  # fmt: skip


@pytest.mark.parametrize("repeated", REPEATED.values(), ids=REPEATED.keys())
def test_a_badge_that_repeats_itself_to_keep_us_busy_is_given_up(web, signed, repeated):
    """PyLD compares each of them with each: ten thousand took minutes."""
    long = deepcopy(signed)
    long["credentialSubject"]["achievement"] |= repeated

    assert look(web, long).check("signature") == Check(
        "signature",
        "failed",
        "What the signature covers cannot be worked out: It says more than 1000 things of one kind.",
    )


def test_two_things_of_one_address_are_not_signed_where_verifiers_would_sort_their_names_differently():
    """Each stands alone in its object, so no list shows it; to JSON-LD they are one thing with two names."""
    seen = {"id": "https://badges.larkfield.example/evidence/3", "type": ["Evidence"]}
    evidence = [{**seen, "name": "\ue000 private"}, {**seen, "name": "\U0001f600 emoji"}]

    with pytest.raises(UnsafeToSign, match="It holds symbols that are not sorted alike everywhere"):
        sign_credential({**badge(), "evidence": evidence}, signer=ED25519, created=NOON)
    harmless = [{**seen, "name": "\ue000 private"}, {**seen, "name": "\ue001 private"}]
    assert sign_credential({**badge(), "evidence": harmless}, signer=ED25519, created=NOON)["proof"]
