"""What others say about a badge: verified by itself, told by itself, and never held against the badge."""

import json
from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest

from badges.ob3.contexts.loader import CREDENTIALS_V2, OPEN_BADGES
from badges.ob3.credentials import status_entry
from badges.ob3.data_integrity import sign_credential
from badges.ob3.did import did_document, did_web, url_of
from badges.ob3.endorsements import MOST
from badges.ob3.keys import Algorithm, LocalSigner, encode_base64url
from badges.ob3.reports import Check
from badges.ob3.status import empty_bits, status_list_credential, with_bit
from tests.badges.ob3.conftest import ED25519, NOON, Web, badge, local_signer
from tests.badges.ob3.looking import ALL_WELL, look, outcomes, sign_token

GUILD = did_web("guild.example")
GUILD_LIST = "https://guild.example/status/1"
_signer, GUILD_KEY = local_signer(Algorithm.ED25519, 21)
GUILD_SIGNER = LocalSigner(f"{GUILD}#{GUILD_KEY.multibase}", Algorithm.ED25519, bytes([21]) * 32)
ABOUT_BADGE = badge()["id"]
ABOUT_ACHIEVEMENT = badge()["credentialSubject"]["achievement"]["id"]


@pytest.fixture
def web(web) -> Web:
    web.documents[url_of(GUILD)] = did_document(GUILD, [(GUILD_SIGNER.key_id, GUILD_KEY, True)])
    return web


def endorsement(
    subject_id: str = ABOUT_BADGE, signer: LocalSigner = GUILD_SIGNER, **changes: Any
) -> dict[str, Any]:
    unsigned = {
        "@context": [CREDENTIALS_V2, OPEN_BADGES],
        "id": "urn:uuid:0a1b2c3d-0000-4000-8000-000000000001",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "name": "Well earned",
        "issuer": {"id": GUILD, "type": ["Profile"], "name": "Guild of Prompters"},
        "validFrom": "2026-03-01T12:00:00Z",
        "credentialSubject": {
            "id": subject_id,
            "type": ["EndorsementSubject"],
            "endorsementComment": "Seen with our own eyes.",
        },
        **changes,
    }
    return sign_credential(unsigned, signer=signer, created=NOON)


def endorsed(*endorsements: Any, **changes: Any) -> dict[str, Any]:
    return sign_credential(
        {**badge(**changes), "endorsement": list(endorsements)}, signer=ED25519, created=NOON
    )


def test_a_good_endorsement_is_a_line_of_its_own(web):
    report = look(web, endorsed(endorsement()))

    assert outcomes(report) == ALL_WELL
    assert report.endorsements == (
        Check(
            "endorsement",
            "passed",
            "Guild of Prompters (did:web:guild.example) endorses this badge: “Seen with our own eyes.”",
        ),
    )


def test_endorsements_of_the_achievement_and_of_the_issuer_are_found_too(web):
    credential = badge()
    credential["credentialSubject"]["achievement"]["endorsement"] = [endorsement(ABOUT_ACHIEVEMENT)]
    credential["issuer"]["endorsement"] = [endorsement(credential["issuer"]["id"])]
    report = look(web, sign_credential(credential, signer=ED25519, created=NOON))

    assert outcomes(report) == ALL_WELL
    assert [check.explanation.partition(": “")[0].rpartition(" endorses ")[2] for check in report.endorsements] == [
        "its achievement", "its issuer",
    ]  # fmt: skip


def revoked() -> dict[str, Any]:
    return endorsement(credentialStatus=status_entry(GUILD_LIST, 5))


def changed() -> dict[str, Any]:
    good = endorsement()
    good["credentialSubject"]["endorsementComment"] = "The best of all."
    return good


def unsigned() -> dict[str, Any]:
    return {name: value for name, value in endorsement().items() if name != "proof"}


BAD = {
    "signed by the issuer of the badge": (
        lambda: endorsement(signer=ED25519),
        "it was not signed with a key of theirs",
    ),
    "changed": (changed, "its signature does not fit, or cannot be checked"),
    "unsigned": (unsigned, "its signature does not fit, or cannot be checked"),
    "expired": (lambda: endorsement(validUntil="2026-03-01T12:30:00Z"), "it is not valid today"),
    "revoked": (revoked, "it was withdrawn, or whether it was cannot be known"),
    "no endorsement": (
        lambda: endorsement(type=["VerifiableCredential", "OpenBadgeCredential"]),
        "it is not built like an endorsement",
    ),
    "of a stranger": (
        lambda: endorsement(issuer={"id": "did:web:nobody.example", "type": ["Profile"]}),
        "who endorses could not be looked up",
    ),
}


