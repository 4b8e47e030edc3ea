"""The canonical form: as W3C prints it, as RFC 1.0 escapes it, and never as long as an attacker wishes."""

import hashlib
import threading
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyld import jsonld  # type: ignore[import-untyped]

from badges.ob3 import canonical, linked_data
from badges.ob3.canonical import TooComplex, canonical_form
from badges.ob3.contexts import loader
from badges.ob3.contexts.loader import CREDENTIALS_V2, ED25519_2020_V1
from badges.ob3.data_integrity import proof_problem, signature_fits
from badges.ob3.keys import Algorithm, PublicKey
from badges.ob3.linked_data import NotLinkedData
from tests.badges.ob3.conftest import badge

EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"

# W3C Data Integrity EdDSA Cryptosuites 1.0, appendix B.1: credential, key, both hashes and the signature.
ALUMNI: dict[str, Any] = {
    "@context": [CREDENTIALS_V2, EXAMPLES],
    "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
    "type": ["VerifiableCredential", "AlumniCredential"],
    "name": "Alumni Credential",
    "description": "A minimum viable example of an Alumni Credential.",
    "issuer": "https://vc.example/issuers/5678",
    "validFrom": "2023-01-01T00:00:00Z",
    "credentialSubject": {"id": "did:example:abcdefgh", "alumniOf": "The School of Examples"},
}
KEY = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
PROOF = {
    "type": "DataIntegrityProof",
    "cryptosuite": "eddsa-rdfc-2022",
    "created": "2023-02-24T23:36:38Z",
    "verificationMethod": f"did:key:{KEY}#{KEY}",
    "proofPurpose": "assertionMethod",
}
SIGNATURE = "z2YwC8z3ap7yx1nZYCg4L3j3ApHsF8kgPdSb5xoS1VR7vPG3F561B52hYnQF9iseabecm3ijx4K1FBTQsCZahKZme"


@pytest.fixture
def _examples(monkeypatch):
    """Teach the loader the context of W3C's examples, which is no part of the product."""

    def load(url: str) -> dict[str, Any]:
        vocabulary = {"@context": {"@vocab": "https://www.w3.org/ns/credentials/examples#"}}
        return vocabulary if url == EXAMPLES else loader.load_context(url)

    monkeypatch.setattr(linked_data, "load_context", load)


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.usefixtures("_examples")
def test_the_credential_of_the_standard_has_the_hashes_of_the_standard():
    assert (
        sha256(canonical_form(ALUMNI)) == "517744132ae165a5349155bef0bb0cf2258fff99dfe1dbd914b938d775a36017"
    )
    options = {**PROOF, "@context": ALUMNI["@context"]}
    assert (
        sha256(canonical_form(options)) == "bea7b7acfbad0126b135104024a5f1733e705108f42d59668b05c0c50004c6b0"
    )


@pytest.mark.usefixtures("_examples")
def test_the_signature_of_the_standard_fits_and_only_its_own_credential():
    proof, key = {**PROOF, "proofValue": SIGNATURE}, PublicKey.from_multibase(KEY)

    assert signature_fits(ALUMNI, proof, key)
    assert not signature_fits({**ALUMNI, "name": "Alumna Credential"}, proof, key)
    assert not signature_fits(ALUMNI, {**proof, "created": "2023-02-24T23:36:39Z"}, key)


ECDSA = {"type": "DataIntegrityProof", "cryptosuite": "ecdsa-rdfc-2019"}
# W3C Data Integrity ECDSA Cryptosuites 1.0, appendices A.1 and A.3: the same credential, signed on two curves. W3C Data
# Integrity EdDSA Cryptosuites 1.0, appendix B, Ed25519Signature2020 (examples 41 to 50).
OTHERS = [
    (
        ECDSA,
        "zDnaepBuvsQ8cpsWrVKw8fbpGpvPeNSjVPTWoq6cRqaYzBKVP",
        "zaHXrr7AQdydBk3ahpCDpWbxfLokDqmCToYm2dyWvpcFVyWooC2he63w1f7UNQoAMKdhaRtcnaE2KTo5o5vTCcfw",
    ),
    (
        ECDSA,
        "z82LkuBieyGShVBhvtE2zoiD6Kma4tJGFtkAhxR5pfkp5QPw4LutoYWhvQCnGjdVn14kujQ",
        "z967Mvv5bxtmLNqTzPZ8KmJjFmFXaAKeQNzq7GWnQkMcLtaGSSmuozE5WtJ8PipMe178B1tE28K1vsJur9bGVJhz6jgSJsRHFSQeqgH8hh"
        "jcg8gZDFJC1b9FsR5ggNmDBqHv",
    ),
    (
        {"type": "Ed25519Signature2020"},
        KEY,
        "z57Mm1vboMtZiCyJ4aReZsv8co4Re64Y8GEjL1ZARzMbXZgkARFLqFs1P345NpPGG2hgCrS4nNdvJhpwnrNyG3kEF",
    ),
]


