"""Whether a badge was taken back, and what keeps a stranger from knowing."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from badges.ob3.credentials import status_entry
from badges.ob3.keys import Algorithm
from badges.ob3.status import empty_bits, with_bit
from badges.ob3.verifying import Check
from tests.badges.ob3.conftest import (
    DID,
    INDEX,
    LIST,
    NOON,
    badge,
    local_signer,
    status_list,
)
from tests.badges.ob3.looking import look, sign_token, signed_badge


def test_a_revoked_badge_fails_and_its_neighbour_does_not(web, signed):
    web.documents[LIST] = status_list(with_bit(empty_bits(), INDEX))

    assert look(web, signed).check("status") == Check(
        "status", "failed", "The issuer revoked this badge. It no longer counts."
    )
    assert look(web, signed_badge(status=status_entry(LIST, INDEX + 1))).check("status").outcome == "passed"


def test_an_unreachable_list_is_a_warning_with_its_reason(web, signed):
    del web.documents[LIST]
    report = look(web, signed)

    assert report.outcome == "warning"
    assert report.check("status").explanation == (
        "Whether it was revoked is not known: the list could not be fetched "
        "(the server did not answer within 5 seconds). Try again later."
    )


def unproved() -> dict[str, Any]:
    return {name: value for name, value in status_list(empty_bits()).items() if name != "proof"}


def changed_list() -> dict[str, Any]:
    revoked = status_list(with_bit(empty_bits(), INDEX))
    return {**revoked, "credentialSubject": status_list(empty_bits())["credentialSubject"]}


LISTS: list[tuple[Callable[[], Any], str]] = [
    (unproved, "the list is not signed with a key of the issuer."),
    (changed_list, "the list was changed after it was signed."),
    (lambda: {**status_list(empty_bits()), "note": "x"}, "the list was changed after it was signed."),
    (
        lambda: status_list(empty_bits(), signer=local_signer(Algorithm.ED25519, 66)[0]),
        "the list is not signed with a key of the issuer.",
    ),
    (
        lambda: status_list(empty_bits(), issuer="did:web:evil.example"),
        "the list was published by somebody else than the issuer.",
    ),
    (lambda: status_list(empty_bits(), id=f"{LIST}0"), "another list was found where this one should be."),
    (lambda: status_list(empty_bits(), type=["VerifiableCredential"]), "what was found there is no list."),
    (
        lambda: status_list(empty_bits(), validUntil="2026-03-01T12:30:00Z"),
        "the list is out of date. Ask the issuer to publish a new one.",
    ),
    (lambda: status_list(empty_bits(), validFrom="2026-03-03T12:00:00Z"), "the list is dated in the future."),
    (lambda: status_list(bytes(16_384 - 1)), "the list is damaged."),
    (lambda: "no json", "what was found there cannot be read."),
    (dict, "the list was published by somebody else than the issuer."),
    (signed_badge, "another list was found where this one should be."),
]


@pytest.mark.parametrize(("published", "reason"), LISTS, ids=range(len(LISTS)))
def test_a_list_that_cannot_be_trusted_fails_with_its_reason(web, signed, published, reason):
    web.documents[LIST] = published()
    at = NOON + timedelta(hours=2)

    check = look(web, signed, at=at).check("status")
    assert (check.outcome, check.explanation) == ("failed", f"Whether it was revoked is not known: {reason}")


def test_what_was_revoked_stays_so_even_when_the_list_is_out_of_date(web, signed):
    web.documents[LIST] = status_list(with_bit(empty_bits(), INDEX))
    assert (
        look(web, signed, at=NOON + timedelta(days=9))
        .check("status")
        .explanation.startswith("The issuer revoked")
    )


@pytest.mark.parametrize("index", ["131072", "-1", "1e3", "٣", "", "9" * 40, -2, True, 1.5, None, []])
def test_a_place_that_is_none_fails(web, index):
    token = sign_token(credentialStatus={**status_entry(LIST, 0), "statusListIndex": index})
    assert look(web, token).check("status").outcome == "failed"


def test_the_older_kind_of_list_still_revokes(web):
    url = "https://badges.larkfield.example/revoked"
    token = sign_token(credentialStatus={"id": url, "type": "1EdTechRevocationList"})

    web.documents[url] = {
        "id": url,
        "issuer": DID,
        "revokedCredential": [{"id": badge()["id"], "revoked": True}],
    }
    assert look(web, token).check("status").outcome == "failed"
    web.documents[url] = {"id": url, "issuer": DID, "revokedCredential": [{"id": "urn:x"}]}
    assert look(web, token).check("status").outcome == "warning"


def test_a_token_whose_claims_contradict_its_badge_fails(web):
    report = look(web, sign_token(exp=9_999_999_999))

    assert report.check("signature").outcome == "passed"
    assert report.check("unchanged").explanation == (
        "The token contradicts the badge inside it: exp does not agree with the credential."
    )