@pytest.mark.parametrize(("made", "reason"), BAD.values(), ids=BAD.keys())
def test_a_bad_endorsement_is_named_with_its_reason_and_takes_nothing_from_the_badge(web, made, reason):
    bits = status_list_credential(
        id=GUILD_LIST,
        issuer_id=GUILD,
        bits=with_bit(empty_bits(), 5),
        valid_from=NOON,
        valid_until=NOON + timedelta(days=1),
    )
    web.documents[GUILD_LIST] = sign_credential(bits, signer=GUILD_SIGNER, created=NOON)
    report = look(web, endorsed(made()))

    (check,) = report.endorsements
    assert check.outcome == "failed"
    assert check.explanation.startswith("The endorsement of this badge by ")
    assert check.explanation.endswith(f" does not count: {reason}.")
    assert outcomes(report) == {**ALL_WELL, "status": outcomes(report)["status"]}
    assert report.outcome == "passed"


def test_an_endorsement_of_something_else_is_not_one_of_this_badge(web):
    (check,) = look(web, endorsed(endorsement("https://guild.example/something"))).endorsements

    assert (check.outcome, check.explanation) == (
        "warning",
        "Guild of Prompters (did:web:guild.example) endorses something else than this badge, "
        "where the endorsement stands.",
    )


def test_an_endorsement_as_a_token_is_read(web):
    """Members of a token are known by their names alone; `endorsementJwt` is in no bundled vocabulary."""
    header = {"alg": "EdDSA", "kid": GUILD_SIGNER.key_id, "typ": "JWT"}
    inner = {name: value for name, value in endorsement().items() if name != "proof"}
    claims = {"iss": GUILD, "jti": inner["id"], "sub": ABOUT_BADGE, "nbf": 1772366400}
    text = ".".join(encode_base64url(json.dumps(part).encode()) for part in (header, {**inner, **claims}))
    token = f"{text}.{encode_base64url(GUILD_SIGNER.sign(text.encode()))}"
    report = look(web, sign_token(endorsementJwt=[token, "eyJ.x.y", 7]))

    assert [check.outcome for check in report.endorsements] == ["passed", "failed", "failed"]
    assert report.endorsements[1].explanation == "There is an endorsement of this badge that cannot be read."
    assert outcomes(report) == ALL_WELL


def test_around_a_forged_badge_nobody_is_asked_about_its_endorsements(web):
    forged = endorsed(endorsement())
    forged["name"] = "Master"
    report = look(web, forged)

    assert [check.outcome for check in report.endorsements] == ["skipped"]
    assert url_of(GUILD) not in web.asked


def test_of_very_many_the_first_few_are_looked_at(web):
    many = [endorsement(id=f"urn:uuid:0a1b2c3d-0000-4000-8000-0000000000{number:02}") for number in range(9)]
    report = look(web, endorsed(*many))

    assert [check.outcome for check in report.endorsements] == ["passed"] * MOST + ["skipped"]


@pytest.mark.parametrize(
    "value", [None, 7, "x", [], {}, [None], [[]], [{}], [{"issuer": []}], [{"proof": [7]}]]
)
def test_whatever_stands_where_an_endorsement_should_there_is_a_report(web, value):
    report = look(web, sign_token(endorsement=value))

    assert report.outcome == "passed"
    assert all(check.outcome == "failed" for check in report.endorsements)


def test_an_endorsement_cannot_hide_when_it_ends(web):
    hidden = deepcopy(endorsement(validUntil="2026-03-01T12:30:00Z"))
    ends = {"@type": "http://www.w3.org/2001/XMLSchema#dateTime", "@value": hidden.pop("validUntil")}
    hidden["https://www.w3.org/2018/credentials#validUntil"] = ends
    (check,) = look(web, sign_token(endorsement=[hidden])).endorsements

    assert check.outcome == "failed"
