"""Badges that the libraries of others signed in ways in which we do not: all of them are verified here."""

import json
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from badges.ob3.canonical import by_characters, by_utf16, canonical_form
from badges.ob3.did import url_of
from badges.ob3.verifying import CHECKS, CannotFetch, Report, verify
from tests.badges.foreign import verifiers

ALL_WELL = dict.fromkeys(CHECKS, "passed") | {"recipient": "skipped"}
ADDRESSES = {
    url_of("did:web:issuer.example"): "did.json",
    "https://issuer.example/status/2021": "status.json",
}
SIGNED = [
    "older.json",
    "older-not-revoked.json",
    "older-on-newer.json",
    "p256.json",
    "p384.json",
    "symbols.json",
]


@pytest.fixture(scope="module")
def theirs(installed_verifiers: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Badges issued by Digital Bazaar's libraries, and what their issuer publishes."""
    folder = tmp_path_factory.mktemp("theirs")
    verifiers.issue_others(folder)
    return folder


def read(folder: Path, name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((folder / name).read_text("utf-8"))
    return content


def look(folder: Path, credential: dict[str, Any]) -> Report:
    def fetch(url: str) -> str:
        if url not in ADDRESSES:
            raise CannotFetch("there is no network here")
        return (folder / ADDRESSES[url]).read_text("utf-8")

    return verify(json.dumps(credential), fetch=fetch, at=datetime(2026, 6, 1, tzinfo=UTC))


def outcomes(report: Report) -> dict[str, str]:
    return {check.name: check.outcome for check in report.checks}


@pytest.mark.parametrize("name", SIGNED)
def test_what_they_signed_is_verified(theirs, name):
    report = look(theirs, read(theirs, name))

    # `proof` as an object instead of an array is a matter of form alone.
    assert outcomes(report) == ALL_WELL | {"data_model": "warning"}


@pytest.mark.parametrize("name", SIGNED)
@pytest.mark.parametrize("change", ["criteria", "created", "another key", "another suite"])
def test_what_was_changed_since_does_not_verify(theirs, name, change):
    changed = deepcopy(read(theirs, name))
    if change == "criteria":
        changed["credentialSubject"]["achievement"]["criteria"]["narrative"] = "Found all nine mistakes."
    elif change == "created":
        changed["proof"]["created"] = "2026-01-02T00:00:00Z"
    elif change == "another key":
        other = "symbols.json" if name.startswith("p") else "p256.json"
        changed["proof"]["verificationMethod"] = read(theirs, other)["proof"]["verificationMethod"]
    else:
        changed["proof"] |= {"type": "DataIntegrityProof", "cryptosuite": "ecdsa-sd-2023"}

    assert look(theirs, changed).check("signature").outcome == "failed"


def test_an_older_status_list_revokes(theirs):
    check = look(theirs, read(theirs, "older-revoked.json")).check("status")

    assert (check.outcome, check.explanation) == (
        "failed",
        "The issuer revoked this badge. It no longer counts.",
    )


def test_an_older_badge_expires_by_the_older_name(theirs):
    late = verify(
        json.dumps(read(theirs, "older.json")), fetch=lambda _url: "", at=datetime(2028, 1, 1, tzinfo=UTC)
    )

    assert late.check("validity").outcome == "failed"


def test_javascript_sorts_some_symbols_otherwise_and_both_orders_are_tried(theirs):
    """Otherwise this sample would prove nothing."""
    symbols = {name: value for name, value in read(theirs, "symbols.json").items() if name != "proof"}

    assert canonical_form(symbols, by_characters) != canonical_form(symbols, by_utf16)
    assert sorted(canonical_form(symbols, by_characters)) == sorted(canonical_form(symbols, by_utf16))
