"""Decentralized identifiers of an issuer: where its keys are to be found, and the document that lists them.

Source: did:web Method Specification, W3C Credentials Community Group; W3C Controlled Identifiers 1.0.
"""

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, unquote

from badges.ob3.contexts.loader import DID_V1, MULTIKEY_V1
from badges.ob3.keys import PublicKey

LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
HOST = re.compile(rf"(?!\d+(?:\.\d+){{3}}(?::|$)){LABEL}(?:\.{LABEL}){{0,20}}(?::\d{{1,5}})?")
"""A name and perhaps a port; the method forbids the numbers of an IP address."""


class InvalidDid(ValueError):
    """Not an identifier that can be used here."""


def did_web(host: str, *path: str) -> str:
    """Return the identifier of an issuer whose document is under a host.

    Args:
        host: Name and perhaps port, such as ``example.com:3000``.
        path: Segments; with none the document is at ``/.well-known/did.json``.

    Raises:
        InvalidDid: The host is none, or a segment is empty.
    """
    if not HOST.fullmatch(host):
        raise InvalidDid(f"Not a host name: {host!r}")
    if not all(path) or {".", ".."} & set(path):
        raise InvalidDid("A segment of the path is empty or made of dots")
    return ":".join(
        ["did:web", host.lower().replace(":", "%3A"), *(quote(segment, safe="") for segment in path)]
    )


def url_of(did: str) -> str:
    """Return the address of the document of a ``did:web`` identifier; a fragment is left aside.

    Raises:
        InvalidDid: Another method, no host, or a segment that would leave its path.
    """
    method, _, rest = did.partition("#")[0].partition("did:web:")
    host, *path = rest.split(":")
    host = unquote(host)
    if method or not HOST.fullmatch(host):
        raise InvalidDid(f"Not a did:web identifier: {did[:200]!r}")
    decoded = [unquote(segment) for segment in path]
    if not all(decoded) or any(part in {".", ".."} or set(part) & set("/\\?#") for part in decoded):
        raise InvalidDid(f"A did:web identifier with an impossible path: {did[:200]!r}")
    folder = "/".join(quote(segment, safe="") for segment in decoded) or ".well-known"
    return f"https://{host}/{folder}/did.json"


def did_document(did: str, keys: Sequence[tuple[str, PublicKey, bool]]) -> dict[str, Any]:
    """Return the document that says which keys an issuer has.

    A key that may no longer sign stays listed, so that a verifier can say whose it was. `assertionMethod` holds names
    only: 1EdTech's validator cannot read a key that is written out there.

    Args:
        did: Identifier of the issuer.
        keys: For each its `key_id`, the key, and whether what it signed still counts. A key whose name is a web
            address, as of a JSON Web Token, is listed as ``did#multikey``: a name in the document must be under
            the identifier, and verifiers compare the key itself.
    """
    named = [(_name(did, key_id, key), key, may_assert) for key_id, key, may_assert in keys]
    return {
        "@context": [DID_V1, MULTIKEY_V1],
        "id": did,
        "verificationMethod": [
            {"id": name, "type": "Multikey", "controller": did, "publicKeyMultibase": key.multibase}
            for name, key, _ in named
        ],
        "assertionMethod": [name for name, _, may_assert in named if may_assert],
    }


def _name(did: str, key_id: str, key: PublicKey) -> str:
    return key_id if key_id.startswith(f"{did}#") else f"{did}#{key.multibase}"
