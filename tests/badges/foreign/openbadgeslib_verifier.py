"""Shows the files of a folder to openbadgeslib, without a network.

    python -m tests.badges.foreign.openbadgeslib_verifier FOLDER

Reads the manifest that `verify.mjs` describes and prints the same lines. It runs in a process of its own, in which
nothing of ours has been imported: openbadgeslib canonicalizes with PyLD as we do, and we mend PyLD.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import time_machine
from openbadgeslib.errors import LibOpenBadgesException
from openbadgeslib.ob3 import (
    OB3LdpVerifier,
    OB3Verifier,
    OpenBadgeCredential,
    check_credential_status,
    resolve_verification_method,
    verify_data_integrity_proof,
)

NAME = "openbadgeslib"


class Refused(LookupError):
    """A verifier asked for a document that this folder does not hold."""


@dataclass
class World:
    """The documents of one folder, by address.

    Attributes:
        refused: Addresses asked for in vain since the last file.
    """

    folder: Path
    documents: dict[str, str]
    refused: list[str] = field(default_factory=list)

    def download(self, url: str) -> bytes:
        """Return a document; openbadgeslib calls this in place of the network."""
        if url not in self.documents:
            self.refused.append(url)
            raise Refused(url)
        return (self.folder / self.documents[url]).read_bytes()


def close_network(world: World) -> None:
    """From now on this process reaches nobody, and the world remembers whom it tried to reach."""

    def refuse(event: str, arguments: tuple[object, ...]) -> None:
        if event in {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"}:
            world.refused.append(f"{event} {arguments}")
            raise Refused(event)

    sys.addaudithook(refuse)


@dataclass
class Answer:
    """What one file came to; the fields are those of a line of `verify.mjs`."""

    signature: bool | None
    status: str | None = None
    expired: bool | None = None
    log: list[str] = field(default_factory=list)


def main(folder: Path) -> None:
    """Print one line of JSON for each file of the folder's manifest."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    world = World(folder, manifest["documents"])
    close_network(world)
    for each in manifest["files"]:
        answer = verify(folder / each["file"], each["format"], world, manifest.get("at"))
        line = {
            "file": each["file"],
            "verifier": NAME,
            **asdict(answer),
            "refused": sorted(set(world.refused)),
        }
        print(json.dumps(line))
        world.refused.clear()


def verify(file: Path, format_: str, world: World, at: str | None) -> Answer:
    """Return what openbadgeslib says of a file at a moment, or now."""
    now = datetime.fromisoformat(at) if at else None
    try:
        text = _open(file, format_)
        with _believing(now):
            credential = _signed_by_its_issuer(text, world)
        expired = False
    except LibOpenBadgesException as refusal:
        if "has expired" not in str(refusal):
            return Answer(signature=False, log=[str(refusal)])
        # Refused for its age alone? Look again as of the day it began.
        try:
            with _believing(_began_at(text) + timedelta(seconds=1)):
                credential = _signed_by_its_issuer(text, world)
        except LibOpenBadgesException as worse:
            return Answer(signature=False, log=[str(refusal), str(worse)])
        expired = True
    with _believing(now):
        status, log = _status_of(credential, world)
    return Answer(signature=True, status=status, expired=expired, log=log)


def _open(file: Path, format_: str) -> str:
    content = file.read_bytes()
    if format_ == "png":
        return OB3Verifier.extract_token_from_png(content)
    if format_ == "svg":
        return OB3Verifier.extract_token_from_svg(content)
    return content.decode().strip()


def _signed_by_its_issuer(text: str, world: World) -> OpenBadgeCredential:
    """Verify the proof with the key that its issuer publishes for it, and the dates."""
    if text.startswith("{"):
        issuer = json.loads(text)["issuer"]["id"]
        return OB3LdpVerifier.for_issuer_did(issuer).verify(text, download=world.download)
    address = jwt.get_unverified_header(text)["kid"]
    key = jwt.PyJWK(json.loads(world.download(address))).key
    return OB3Verifier(key).verify(text)


def _began_at(text: str) -> datetime:
    claims = (
        json.loads(text) if text.startswith("{") else jwt.decode(text, options={"verify_signature": False})
    )
    return datetime.fromisoformat(claims["validFrom"])


def _status_of(credential: OpenBadgeCredential, world: World) -> tuple[str | None, list[str]]:
    if not credential.credential_status:
        return None, []
    log = []
    try:
        # It verifies lists that are JSON Web Tokens; an embedded proof is checked by hand below.
        check_credential_status(credential, download=world.download, verify_list=False)
        status = "ok"
    except LibOpenBadgesException as refusal:
        log.append(str(refusal))
        status = "revoked" if "is set at index" in str(refusal) else "unreadable"
    if status != "unreadable":
        for complaint in _complaints_about_lists(credential, world):
            log.append(complaint)
            status = "unreadable"
    return status, log


def _complaints_about_lists(credential: OpenBadgeCredential, world: World) -> Iterator[str]:
    for entry in credential.credential_status:
        document: dict[str, Any] = json.loads(world.download(entry["statusListCredential"]))
        proof = document["proof"][0] if isinstance(document["proof"], list) else document["proof"]
        try:
            verify_data_integrity_proof(
                document, resolve_verification_method(proof["verificationMethod"], download=world.download)
            )
        except LibOpenBadgesException as refusal:
            yield f"status list: {refusal}"
        issuer = document["issuer"]["id"] if isinstance(document["issuer"], dict) else document["issuer"]
        if proof["verificationMethod"].partition("#")[0] != issuer or issuer != credential.issuer.id:
            yield "status list: not signed by the issuer of the credential"


def _believing(moment: datetime | None) -> AbstractContextManager[object]:
    return time_machine.travel(moment, tick=False) if moment else nullcontext()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