@pytest.mark.usefixtures("_examples")
@pytest.mark.parametrize(("suite", "key", "signature"), OTHERS, ids=["P-256", "P-384", "Ed25519 of 2020"])
def test_the_signatures_of_other_suites_that_the_standards_print_fit(suite, key, signature):
    proof = {
        **suite,
        "created": "2023-02-24T23:36:38Z",
        "verificationMethod": f"did:key:{key}#{key}",
        "proofPurpose": "assertionMethod",
        "proofValue": signature,
    }
    public = PublicKey.from_multibase(key)

    assert proof_problem(proof) == ""
    assert signature_fits(ALUMNI, proof, public)
    assert signature_fits({**ALUMNI, "@context": [*ALUMNI["@context"], ED25519_2020_V1]}, proof, public)
    assert not signature_fits({**ALUMNI, "name": "Alumna"}, proof, public)
    assert not signature_fits(ALUMNI, {**proof, "created": "2023-02-24T23:36:39Z"}, public)
    assert not signature_fits(ALUMNI, proof, PublicKey(Algorithm.ED25519, bytes(32)))


def literal(text: str) -> str:
    document = {"@context": [CREDENTIALS_V2], "id": "urn:x:1", "type": ["VerifiableCredential"], "name": text}
    line = next(line for line in canonical_form(document).split(" .\n") if "schema.org/name" in line)
    return line.partition("schema.org/name> ")[2]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("\x00", '"\\u0000"'),
        ("\x07", '"\\u0007"'),
        ("\b\t\n\f\r", '"\\b\\t\\n\\f\\r"'),
        ("\x0b", '"\\u000B"'),
        ("\x1f", '"\\u001F"'),
        ("\x7f", '"\\u007F"'),
        ('"\\', '"\\"\\\\"'),
        ("\x80\xa0\u2028é😀", '"\x80\xa0\u2028é😀"'),
    ],
)
def test_control_characters_are_written_as_rdfc_1_0_wants_them(text, written):
    """Trap 3: PyLD writes all but tab and line ends as they are. RDFC-1.0, section 5: canonical N-Quads."""
    assert literal(text) == written


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=4), st.text(alphabet='ab \n"\\é😀', max_size=20))
def test_where_nothing_needs_the_newer_escapes_the_form_is_that_of_pyld(names, narrative):
    credential = badge(narrative=narrative)
    credential["evidence"] = [{"type": ["Evidence"], "name": name} for name in names]
    options = {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": linked_data._load}

    assert canonical_form(credential) == jsonld.normalize(credential, options)


def ring(size: int) -> dict[str, Any]:
    """Return nodes without names that all point to all others: every one looks like every other."""
    names = [f"_:n{number}" for number in range(size)]
    subjects = [
        {"id": name, "https://v.example/to": [{"id": other} for other in names if other != name]}
        for name in names
    ]
    return {"@context": [CREDENTIALS_V2], "type": ["VerifiableCredential"], "credentialSubject": subjects}


def test_small_riddles_are_solved_whatever_their_nodes_were_called():
    riddle = ring(3)
    renamed: dict[str, Any] = {**riddle, "credentialSubject": riddle["credentialSubject"][::-1]}

    assert canonical_form(riddle) == canonical_form(renamed)
    assert (
        canonical_form(riddle).count("_:c14n3") == 5
    )  # two lines from it, two to it, one from the credential


def test_a_riddle_made_to_take_forever_is_given_up(monkeypatch):
    monkeypatch.setattr(canonical, "MOST_STEPS", 500)
    with pytest.raises(TooComplex):
        canonical_form(ring(9))


def test_an_address_cannot_pretend_to_be_further_statements():
    for address in ("urn:x> <urn:p> <urn:o> .\n<urn:x", "urn:x>", "urn:x\u00a0y", "urn:x y"):
        with pytest.raises(NotLinkedData, match="No full address"):
            canonical_form({**badge(), "id": address})


def test_an_unknown_context_is_not_fetched():
    with pytest.raises(NotLinkedData, match=r"Not a bundled JSON-LD context: https://evil\.example/c"):
        canonical_form({"@context": ["https://evil.example/c"], "id": "urn:x:1"})


def test_threads_do_not_disturb_each_other():
    expected, found = canonical_form(badge()), []
    threads = [threading.Thread(target=lambda: found.append(canonical_form(badge()))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == [expected] * 4


def test_contexts_that_another_library_left_in_pyld_do_not_change_what_we_sign():
    """Trap 4: the same address with another content; PyLD's cache is shared by the whole process."""
    url = badge()["@context"][1]
    remote = {"contentType": None, "contextUrl": None, "documentUrl": url, "tag": "static"}
    foreign = {"@context": {"name": "https://evil.example/name"}}
    before = canonical_form(badge())

    jsonld.expand(
        {"@context": url, "name": "x"}, {"documentLoader": lambda _u, _o: {**remote, "document": foreign}}
    )
    jsonld_cache = jsonld._resolved_context_cache
    try:
        assert canonical_form(badge()) == before
    finally:
        jsonld_cache.clear()


def test_each_bundled_context_is_the_one_that_was_pinned():
    manifest = loader.manifest()
    digests = {
        url: hashlib.sha256((loader.FOLDER / entry["file"]).read_bytes()).hexdigest()
        for url, entry in manifest.items()
    }

    assert digests == {url: entry["sha256"] for url, entry in manifest.items()}
    files = {file.name for file in loader.FOLDER.glob("*.json")} - {"manifest.json"}
    assert {entry["file"] for entry in manifest.values()} == files
    sources = (loader.FOLDER / "SOURCES.md").read_text(encoding="utf-8")
    assert [name for name in files if f"`{name}`" not in sources] == []


def test_the_context_of_credentials_is_the_one_that_the_standard_prints_the_digest_of():
    """Verifiable Credentials Data Model 2.0, appendix B.1 Base Context."""
    digest = "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734"
    assert loader.manifest()[CREDENTIALS_V2]["sha256"] == digest
