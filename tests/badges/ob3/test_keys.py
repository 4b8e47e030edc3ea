"""Keys as multikeys, as JSON Web Keys, and what they sign."""

import hashlib

import pytest
from joserfc.jwk import ECKey, OKPKey

from badges.ob3.keys import (
    OURS,
    Algorithm,
    InvalidKey,
    LocalSigner,
    PublicKey,
    decode_base64url,
    generate_private_key,
    public_key_of,
)


def test_the_key_of_the_first_test_of_rfc_8032_signs_as_printed_there():
    """RFC 8032, section 7.1, TEST 1: the empty message."""
    private = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    signature = LocalSigner("urn:key", Algorithm.ED25519, private).sign(b"")

    public = public_key_of(private, Algorithm.ED25519)
    assert public.raw.hex() == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    assert signature.hex() == (
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    )
    assert public.verify(b"", signature)
    assert not public.verify(b"x", signature)


@pytest.mark.parametrize(
    ("multibase", "algorithm", "raw"),
    [
        # W3C Data Integrity EdDSA Cryptosuites 1.0, appendix B.1.
        (
            "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2",
            Algorithm.ED25519,
            "b00d8d938e7f773d51565aad36a623f5344f7f5d1960f9cf3e8e12620ea2810f",
        ),
        # Open Badges 3.0 Implementation Guide, Linked Data Proof Test Vector.
        (
            "z6MkjZRZv3aez3r18pB1RBFJR1kwUVJ5jHt92JmQwXbd5hwi",
            Algorithm.ED25519,
            "4bdeafde2ea8beefadd8c699b5c7e0704cf51154d52e17b20b71337ca04cc5a5",
        ),
    ],
)
def test_multikeys_are_read_and_written_as_the_standards_print_them(multibase, algorithm, raw):
    key = PublicKey.from_multibase(multibase)

    assert (key.algorithm, key.raw.hex()) == (algorithm, raw)
    assert key.multibase == multibase


def test_the_p_256_multikey_of_the_standard_verifies_the_signature_that_is_printed_with_it():
    """W3C Data Integrity ECDSA Cryptosuites 1.0, appendix A.1: hash of the proof, then of the document."""
    key = PublicKey.from_multibase("zDnaepBuvsQ8cpsWrVKw8fbpGpvPeNSjVPTWoq6cRqaYzBKVP")
    hashes = bytes.fromhex(
        "3a8a522f689025727fb9d1f0fa99a618da023e8494ac74f51015d009d35abc2e"
        "517744132ae165a5349155bef0bb0cf2258fff99dfe1dbd914b938d775a36017"
    )
    signature = bytes.fromhex(
        "1cb4290918ffb04a55ff7ae1e55e316a9990fda8eec67325eac7fcbf2ddf9dd2"
        "b06716a657e72b284c9604df3a172ecbf06a1a475b49ac807b1d9162df855636"
    )

    assert key.verify(hashes, signature)
    assert not key.verify(hashlib.sha256(hashes).digest(), signature)


@pytest.mark.parametrize("algorithm", OURS)
def test_a_new_key_signs_and_survives_every_spelling(algorithm):
    private = generate_private_key(algorithm)
    public = public_key_of(private, algorithm)
    signature = LocalSigner("urn:key", algorithm, private).sign(b"data")

    assert len(private) == 32
    assert len(signature) == 64
    assert PublicKey.from_multibase(public.multibase) == public
    assert PublicKey.from_jwk(public.jwk("https://k.example/1")) == public
    assert public.verify(b"data", signature)
    assert not public.verify(b"data", signature[:-1])
    assert not public.verify(b"data", bytes(64))


def test_other_libraries_read_our_json_web_keys():
    ed25519 = public_key_of(bytes(range(32)), Algorithm.ED25519).jwk("https://k.example/1")
    p256 = public_key_of(bytes(range(1, 33)), Algorithm.P256).jwk("https://k.example/2")

    assert OKPKey.import_key(ed25519).kid == "https://k.example/1"
    assert ECKey.import_key(p256).kid == "https://k.example/2"
    assert (p256["alg"], p256["use"]) == ("ES256", "sig")


def test_a_signer_does_not_show_its_key():
    signer = LocalSigner("urn:key", Algorithm.P256, b"\x01" * 32)

    assert repr(signer) == "LocalSigner('urn:key', <Algorithm.P256: 'P-256'>)"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "z",
        "x6Mk",
        "z6Mk0OIl",
        "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ",
        "z" + "2" * 100_000,
        "zé",
    ],
)
def test_what_is_no_multikey_is_refused(text):
    with pytest.raises(InvalidKey):
        PublicKey.from_multibase(text)


@pytest.mark.parametrize(
    "jwk",
    [
        {},
        {"kty": "RSA", "n": "AQAB", "e": "AQAB"},
        {"kty": "OKP", "crv": "Ed25519"},
        {"kty": "OKP", "crv": "Ed25519", "x": 7},
        {"kty": "OKP", "crv": "Ed25519", "x": "AAAA"},
        {"kty": "OKP", "crv": ["Ed25519"], "x": "AAAA"},
        {"kty": "EC", "crv": "P-256", "x": "A" * 43, "y": "A" * 43},
    ],
)
def test_what_is_no_json_web_key_is_refused(jwk):
    with pytest.raises(InvalidKey):
        PublicKey.from_jwk(jwk)


def test_a_point_beside_the_curve_is_no_key():
    with pytest.raises(InvalidKey, match="not on its curve"):
        PublicKey(Algorithm.P256, b"\x02" + b"\xff" * 32)


@pytest.mark.parametrize("text", ["AAB", "AA==", "A", "A+/A", "AA AA", "é"])
def test_base64url_has_one_spelling(text):
    with pytest.raises(ValueError, match="Not base64url"):
        decode_base64url(text)
