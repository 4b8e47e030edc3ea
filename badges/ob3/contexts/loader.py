"""Contexts by their address, from the files beside this one and from nowhere else.

A context decides what a signature covers. One fetched while signing or verifying would let its host change the
meaning of every badge, and tell that host who checks which badge when.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent

CREDENTIALS_V1 = "https://www.w3.org/2018/credentials/v1"
CREDENTIALS_V2 = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
OPEN_BADGES_EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
LEARNER_RECORD = "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"
ENVELOPES = (CREDENTIALS_V2, CREDENTIALS_V1)
"""One of these comes first in every credential; the second for verifying only (Data Model 1.1)."""
DID_V1 = "https://www.w3.org/ns/did/v1"
ED25519_2020_V1 = "https://w3id.org/security/suites/ed25519-2020/v1"
MULTIKEY_V1 = "https://w3id.org/security/multikey/v1"

MANIFEST = FOLDER / "manifest.json"
"""File name and SHA-256 of each context, by its address; SOURCES.md says where each came from."""


class UnknownContext(ValueError):
    """A credential names a context that is not bundled.

    Attributes:
        url: The address it names.
    """

    def __init__(self, url: str) -> None:
        """Keep the address."""
        super().__init__(f"Not a bundled JSON-LD context: {url}")
        self.url = url


def is_known(url: object) -> bool:
    """Tell whether a context is bundled; anything but a string is not."""
    return isinstance(url, str) and url in manifest()


def load_context(url: str) -> dict[str, Any]:
    """Return a context document, newly read: who gets it may change it.

    Raises:
        UnknownContext: It is not bundled.
    """
    entry = manifest().get(url)
    if entry is None:
        raise UnknownContext(url)
    document: dict[str, Any] = json.loads((FOLDER / entry["file"]).read_text(encoding="utf-8"))
    return document


@cache
def manifest() -> dict[str, dict[str, str]]:
    """Return `file` and `sha256` of each bundled context, by its address."""
    entries: dict[str, dict[str, str]] = json.loads(MANIFEST.read_text(encoding="utf-8"))
    return entries
