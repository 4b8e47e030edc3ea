"""The check, checked: of badges that others issued, every verifier accepts the good ones and rejects the bad ones."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from openbadgeslib import baking

from tests.badges.foreign import verifiers
from tests.badges.foreign.pictures import SVG, png_of_one_pixel
from tests.badges.foreign.verifiers import HERE, NODE, VerifiersMissing
from tests.databases import ROOT

VERDICTS = """
                     @digitalbazaar/vc  @digitalcredentials/verifier-core  jose      openbadgeslib
good.json            accepted           accepted                           -         accepted
revoked.json         revoked            revoked                            -         revoked
expired.json         expired            expired                            -         expired
tampered.json        REJECTED           REJECTED                           -         REJECTED
forged.json          REJECTED           REJECTED                           -         REJECTED
unproven.json        REJECTED           REJECTED                           -         REJECTED
undefined_term.json  REJECTED           REJECTED                           -         REJECTED
list_elsewhere.json  unreadable         unreadable                         -         unreadable
good.jwt             -                  -                                  accepted  accepted
revoked.jwt          -                  -                                  revoked   revoked
expired.jwt          -                  -                                  expired   expired
tampered.jwt         -                  -                                  REJECTED  REJECTED
good.png             accepted           accepted                           -         accepted
good.svg             accepted           accepted                           -         accepted
tampered.png         REJECTED           REJECTED                           -         REJECTED
tampered.svg         REJECTED           REJECTED                           -         REJECTED
good-jwt.png         -                  -                                  accepted  accepted
good-jwt.svg         -                  -                                  accepted  accepted
twice.png            REJECTED           REJECTED                           REJECTED  accepted
"""


def bake_png(text: str, picture: bytes | None = None) -> bytes:
    return baking.bake_png(picture or png_of_one_pixel(), text, keyword=baking.ITXT_KEYWORD_OB3)


def bake_svg(text: str) -> bytes:
    return baking.bake_svg(
        SVG.encode(),
        text,
        element=baking.SVG_ELEMENT_OB3,
        namespace=baking.SVG_NS_OB3,
        as_text=text.startswith("{"),
    )


@pytest.fixture(scope="module")
def samples(installed_verifiers: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Badges issued by Digital Bazaar's library and jose, and put into pictures by openbadgeslib."""
    folder = tmp_path_factory.mktemp("samples")
    verifiers.issue_samples(folder)
    good, tampered, token = (
        (folder / name).read_text("utf-8") for name in ["good.json", "tampered.json", "good.jwt"]
    )
    pictures = {
        "good.png": bake_png(good),
        "good.svg": bake_svg(good),
        "tampered.png": bake_png(tampered),
        "tampered.svg": bake_svg(tampered),
        "good-jwt.png": bake_png(token),
        "good-jwt.svg": bake_svg(token),
        "twice.png": bake_png(good, bake_png(good)),
    }
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    for name, content in pictures.items():
        (folder / name).write_bytes(content)
        manifest["files"].append({"file": name, "format": name[-3:]})
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    return folder


def test_every_verifier_accepts_the_good_badge_and_rejects_the_bad_one(samples):
    results = verifiers.run(samples)

    assert verifiers.table(results) == VERDICTS.strip("\n")
    assert {(result.file, *result.refused) for result in results if result.refused} == {
        ("list_elsewhere.json", "https://elsewhere.example/status/1")
    }


def test_of_many_credentials_those_that_were_changed_are_found(samples):
    good = (samples / "good.json").read_text("utf-8")
    changed = (samples / "tampered.json").read_text("utf-8")
    (samples / "many.jsonl").write_text("\n".join([good, changed, good]), "utf-8")

    summary = verifiers.verify_many(samples / "many.jsonl")

    assert summary == {
        "total": 3,
        "accepted": 2,
        "rejected": [{"index": 1, "log": ["Verification error(s).", "Invalid signature."]}],
        "refused": [],
    }


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    """A server on this machine, and the paths it was asked for."""
    asked: list[str] = []

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/", asked
    server.shutdown()
    server.server_close()


def knock(folder: Path, door: str, url: str) -> dict[str, Any]:
    command = [*NODE, str(folder / "scripts" / "knock.mjs"), door, url]
    answer: dict[str, Any] = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    return answer


def test_a_verifier_on_node_reaches_nobody_whichever_way_it_tries(installed_verifiers, listener):
    url, asked = listener

    inside = knock(installed_verifiers, "closed", url)
    asked_while_closed = list(asked)
    outside = knock(installed_verifiers, "open", url)

    assert set(inside["outcomes"].values()) == {"refused"}
    assert len(inside["outcomes"]) == 11
    assert asked_while_closed == []
    # The same knocks are heard when the network is open, so silence above means something.
    assert [way for way, outcome in outside["outcomes"].items() if outcome == "answered"] == [
        "fetch", "ky", "undici.fetch", "undici.request", "http.get", "http.ClientRequest",
        "http2.connect", "net.connect", "dns.lookup",
    ]  # fmt: skip
    assert len(asked) == 6


def test_a_verifier_on_python_reaches_nobody(listener):
    url, asked = listener
    attempt = f"""
from pathlib import Path
from urllib.request import urlopen
from tests.badges.foreign.openbadgeslib_verifier import Refused, World, close_network
world = World(Path("."), {{}})
close_network(world)
try:
    urlopen({url!r})
except Refused:
    print(len(world.refused))
"""

    finished = subprocess.run(
        [sys.executable, "-c", attempt], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert (finished.stdout, asked) == ("1\n", [])


@pytest.mark.parametrize(
    ("programs", "message"),
    [
        ({}, "node and npm not found"),
        ({"node": "echo v20.1.0"}, "npm not found"),
        ({"node": "echo v16.20.2", "npm": ""}, "node is v16.20.2"),
    ],
)
def test_without_a_node_that_is_new_enough_the_message_says_what_to_install(
    tmp_path, monkeypatch, programs, message
):
    for name, line in programs.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{line}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(VerifiersMissing, match=message) as missing:
        verifiers.install()

    assert "Install Node 18 or newer with npm; on Debian and Ubuntu: apt install nodejs npm." in str(
        missing.value
    )


def test_the_lock_names_exact_versions_and_no_registry():
    lock = json.loads((HERE / "package-lock.json").read_text("utf-8"))
    declared = json.loads((HERE / "package.json").read_text("utf-8"))["devDependencies"]
    packages = {name.removeprefix("node_modules/"): each for name, each in lock["packages"].items() if name}

    assert {name: packages[name]["version"] for name in declared} == declared
    assert [name for name, each in packages.items() if "resolved" in each or "integrity" not in each] == []
