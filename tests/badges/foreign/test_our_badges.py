"""Verifiers of other people read every badge that we issue, in every state and format, without a network."""

import json
from pathlib import Path
from typing import Any

import pytest

from badges.ob3.guard import UnsafeToSign
from tests.badges.foreign import verifiers
from tests.badges.foreign.issuing import DID, STATES, Issuing, badge, issue_everything, write_manifest
from tests.badges.foreign.narratives import narratives

VERDICTS = """
                 @digitalbazaar/vc  @digitalcredentials/verifier-core  jose      openbadgeslib
valid.json       accepted           accepted                           -         accepted
valid.png        accepted           accepted                           -         accepted
valid.svg        accepted           accepted                           -         accepted
valid.jwt        -                  -                                  accepted  accepted
valid-jwt.png    -                  -                                  accepted  accepted
valid-jwt.svg    -                  -                                  accepted  accepted
expired.json     expired            expired                            -         expired
expired.png      expired            expired                            -         expired
expired.svg      expired            expired                            -         expired
expired.jwt      -                  -                                  expired   expired
expired-jwt.png  -                  -                                  expired   expired
expired-jwt.svg  -                  -                                  expired   expired
renewed.json     accepted           accepted                           -         accepted
renewed.png      accepted           accepted                           -         accepted
renewed.svg      accepted           accepted                           -         accepted
renewed.jwt      -                  -                                  accepted  accepted
renewed-jwt.png  -                  -                                  accepted  accepted
renewed-jwt.svg  -                  -                                  accepted  accepted
revoked.json     revoked            revoked                            -         revoked
revoked.png      revoked            revoked                            -         revoked
revoked.svg      revoked            revoked                            -         revoked
revoked.jwt      -                  -                                  revoked   revoked
revoked-jwt.png  -                  -                                  revoked   revoked
revoked-jwt.svg  -                  -                                  revoked   revoked
"""

THOUSAND = 1_000


