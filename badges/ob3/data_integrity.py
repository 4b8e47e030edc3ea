"""Signatures inside the credential: `DataIntegrityProof` with the cryptosuite `eddsa-rdfc-2022`.

Source: W3C Verifiable Credential Data Integrity 1.0 and Data Integrity EdDSA Cryptosuites 1.0, section 3.2.
"""

import hashlib
from datetime import datetime
from typing import Any

import base58

from badges.ob3.canonical import canonical_form, canonical_form_of
from badges.ob3.guard import safe_expansion
from badges.ob3.keys import Algorithm, InvalidKey, PublicKey, Signer, decode_base58
from badges.ob3.linked_data import Expansion, expand
from badges.ob3.members import as_list
from badges.ob3.moments import read_moment, write_moment

CRYPTOSUITE = "eddsa-rdfc-2022"

NOT_HASHED = {"proofValue"}


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


def usable_proof(credential: dict[str, Any]) -> dict[str, Any] | None:
    """Return the first proof that can be checked here; None when there is none."""
    return next((proof for proof in as_list(credential.get("proof")) if proof_problem(proof) == ""), None)


def proof_problem(proof: object) -> str:
    """Return what is wrong with the form of a proof, in a few words for a specialist; empty when nothing is."""
    if not isinstance(proof, dict):
        return "it is no object"
    moments = [read_moment(proof[member]) for member in ("created", "expires") if member in proof]
    requirements = {
        f"it is no DataIntegrityProof of the cryptosuite {CRYPTOSUITE}": (
            proof.get("type") == "DataIntegrityProof" and proof.get("cryptosuite") == CRYPTOSUITE
        ),
        "its purpose is not assertionMethod": proof.get("proofPurpose") == "assertionMethod",
        "it names no key": isinstance(proof.get("verificationMethod"), str),
        "created or expires is no moment": None not in moments,
        "it depends on another proof": "previousProof" not in proof,
        "its proofValue is no Ed25519 signature": _signature_in(proof) is not None,
    }
    return next((problem for problem, is_met in requirements.items() if not is_met), "")


def signature_fits(credential: dict[str, Any], proof: dict[str, Any], key: PublicKey) -> bool:
    """Tell whether the proof is this key's signature over exactly this credential.

    Only what the contexts define is covered; `unsigned_members` tells whether something is not.

    Args:
        credential: With or without its proofs.
        proof: One in which `proof_problem` finds nothing.
        key: Ed25519; any other fits nothing.

    Raises:
        NotLinkedData: What the credential says cannot be worked out.
    """
    content = {name: value for name, value in credential.items() if name != "proof"}
    contexts = content.get("@context")
    if as_list(proof.get("@context", contexts)) != as_list(contexts):
        return (
            False  # the standard allows further contexts behind those of the proof; they would not be signed
        )
    signature = _signature_in(proof)
    if signature is None or key.algorithm is not Algorithm.ED25519:
        return False
    hashes = _hash_of_proof(proof, contexts) + _hash_of(expand(content))
    return key.verify(hashes, signature)


def unsigned_members(credential: dict[str, Any]) -> tuple[str, ...]:
    """Return what a proof cannot cover: names that no context defines, and incomplete addresses.

    Raises:
        NotLinkedData: The credential cannot be read as JSON-LD at all.
    """
    expansion = expand({name: value for name, value in credential.items() if name != "proof"})
    return expansion.forgotten + expansion.relative


def _hash_of_proof(proof: dict[str, Any], contexts: Any) -> bytes:
    options = {name: value for name, value in proof.items() if name not in NOT_HASHED}
    return hashlib.sha256(canonical_form({**options, "@context": contexts}).encode()).digest()


def _hash_of(expansion: Expansion) -> bytes:
    return hashlib.sha256(canonical_form_of(expansion).encode()).digest()


def _signature_in(proof: dict[str, Any]) -> bytes | None:
    value = proof.get("proofValue")
    try:
        signature = decode_base58(value) if isinstance(value, str) else b""
    except InvalidKey:
        return None
    return signature if len(signature) == 64 else None
