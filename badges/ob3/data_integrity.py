"""Signatures inside the credential: `DataIntegrityProof` with the cryptosuite `eddsa-rdfc-2022`.

Two more are verified, since others issue with them: `ecdsa-rdfc-2019`, and `Ed25519Signature2020` of older badges.
Source: W3C Verifiable Credential Data Integrity 1.0; Data Integrity EdDSA Cryptosuites 1.0, sections 3.2 and A.2 (the
older one); Data Integrity ECDSA Cryptosuites 1.0, section 3.2.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import base58

from badges.ob3.canonical import (
    Order,
    by_characters,
    by_utf16,
    canonical_form,
    canonical_form_of,
    has_two_orders,
)
from badges.ob3.contexts.loader import ED25519_2020_V1
from badges.ob3.guard import safe_expansion
from badges.ob3.keys import SIGNATURE_LENGTHS, Algorithm, InvalidKey, PublicKey, Signer, decode_base58
from badges.ob3.linked_data import Expansion, expand
from badges.ob3.members import as_list
from badges.ob3.moments import read_moment, write_moment

Digest = Literal["sha256", "sha384"]

CRYPTOSUITE = "eddsa-rdfc-2022"

NOT_HASHED = {"proofValue"}


@dataclass(frozen=True)
class Suite:
    """A way of signing that can be verified.

    Attributes:
        algorithms: Of the keys that may sign so.
        context: What gives its proofs their words, where the credential itself does not name it.
    """

    algorithms: tuple[Algorithm, ...]
    context: str = ""


SUITES = {
    CRYPTOSUITE: Suite((Algorithm.ED25519,)),
    "ecdsa-rdfc-2019": Suite((Algorithm.P256, Algorithm.P384)),
    "Ed25519Signature2020": Suite((Algorithm.ED25519,), ED25519_2020_V1),
}
"""By the name of the cryptosuite; by its type for a proof that is older than those."""

DIGESTS: dict[Algorithm, Digest] = {Algorithm.P384: "sha384"}
"""What hashes before a key of this kind signs; SHA-256 for all others."""


def sign_credential(credential: dict[str, Any], *, signer: Signer, created: datetime) -> dict[str, Any]:
    """Return the credential with a proof in it; the one that was given stays as it is.

    Args:
        credential: Unsigned.
        signer: Holds an Ed25519 key of the issuer.
        created: Moment of signing.

    Raises:
        UnsafeToSign: The guard found something.
        ValueError: It has a proof already, or the key is of another algorithm.
    """
    if "proof" in credential:
        raise ValueError("The credential is signed already")
    if signer.algorithm is not Algorithm.ED25519:
        raise ValueError(f"{CRYPTOSUITE} signs with Ed25519, not with {signer.algorithm}")
    expansion = safe_expansion(credential)
    proof = {
        "type": "DataIntegrityProof",
        "cryptosuite": CRYPTOSUITE,
        "created": write_moment(created),
        "verificationMethod": signer.key_id,
        "proofPurpose": "assertionMethod",
    }
    signature = signer.sign(_hash_of_proof(proof, credential["@context"]) + _hash_of(expansion))
    return {**credential, "proof": [{**proof, "proofValue": "z" + base58.b58encode(signature).decode()}]}


def usable_proof(credential: dict[str, Any], issuer_id: str) -> dict[str, Any] | None:
    """Return the proof to check, one that names a key of the issuer if there is; None when none can be checked.

    Others may have signed beside the issuer; any one proof is enough. Source: Open Badges 3.0, section 8.1.
    """
    usable = [proof for proof in as_list(credential.get("proof")) if proof_problem(proof) == ""]
    own = [proof for proof in usable if proof["verificationMethod"].partition("#")[0] == issuer_id]
    return next(iter(own + usable), None)


def proof_problem(proof: object) -> str:
    """Return what is wrong with the form of a proof, in a few words for a specialist; empty when nothing is."""
    if not isinstance(proof, dict):
        return "it is no object"
    moments = [read_moment(proof[member]) for member in ("created", "expires") if member in proof]
    requirements = {
        f"it is signed with {_suite_name(proof)}, which cannot be checked here": _suite_of(proof) is not None,
        "its purpose is not assertionMethod": proof.get("proofPurpose") == "assertionMethod",
        "it names no key": isinstance(proof.get("verificationMethod"), str),
        "created or expires is no moment": None not in moments,
        "it depends on another proof": "previousProof" not in proof,
        "its proofValue is no signature": _signature_in(proof) is not None,
    }
    return next((problem for problem, is_met in requirements.items() if not is_met), "")


def signature_fits(credential: dict[str, Any], proof: dict[str, Any], key: PublicKey) -> bool:
    """Tell whether the proof is this key's signature over exactly this credential.

    Only what the contexts define is covered; `unsigned_members` tells whether something is not.

    Args:
        credential: With or without its proofs.
        proof: One in which `proof_problem` finds nothing.
        key: Of an algorithm that signs so; any other fits nothing.

    Raises:
        NotLinkedData: What the credential says cannot be worked out.
    """
    content = {name: value for name, value in credential.items() if name != "proof"}
    contexts = content.get("@context")
    if as_list(proof.get("@context", contexts)) != as_list(contexts):
        return (
            False  # the standard allows further contexts behind those of the proof; they would not be signed
        )
    suite, signature = _suite_of(proof), _signature_in(proof)
    if suite is None or signature is None or key.algorithm not in suite.algorithms:
        return False
    contexts = as_list(contexts) + [suite.context] * (suite.context not in ("", *as_list(contexts)))
    expansion, digest = expand(content), DIGESTS.get(key.algorithm, "sha256")
    orders = (by_characters, by_utf16) if has_two_orders(content) else (by_characters,)
    return any(
        key.verify(
            _hash_of_proof(proof, contexts, order, digest) + _hash_of(expansion, order, digest), signature
        )
        for order in orders
    )


def unsigned_members(credential: dict[str, Any]) -> tuple[str, ...]:
    """Return what a proof cannot cover: names that no context defines, and incomplete addresses.

    Raises:
        NotLinkedData: The credential cannot be read as JSON-LD at all.
    """
    expansion = expand({name: value for name, value in credential.items() if name != "proof"})
    return expansion.forgotten + expansion.relative


def _hash_of_proof(
    proof: dict[str, Any], contexts: Any, order: Order = by_characters, digest: Digest = "sha256"
) -> bytes:
    options = {name: value for name, value in proof.items() if name not in NOT_HASHED}
    return hashlib.new(digest, canonical_form({**options, "@context": contexts}, order).encode()).digest()


def _hash_of(expansion: Expansion, order: Order = by_characters, digest: Digest = "sha256") -> bytes:
    return hashlib.new(digest, canonical_form_of(expansion, order).encode()).digest()


def _suite_name(proof: dict[str, Any]) -> str:
    """Return what a proof is signed with, cut to a readable length; an older one has no name beside its type."""
    kind = proof.get("type")
    return str(proof.get("cryptosuite") if kind == "DataIntegrityProof" else kind)[:50]


def _suite_of(proof: dict[str, Any]) -> Suite | None:
    is_named = proof.get("type") == "DataIntegrityProof"
    name = _suite_name(proof)
    return SUITES.get(name) if is_named is not (name == "Ed25519Signature2020") else None


def _signature_in(proof: dict[str, Any]) -> bytes | None:
    value = proof.get("proofValue")
    try:
        signature = decode_base58(value) if isinstance(value, str) else b""
    except InvalidKey:
        return None
    return signature if len(signature) in SIGNATURE_LENGTHS.values() else None
