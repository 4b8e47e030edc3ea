"""Status lists, and the documents of issuers."""

import gzip
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from badges.ob3.credentials import status_entry
from badges.ob3.did import InvalidDid, did_document, did_web, url_of
from badges.ob3.keys import encode_base64url
from badges.ob3.status import (
    LENGTH,
    InvalidStatusList,
    decode_bits,
    empty_bits,
    encode_bits,
    has_bit,
    status_list_credential,
    with_bit,
)
from tests.badges.ob3.conftest import DID, ED25519, ED25519_PUBLIC, KID, LIST, NOON, P256_PUBLIC

# W3C Bitstring Status List 1.0, example of a BitstringStatusListCredential: 131,072 bits, none set.
EXAMPLE = "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA"


def test_the_list_of_the_standard_is_an_empty_one():
    assert decode_bits(EXAMPLE) == empty_bits()
    assert len(empty_bits()) == 16_384


def test_bits_are_counted_from_the_left():
    bits = with_bit(with_bit(with_bit(empty_bits(), 0), 9), LENGTH - 1)

    assert (bits[0], bits[1], bits[-1]) == (0b1000_0000, 0b0100_0000, 0b0000_0001)
    assert [has_bit(bits, index) for index in (0, 1, 8, 9, LENGTH - 1)] == [True, False, False, True, True]
    assert with_bit(bits, 9) == bits


@given(st.sets(st.integers(0, LENGTH - 1), max_size=20), st.integers(0, LENGTH - 1))
def test_exactly_the_bits_that_were_set_are_set_and_survive_the_journey(indexes, other):
    bits = empty_bits()
    for index in indexes:
        bits = with_bit(bits, index)
    arrived = decode_bits(encode_bits(bits))

    assert arrived == bits
    assert all(has_bit(arrived, index) for index in indexes)
    assert has_bit(arrived, other) == (other in indexes)


@pytest.mark.parametrize("index", [-1, LENGTH])
def test_beyond_the_list_there_is_nothing(index):
    with pytest.raises(IndexError):
        has_bit(empty_bits(), index)
    with pytest.raises(IndexError):
        with_bit(empty_bits(), index)


def packed(data: bytes) -> str:
    return "u" + encode_base64url(gzip.compress(data, mtime=0))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "behind a u"),
        (EXAMPLE[1:], "behind a u"),
        ("uAAAA", "cannot be unpacked"),
        ("u???", "cannot be unpacked"),
        (packed(bytes(16_383)), "shorter than the standard"),
        ("u" + encode_base64url(gzip.compress(bytes(16_384), mtime=0)[:-9]), "cut off"),
        ("u" + encode_base64url(gzip.compress(bytes(16_384), mtime=0) * 2), "something follows"),
        (packed(bytes(50_000_000)), "more than it may"),
        ("u" + "A" * 5_000_000, "too long"),
    ],
    ids=lambda value: value[:24],
)
def test_a_broken_list_or_one_that_swells_is_refused(text, reason):
    with pytest.raises(InvalidStatusList, match=reason):
        decode_bits(text)


def test_a_list_and_what_points_to_it_are_written_as_the_standard_wants():
    published = status_list_credential(
        id=LIST, issuer_id=DID, bits=empty_bits(), valid_from=NOON, valid_until=NOON + timedelta(days=1)
    )

    assert status_entry(LIST, 94567)["statusListIndex"] == "94567"
    assert decode_bits(published["credentialSubject"].pop("encodedList")) == empty_bits()
    assert published == {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": LIST,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": DID,
        "validFrom": "2026-03-01T12:00:00Z",
        "validUntil": "2026-03-02T12:00:00Z",
        "credentialSubject": {
            "id": f"{LIST}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
        },
    }


@pytest.mark.parametrize(
    ("did", "url", "parts"),
    [
        # did:web Method Specification, sections 2.5.1 and 2.5.2.
        (
            "did:web:w3c-ccg.github.io",
            "https://w3c-ccg.github.io/.well-known/did.json",
            ("w3c-ccg.github.io",),
        ),
        (
            "did:web:w3c-ccg.github.io:user:alice",
            "https://w3c-ccg.github.io/user/alice/did.json",
            ("w3c-ccg.github.io", "user", "alice"),
        ),
        (
            "did:web:example.com%3A3000:user:alice",
            "https://example.com:3000/user/alice/did.json",
            ("example.com:3000", "user", "alice"),
        ),
    ],
)
def test_did_web_is_read_and_written_as_in_its_specification(did, url, parts):
    assert did_web(*parts) == did
    assert url_of(did) == url
    assert url_of(f"{did}#z6Mk") == url


@pytest.mark.parametrize(
    "did",
    [
        "",
        "did:key:z6Mk",
        "did:web:",
        "did:web:10.0.0.1",
        "did:web:user@example.com",
        "did:web:example.com%2F..%2Fx",
        "did:web:example.com:..:x",
        "did:web:example.com:%2e%2e",
        "did:web:example.com:a%2Fb",
        "did:web:example.com::b",
        "did:web:" + "a." * 5_000,
        "x did:web:example.com",
    ],
)
def test_a_did_that_would_lead_elsewhere_is_refused(did):
    with pytest.raises(InvalidDid):
        url_of(did)


@pytest.mark.parametrize(
    "parts", [("10.0.0.1",), ("exa mple.com",), ("example.com", ""), ("example.com", "..")]
)
def test_no_did_is_made_of_what_is_no_host_or_path(parts):
    with pytest.raises(InvalidDid):
        did_web(*parts)


def test_the_document_lists_every_key_and_lets_only_some_sign():
    document = did_document(DID, [(ED25519.key_id, ED25519_PUBLIC, False), (KID, P256_PUBLIC, True)])

    p256_name = f"{DID}#{P256_PUBLIC.multibase}"
    assert document == {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": DID,
        "verificationMethod": [
            {
                "id": ED25519.key_id,
                "type": "Multikey",
                "controller": DID,
                "publicKeyMultibase": ED25519_PUBLIC.multibase,
            },
            {
                "id": p256_name,
                "type": "Multikey",
                "controller": DID,
                "publicKeyMultibase": P256_PUBLIC.multibase,
            },
        ],
        "assertionMethod": [p256_name],
    }
