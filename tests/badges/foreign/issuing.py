"""Badges in every state and format, issued with `badges.ob3` directly: no model, no service, no clock."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from badges.ob3.baking import bake_png, bake_svg
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
from badges.ob3.keys import Algorithm, LocalSigner, generate_private_key, public_key_of
from badges.ob3.status import empty_bits, status_list_credential, with_bit
from badges.ob3.vc_jwt import sign_jwt
from tests.badges.foreign.pictures import SVG, png_of_one_pixel

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
HOST = "badges.example"
DID = did_web(HOST, "badges", "issuers", "example-works")
STATUS_LIST = f"https://{HOST}/badges/status/revocation/1"
TOKEN_KEY = f"https://{HOST}/badges/keys/1"

# What an author pastes: quotation marks of all kinds, a line end, ends of CDATA, entities, text from right to left.
NARRATIVE = (
    'She said "found all <five> & more" ]]> &quot; \\u0041\r\n\t'
    "שלום عليكم 👩\u200d🔧 e\u0301 \u00a0\u2028 \U0010ffff \ufffe."
)

ABSENT = ["https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"]


@dataclass(frozen=True)
class State:
    """What became of a badge.

    Attributes:
        award: Which award it belongs to; an award that is renewed keeps its address.
        index: Its place in the status list.
        from_day: When this edition begins, in days from now.
        until_day: When it ends.
    """

    award: str
    index: int
    from_day: int
    until_day: int


STATES = {
    "valid": State("1", 94_567, -30, 335),
    "expired": State("2", 12, -400, -35),
    "renewed": State("2", 12, -35, 330),
    "revoked": State("3", 131_071, -30, 335),
}
REVOKED = [131_071]


class Issuing:
    """One issuer with its two keys."""

    def __init__(self) -> None:
        """Make keys; their names follow from them."""
        embedded, token = generate_private_key(Algorithm.ED25519), generate_private_key(Algorithm.P256)
        self.embedded_key = public_key_of(embedded, Algorithm.ED25519)
        self.token_key = public_key_of(token, Algorithm.P256)
        self.embedded = LocalSigner(f"{DID}#{self.embedded_key.multibase}", Algorithm.ED25519, embedded)
        self.token = LocalSigner(TOKEN_KEY, Algorithm.P256, token)

    @cached_property
    def documents(self) -> dict[str, Any]:
        """Return what the issuer's host serves to verifiers, by address."""
        keys = [
            (self.embedded.key_id, self.embedded_key, True),
            (self.token.key_id, self.token_key, True),
        ]
        return {
            url_of(DID): did_document(DID, keys),
            TOKEN_KEY: self.token_key.jwk(TOKEN_KEY),
            STATUS_LIST: self.signed(self._status_list()),
        }

    def signed(self, credential: dict[str, Any]) -> dict[str, Any]:
        """Return a credential with an embedded proof."""
        return sign_credential(credential, signer=self.embedded, created=NOW)

    def _status_list(self) -> dict[str, Any]:
        bits = empty_bits()
        for index in REVOKED:
            bits = with_bit(bits, index)
        return status_list_credential(
            id=STATUS_LIST,
            issuer_id=DID,
            bits=bits,
            valid_from=NOW - timedelta(minutes=5),
            valid_until=NOW + timedelta(hours=1),
        )


def badge(
    state: State, *, narrative: str = NARRATIVE, tags: tuple[str, ...] = ("reading", "judgment")
) -> dict[str, Any]:
    """Return an unsigned credential that uses every member we have."""
    achievement = Achievement(
        id=f"https://{HOST}/badges/achievements/1",
        name="Reads what a machine wrote",
        description="Finds what is wrong in a summary: “quoted”, dated, plausible.",
        criteria="Found *all five* mistakes.\n\n1. Names\n2. Numbers",
        image=f"https://{HOST}/badges/achievements/1.png",
        image_caption="A magnifying glass",
        tags=tags,
        language="en",
        version="2",
        alignments=(
            Alignment(
                "Verification",
                "https://skills.example/9",
                "Skills",
                "V9",
                "Checks sources",
                "ceasn:Competency",
            ),
        ),
    )
    return achievement_credential(
        id=f"https://{HOST}/badges/awards/{state.award}",
        issuer=Issuer(
            DID,
            "Example Works",
            f"https://{HOST}/",
            "learning@example.org",
            "Makes examples",
            f"https://{HOST}/logo.png",
        ),
        achievement=achievement,
        subject_id="urn:uuid:6f2f2a6e-6a4e-4f33-8f6c-1d0b8b8a4a01",
        identifiers=[
            identity_object("Ada@example.org", "0f1e2d3c4b5a69788796a5b4c3d2e1f0"),
            identity_object("ada@home.example", "00112233445566778899aabbccddeeff"),
        ],
        name="Reads what a machine wrote",
        awarded_at=NOW - timedelta(days=400),
        valid_from=NOW + timedelta(days=state.from_day),
        valid_until=NOW + timedelta(days=state.until_day),
        narrative=narrative,
        evidence=[
            Evidence("Practice run", "In the sandbox", narrative, f"https://{HOST}/runs/1", "Exercise"),
            Evidence(narrative="Saved two hours a week."),
        ],
        status=status_entry(STATUS_LIST, state.index),
        refresh_url=f"https://{HOST}/badges/refresh/b2d0c4",
    )


def issue_everything(folder: Path) -> None:
    """Fill a folder with a badge of each state in each format, what its issuer serves, and the manifest."""
    issuing = Issuing()
    files = []
    for name, state in STATES.items():
        unsigned = badge(state)
        text = json.dumps(issuing.signed(unsigned), ensure_ascii=False)
        token = sign_jwt(unsigned, signer=issuing.token)
        contents: dict[str, bytes] = {
            f"{name}.json": text.encode(),
            f"{name}.png": bake_png(png_of_one_pixel(), text),
            f"{name}.svg": bake_svg(SVG, text).encode(),
            f"{name}.jwt": token.encode(),
            f"{name}-jwt.png": bake_png(png_of_one_pixel(), token),
            f"{name}-jwt.svg": bake_svg(SVG, token).encode(),
        }
        for file, content in contents.items():
            (folder / file).write_bytes(content)
            files.append({"file": file, "format": file.rpartition(".")[2], "state": name})
    write_manifest(folder, issuing, files)


def write_manifest(folder: Path, issuing: Issuing, files: list[dict[str, str]]) -> None:
    """Write what the issuer serves, and the manifest that lists it."""
    documents = {}
    for number, (url, document) in enumerate(issuing.documents.items()):
        documents[url] = f"document-{number}.json"
        (folder / documents[url]).write_text(json.dumps(document), "utf-8")
    manifest = {"files": files, "documents": documents, "absent": ABSENT, "at": NOW.isoformat()}
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
