"""Verifiers of other people read a learner record, with a copy of its vocabulary that is not ours."""

import hashlib
import json
import shutil
from datetime import timedelta
from importlib import resources

import pytest

from badges.ob3 import linked_data
from badges.ob3.canonical import canonical_form
from badges.ob3.clr import learner_record
from badges.ob3.contexts import loader
from badges.ob3.credentials import Issuer, identity_object
from tests.badges.foreign import verifiers
from tests.badges.foreign.issuing import DID, NOW, STATES, Issuing, badge, write_manifest

# Of the copy that openbadgeslib bundles and checks before each use.
THEIRS = "880f1902d4158f2f33ce06af41b90719977cd1ea337a9de2e41edb3ff5e543d6"


@pytest.fixture
def their_context(tmp_path):
    copy = tmp_path / "clr.json"
    with resources.as_file(
        resources.files("openbadgeslib.ob3.contexts") / "clr_context_2.0.1.json"
    ) as bundled:
        shutil.copyfile(bundled, copy)
    assert hashlib.sha256(copy.read_bytes()).hexdigest() == THEIRS
    return copy


def record(issuing: Issuing):
    return learner_record(
        id="urn:uuid:6f2f2a6e-6a4e-4f33-8f6c-1d0b8b8a4a02",
        issuer=Issuer(DID, "Example Works"),
        name="Credentials from Example Works",
        identifiers=[identity_object("ada@example.org", "0f1e2d3c4b5a69788796a5b4c3d2e1f0")],
        credentials=[issuing.signed(badge(STATES[name])) for name in ("valid", "renewed", "revoked")],
        valid_from=NOW - timedelta(minutes=1),
    )


def test_our_words_mean_what_theirs_mean(their_context, monkeypatch):
    unsigned = record(Issuing())
    subject = unsigned["credentialSubject"]
    association = {
        "type": "Association",
        "associationType": "isChildOf",
        "sourceId": "urn:x:1",
        "targetId": "urn:x:2",
    }
    achievement = {"id": "urn:x:3", "type": ["Achievement"], "name": "X"}
    all_words = {
        **unsigned,
        "partial": True,
        "credentialSubject": {**subject, "achievement": [achievement], "association": [association]},
    }
    ours = [canonical_form(document) for document in (unsigned, all_words)]
    ours_by_load = loader.load_context

    def load(url):
        return (
            json.loads(their_context.read_text("utf-8"))
            if url == loader.LEARNER_RECORD
            else ours_by_load(url)
        )

    monkeypatch.setattr(linked_data, "load_context", load)
    monkeypatch.delattr(linked_data._of_this_thread, "contexts", raising=False)
    theirs = [canonical_form(document) for document in (unsigned, all_words)]
    del linked_data._of_this_thread.contexts

    assert theirs == ours
    assert "vocab.html#partial" in ours[1]
    assert "vocab.html#targetId" in ours[1]


def test_others_accept_a_record_and_no_changed_one(installed_verifiers, their_context, tmp_path):
    issuing = Issuing()
    signed = issuing.signed(record(issuing))
    changed = json.loads(json.dumps(signed))
    changed["credentialSubject"]["verifiableCredential"][0]["name"] = "Something greater"
    write_manifest(tmp_path, issuing, [])
    manifest = json.loads((tmp_path / "manifest.json").read_text("utf-8"))
    manifest["documents"][loader.LEARNER_RECORD] = their_context.name
    (tmp_path / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    (tmp_path / "many.jsonl").write_text("\n".join(map(json.dumps, [signed, changed])), "utf-8")

    summary = verifiers.verify_many(tmp_path / "many.jsonl")

    assert (summary["accepted"], [each["index"] for each in summary["rejected"]]) == (1, [1])
    assert summary["refused"] == []