@pytest.fixture(scope="module")
def issued(installed_verifiers: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A badge of each state in each format."""
    folder = tmp_path_factory.mktemp("issued")
    issue_everything(folder)
    return folder


def test_every_file_is_accepted_and_its_state_is_recognised(issued):
    results = verifiers.run(issued)

    print(f"\n{verifiers.table(results)}")
    assert verifiers.table(results) == VERDICTS.strip("\n")
    assert [result for result in results if result.refused] == []


def test_a_renewed_badge_keeps_its_address_and_begins_later(issued):
    before, after = (
        json.loads((issued / name).read_text("utf-8")) for name in ["expired.json", "renewed.json"]
    )

    # Source: Open Badges 3.0, section 7.3: same issuer and id, and the later validFrom replaces the other.
    assert (before["issuer"]["id"], before["id"]) == (after["issuer"]["id"], after["id"])
    assert (before["validFrom"], after["validFrom"]) == ("2025-04-27T12:00:00Z", "2026-04-27T12:00:00Z")
    assert before["awardedDate"] == after["awardedDate"] == "2025-04-27T12:00:00Z"


def test_no_verifier_accepts_a_badge_in_which_one_member_was_changed(issued, tmp_path):
    signed = json.loads((issued / "valid.json").read_text("utf-8"))
    changed: dict[str, dict[str, Any]] = {
        "name": {**signed, "name": "Reads what a machine wrote."},
        "validUntil": {**signed, "validUntil": "2036-01-01T00:00:00Z"},
        "awardedDate": {**signed, "awardedDate": "2020-01-01T00:00:00Z"},
        "evidence": {**signed, "evidence": signed["evidence"][:1]},
        "refreshService": {
            **signed,
            "refreshService": {**signed["refreshService"], "id": "https://a.example/"},
        },
        "status": {name: value for name, value in signed.items() if name != "credentialStatus"},
        "unknown": {**signed, "praxisLevel": 9},
    }
    manifest = json.loads((issued / "manifest.json").read_text("utf-8"))
    for file in manifest["documents"].values():
        (tmp_path / file).write_bytes((issued / file).read_bytes())
    for name, credential in changed.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(credential), "utf-8")
    manifest["files"] = [{"file": f"{name}.json", "format": "json"} for name in changed]
    (tmp_path / "manifest.json").write_text(json.dumps(manifest), "utf-8")

    results = verifiers.run(tmp_path)

    # jose reads no embedded proofs.
    assert [result.signature for result in results] == [False, False, None, False] * len(changed)


def test_a_thousand_odd_narratives_sign_here_and_verify_there(installed_verifiers, tmp_path):
    issuing, signed, refused = Issuing(), [], []
    texts = list(narratives(THOUSAND, seed=20_260_601))
    for text in texts:
        unsigned = badge(STATES["valid"], narrative=text)
        del unsigned["credentialStatus"]  # a thousand looks at one list would say nothing about texts
        try:
            signed.append(issuing.signed(unsigned))
        except UnsafeToSign:
            refused.append(text)
    write_manifest(tmp_path, issuing, [])
    lines = (json.dumps(credential, ensure_ascii=False) for credential in signed)
    (tmp_path / "many.jsonl").write_text("\n".join(lines), "utf-8")

    summary = verifiers.verify_many(tmp_path / "many.jsonl")

    print(
        f"\nnarratives: {len(signed)} signed, {summary['accepted']} accepted, {len(refused)} refused by the guard"
    )
    assert summary == {"total": len(signed), "accepted": len(signed), "rejected": [], "refused": []}
    assert refused == [text for text in texts if holds_what_no_verifier_reads_alike(text)]
    assert len(signed) + len(refused) == THOUSAND


def holds_what_no_verifier_reads_alike(text: str) -> bool:
    """Control characters of ASCII, all but tab and the ends of lines; halves of characters."""
    return any(
        (ord(each) < 32 and each not in "\t\n\r") or ord(each) == 127 or "\ud800" <= each <= "\udfff"
        for each in text
    )


@pytest.mark.parametrize("tags", [("\U0001f600", "\uff01"), ("a\U0001f600", "a\ue000")])
def test_tags_that_javascript_would_put_in_another_order_are_not_signed(tags):
    # The canonical form is in the order of code points; rdf-canonize, behind every verifier on Node, orders by halves
    # of characters (UTF-16), so that a signature over both of these holds here and fails there.
    with pytest.raises(UnsafeToSign):
        Issuing().signed(badge(STATES["valid"], tags=tags))


@pytest.mark.parametrize(
    "address",
    [
        "https://runs.example/a b",
        "https://runs.example/a\u00a0b",
        "https://runs.example/a\u0085b",  # on Node even the signature fails
        'https://runs.example/a"b',
        "https://runs.example/a|b",
        "https://runs.example:99999/",
        "http://[::1/",
        "_:b0",
        ":a",
    ],
)
def test_addresses_that_some_verifier_refuses_are_not_signed(address):
    unsigned = badge(STATES["valid"])
    unsigned["evidence"][0]["id"] = address

    with pytest.raises(UnsafeToSign):
        Issuing().signed(unsigned)


def test_awkward_credentials_that_are_signed_verify_there(installed_verifiers, tmp_path):
    plain = badge(STATES["valid"])
    subject = plain["credentialSubject"]
    tagged = {**subject["achievement"], "tag": ["a", "a", "é", "z", "\U0001f600"]}
    alike = {"type": ["Evidence"], "narrative": "The same again."}
    addresses = [
        "https://r.example/a/../%7Eb?q=[1]&r=%F0%9F%98%80#c",
        "HTTPS://R.Example",
        "urn:x:1",
        "mailto:a@b.example",
    ]
    awkward: list[dict[str, Any]] = [
        *({**plain, "evidence": [{"id": address, "type": ["Evidence"]}]} for address in addresses),
        # Anonymous nodes that only their place tells apart: canonicalization names them at length.
        *({**plain, "evidence": [alike] * count} for count in [2, 3, 8]),
        {**plain, "evidence": [{**alike, "name": f"Run {number}"} for number in range(30)]},
        {**plain, "credentialSubject": {**subject, "identifier": subject["identifier"] * 2}},
        {**plain, "credentialSubject": {**subject, "achievement": tagged}},
        *({**plain, "credentialSubject": {**subject, "creditsEarned": number}} for number in [0, -1, 7, 10**15, 2**53]),
        {**plain, "awardedDate": "2026-01-31T09:00:00.123+02:00"},
    ]  # fmt: skip
    issuing = Issuing()
    write_manifest(tmp_path, issuing, [])
    lines = [json.dumps(issuing.signed(unsigned), ensure_ascii=False) for unsigned in awkward]
    (tmp_path / "many.jsonl").write_text("\n".join(lines), "utf-8")

    summary = verifiers.verify_many(tmp_path / "many.jsonl")

    assert summary == {"total": 16, "accepted": 16, "rejected": [], "refused": []}


def test_the_document_of_the_issuer_lists_both_keys_by_name_only():
    issuing = Issuing()

    document = next(each for each in issuing.documents.values() if each.get("id") == DID)

    names = [f"{DID}#{key.multibase}" for key in [issuing.embedded_key, issuing.token_key]]
    assert document["assertionMethod"] == names
    assert [method["id"] for method in document["verificationMethod"]] == names
