"""A signed credential as it comes, in either of its two forms, behind one face."""

from dataclasses import dataclass
from typing import Any

from badges.ob3.data_integrity import proof_problem, signature_fits, usable_proof
from badges.ob3.json_text import UnreadableJson, read_json_object
from badges.ob3.keys import InvalidKey, PublicKey
from badges.ob3.members import as_list
from badges.ob3.token_claims import contradictions, missing_claims
from badges.ob3.vc_jwt import InvalidJwt, Token, looks_like_jwt, read_token


class Unreadable(ValueError):
    """What was given is no credential in a form that is known here; the message says why."""


@dataclass(frozen=True)
class Secured:
    """A credential with what should prove it.

    Attributes:
        credential: What it says; without the claims of a token.
        proof: Its embedded proof, when that is what counts.
        token: The token it came in.
        own_key: The key that the token itself carries. Anybody can write one there: the issuer has to know it.
        problem: Why there is nothing that could be checked, for a specialist; empty when there is.
    """

    credential: dict[str, Any]
    proof: dict[str, Any] | None = None
    token: Token | None = None
    own_key: PublicKey | None = None
    problem: str = ""

    @property
    def key_name(self) -> str:
        """Return what the signature calls its key; empty when it does not."""
        name = (self.proof or {}).get("verificationMethod") or (
            self.token.header.get("kid") if self.token else ""
        )
        return name if isinstance(name, str) else ""

    @property
    def issuer_id(self) -> str:
        """Return who issued it; empty when it does not say."""
        return issuer_id_of(self.credential)

    def is_signed_by(self, key: PublicKey) -> bool:
        """Tell whether the signature is this key's over what is written here.

        Raises:
            NotLinkedData: What an embedded proof covers cannot be worked out.
        """
        if self.token is not None:
            return self.token.is_signed_by(key)
        return self.proof is not None and signature_fits(self.credential, self.proof, key)

    def contradictions(self) -> list[str]:
        """Return where a token says something else beside its credential."""
        return contradictions(self.token.payload) if self.token else []

    def omissions(self) -> list[str]:
        """Return the claims that a token should repeat of its credential and does not.

        Tokens of the newer kind, Securing Verifiable Credentials using JOSE and COSE, repeat none.
        """
        is_newer = self.token is not None and "vc+" in str(self.token.header.get("typ"))
        return missing_claims(self.token.payload) if self.token and not is_newer else []


def read_secured(text: str) -> Secured:
    """Return what a text holds: JSON with a proof in it, or a compact token.

    Raises:
        Unreadable: It is neither.
    """
    try:
        if looks_like_jwt(text):
            return _secured_from_token(read_token(text))
        return secured_from_json(read_json_object(text))
    except (UnreadableJson, InvalidJwt) as error:
        raise Unreadable(str(error)) from error


def _secured_from_token(token: Token) -> Secured:
    try:
        own_key = token.key
    except InvalidKey as error:
        return Secured(token.credential, token=token, problem=str(error))
    problem = "" if own_key or token.header.get("kid") else "it names no key"
    return Secured(token.credential, token=token, own_key=own_key, problem=problem)


def secured_from_json(credential: dict[str, Any]) -> Secured:
    """Return a credential with the first of its proofs that can be checked."""
    proof = usable_proof(credential, issuer_id_of(credential))
    problems = [proof_problem(other) for other in as_list(credential.get("proof"))]
    return Secured(credential, proof=proof, problem="" if proof else (problems or ["it has no proof"])[0])


def issuer_id_of(credential: dict[str, Any]) -> str:
    """Return who issued a credential; empty when it does not say."""
    issuer = credential.get("issuer")
    name = issuer.get("id") if isinstance(issuer, dict) else issuer
    return name if isinstance(name, str) else ""
