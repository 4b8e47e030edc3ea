"""Larkfield awards Ada a badge; everything here is fixed, so are the keys."""

from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from badges.ob3.credentials import (
    Achievement,
    Alignment,
    Evidence,
    Issuer,
    achievement_credential,
    identity_object,
    status_entry,
)
from badges.ob3.data_integrity import sign_credential
from badges.ob3.did import did_document, did_web, url_of
from badges.ob3.keys import Algorithm, LocalSigner, PublicKey, public_key_of
from badges.ob3.status import empty_bits, status_list_credential
from badges.ob3.verifying import CannotFetch

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
DID = did_web("badges.larkfield.example", "badges", "issuers", "larkfield")
LIST = "https://badges.larkfield.example/badges/status/revocation/1"
KID = "https://badges.larkfield.example/badges/keys/2"
INDEX = 94567
SALT = "5f1c3b7a9d2e4f60"


def local_signer(algorithm: Algorithm, seed: int, key_id: str = "") -> tuple[LocalSigner, PublicKey]:
    private = bytes([seed]) * 32
    public = public_key_of(private, algorithm)
    return LocalSigner(key_id or f"{DID}#{public.multibase}", algorithm, private), public


ED25519, ED25519_PUBLIC = local_signer(Algorithm.ED25519, 7)
P256, P256_PUBLIC = local_signer(Algorithm.P256, 9, KID)


@dataclass
class Web:
    """What the issuer publishes, and what was asked of it."""

    documents: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def fetch(self, url: str) -> Any:
        self.asked.append(url)
        if url not in self.documents:
            raise CannotFetch("the server did not answer within 5 seconds")
        return deepcopy(self.documents[url])


def status_list(bits: bytes, *, signer: LocalSigner = ED25519, **changes: Any) -> dict[str, Any]:
    unsigned = status_list_credential(
        id=LIST, issuer_id=DID, bits=bits, valid_from=NOON, valid_until=NOON + timedelta(days=1)
    )
    return sign_credential({**unsigned, **changes}, signer=signer, created=NOON)


@pytest.fixture
def web() -> Web:
    keys = [(ED25519.key_id, ED25519_PUBLIC, True), (KID, P256_PUBLIC, True)]
    return Web(
        {
            url_of(DID): did_document(DID, keys),
            KID: P256_PUBLIC.jwk(KID),
            LIST: status_list(empty_bits()),
        }
    )


def badge(**changes: Any) -> dict[str, Any]:
    """Return a full credential, unsigned."""
    facts: dict[str, Any] = {
        "id": "https://badges.larkfield.example/badges/awards/1",
        "issuer": Issuer(
            id=DID,
            name="Larkfield",
            url="https://larkfield.example",
            email="learning@larkfield.example",
            description="Makes larks.",
            image="https://larkfield.example/logo.png",
        ),
        "achievement": Achievement(
            id="https://badges.larkfield.example/badges/achievements/1",
            name="Prompt craft",
            description="Writes prompts that others can reuse.",
            criteria="Passed *three* exercises.",
            image="https://badges.larkfield.example/badges/achievements/1.png",
            image_caption="A lark with a pen",
            tags=("ai", "writing"),
            language="en",
            version="2",
            alignments=(
                Alignment(
                    target_name="Prompting",
                    target_url="https://skills.example/prompting",
                    target_framework="Skills",
                    target_code="S1",
                    target_description="Asking well",
                    target_type="ceasn:Competency",
                ),
            ),
        ),
        "subject_id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
        "identifiers": [identity_object("Ada@Larkfield.example", SALT)],
        "name": "Prompt craft",
        "awarded_at": NOON - timedelta(days=1),
        "valid_from": NOON,
        "valid_until": NOON + timedelta(days=365),
        "narrative": "Ada wrote the prompts of her team.",
        "evidence": [
            Evidence(
                name="Exercise 3",
                description="Summaries",
                narrative="Scored 92 %.",
                url="https://badges.larkfield.example/evidence/3",
                genre="Exercise",
            )
        ],
        "status": status_entry(LIST, INDEX),
        "refresh_url": "https://badges.larkfield.example/badges/refresh/Zm9v",
    }
    return achievement_credential(**{**facts, **changes})


@pytest.fixture(scope="session")
def signed() -> dict[str, Any]:
    return sign_credential(badge(), signer=ED25519, created=NOON)
