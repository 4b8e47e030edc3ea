"""Lets verifiers of other people read the files that we issue.

Four programs that share no code with ours: Digital Bazaar's reference implementation, DCC's verifier-core (behind
VerifierPlus and the Learner Credential Wallet), jose for JSON Web Tokens, and openbadgeslib. The first three run on
Node and are installed once, outside the source tree; openbadgeslib comes with the packages of `make test`.

A folder of files says in `manifest.json` what it holds; `verify.mjs` describes the format.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from filelock import FileLock

from tests.databases import ROOT

HERE = Path(__file__).parent
CACHE = ROOT / "build" / "foreign-verifiers"
PACKAGES = ["package.json", "package-lock.json", ".npmrc"]

OLDEST_NODE = 18
# Modules are found from where a script seems to lie, so that the scripts stay here and their packages elsewhere.
NODE = ["node", "--preserve-symlinks", "--preserve-symlinks-main"]

DIGITAL_BAZAAR = "@digitalbazaar/vc"
VERIFIER_CORE = "@digitalcredentials/verifier-core"
JOSE = "jose"
OPENBADGESLIB = "openbadgeslib"


class VerifiersMissing(Exception):
    """The verifiers cannot run here; the message says what to install."""


@dataclass(frozen=True)
class Result:
    """What one verifier says of one file.

    Attributes:
        signature: Whether it accepts the signature; None when it does not read such files.
        status: "ok", "revoked" or "unreadable"; None when there is no status, or no accepted signature to ask for.
        expired: None when no signature was accepted.
        log: What it said besides.
        refused: What it wanted from the network and did not get.
    """

    file: str
    verifier: str
    signature: bool | None
    status: str | None
    expired: bool | None
    log: list[str] = field(default_factory=list, compare=False)
    refused: list[str] = field(default_factory=list)

    @property
    def verdict(self) -> str:
        """Return one word for a table."""
        if self.signature is None:
            return "-"
        if not self.signature:
            return "REJECTED"
        words = [word for word in [self.status] if word in {"revoked", "unreadable"}]
        return " ".join([*words, *(["expired"] if self.expired else [])]) or "accepted"


def install() -> Path:
    """Return the folder with the verifiers that run on Node, installing them when this lock is new.

    Raises:
        VerifiersMissing: There is no Node that is new enough, or npm got no packages.
    """
    _require_node()
    folder = CACHE / _fingerprint()
    CACHE.mkdir(parents=True, exist_ok=True)
    with FileLock(CACHE / "install.lock"):
        if not folder.exists():
            _install_into(folder)
    return folder


def run(folder: Path) -> list[Result]:
    """Return what every verifier says of every file of a folder, in the order of its manifest."""
    lines = [*_node("verify.mjs", folder), *_openbadgeslib(folder)]
    results = [Result(**line) for line in lines]
    order = [each["file"] for each in json.loads((folder / "manifest.json").read_text("utf-8"))["files"]]
    return sorted(results, key=lambda result: order.index(result.file))


def verify_many(file: Path) -> dict[str, Any]:
    """Show one credential a line to Digital Bazaar's verifier; the manifest beside the file names the documents.

    Returns:
        `total`, `accepted`, `rejected` (a list of `index` and `log`) and `refused`.
    """
    [summary] = _node("verify.mjs", "--many", file)
    return summary


def issue_samples(folder: Path) -> None:
    """Fill a folder with badges that were issued by the libraries of others, good ones and bad ones."""
    _node("issue_samples.mjs", folder)


def issue_others(folder: Path) -> None:
    """Fill a folder with badges that were issued in ways which we only verify, and what their issuer publishes."""
    _node("issue_others.mjs", folder)


def table(results: Iterable[Result]) -> str:
    """Return the verdicts as text: a line for each file, a column for each verifier."""
    verdicts: dict[str, dict[str, str]] = {}
    for result in results:
        verdicts.setdefault(result.file, {})[result.verifier] = result.verdict
    columns = [DIGITAL_BAZAAR, VERIFIER_CORE, JOSE, OPENBADGESLIB]
    rows = [
        ["", *columns],
        *([file, *(row.get(each, "?") for each in columns)] for file, row in verdicts.items()),
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def _require_node() -> None:
    remedy = f"Install Node {OLDEST_NODE} or newer with npm; on Debian and Ubuntu: apt install nodejs npm."
    missing = [each for each in ["node", "npm"] if shutil.which(each) is None]
    if missing:
        raise VerifiersMissing(f"NO FOREIGN VERIFIERS: {' and '.join(missing)} not found. {remedy}")
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    number = re.match(r"v(\d+)", version)
    if number is None or int(number[1]) < OLDEST_NODE:
        raise VerifiersMissing(f"NO FOREIGN VERIFIERS: node is {version}. {remedy}")


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for name in PACKAGES:
        digest.update((HERE / name).read_bytes())
    return digest.hexdigest()[:16]


def _install_into(folder: Path) -> None:
    """Install beside, then rename, so that an interrupted installation is repeated."""
    unfinished = folder.with_suffix(".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir()
    for name in PACKAGES:
        shutil.copyfile(HERE / name, unfinished / name)
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"]
    installing = subprocess.run(command, cwd=unfinished, capture_output=True, text=True, check=False)
    if installing.returncode:
        raise VerifiersMissing(f"NO FOREIGN VERIFIERS: npm ci failed.\n{installing.stderr}")
    (unfinished / "scripts").symlink_to(os.path.relpath(HERE, unfinished), target_is_directory=True)
    unfinished.rename(folder)


def _node(script: str, *arguments: str | Path) -> list[dict[str, Any]]:
    return _lines_of([*NODE, str(install() / "scripts" / script), *map(str, arguments)])


def _openbadgeslib(folder: Path) -> list[dict[str, Any]]:
    return _lines_of([sys.executable, "-m", "tests.badges.foreign.openbadgeslib_verifier", str(folder)])


def _lines_of(command: list[str]) -> list[dict[str, Any]]:
    finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if finished.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{finished.stderr}")
    return [json.loads(line) for line in finished.stdout.splitlines()]
