"""All credentials of a person in one signed file."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from badges.models import Award
from badges.ob3.clr import learner_record
from badges.ob3.credentials import Issuer as IssuerFacts
from badges.services.achievements import make_achievement, open_achievement
from badges.services.awarding import award_achievement
from badges.services.exporting import export_credentials
from badges.services.issuers import make_issuer
from badges.services.revoking import revoke_award
from badges.services.signing import signed_text
from badges.services.verifying import verify_text

ADDRESS = "/me/record/credentials.json"


def held(record) -> list[str]:
    return [
        each["credentialSubject"]["achievement"]["name"]
        for each in record["credentialSubject"]["verifiableCredential"]
    ]


@pytest.fixture
def award_to(mei, noon):
    def award(person, achievement, at=noon) -> Award:
        return award_achievement(
            achievement=achievement, recipient=person, at=at, source=Award.Source.PERSON, actor=mei
        )

    return award


def outcomes(report) -> dict[str, str]:
    return {check.name: check.outcome for check in report.checks if check.outcome != "passed"}


def test_a_record_is_exactly_this(awarded, ada, noon):
    [record] = export_credentials(person=ada, at=noon)

    proof = record.pop("proof")
    subject = record["credentialSubject"]
    identifier = subject["identifier"][0]
    assert record == {
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
            "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
        ],
        "id": record["id"],
        "type": ["VerifiableCredential", "ClrCredential"],
        "name": "Credentials from Larkfield",
        "issuer": {
            "id": "did:web:praxis.example:badges:issuers:larkfield",
            "type": ["Profile"],
            "name": "Larkfield",
            "url": "https://larkfield.example",
            "email": "learning@larkfield.example",
        },
        "validFrom": f"{noon:%Y-%m-%dT%H:%M:%SZ}",
        "credentialSubject": {
            "type": ["ClrSubject"],
            "identifier": [identifier],
            "verifiableCredential": [json.loads(signed_text(award=awarded, format="json", at=noon))],
        },
        "credentialSchema": [
            {
                "id": "https://purl.imsglobal.org/spec/clr/v2p0/schema/json/clr_v2p0_clrcredential_schema.json",
                "type": "1EdTechJsonSchemaValidator2019",
            }
        ],
    }
    assert record["id"].startswith("urn:uuid:")
    assert ada.email not in json.dumps(record)
    assert [each["cryptosuite"] for each in proof] == ["eddsa-rdfc-2022"]


def test_our_verifier_accepts_it_and_everything_inside(awarded, ada, noon):
    [record] = export_credentials(person=ada, at=noon)
    [inside] = record["credentialSubject"]["verifiableCredential"]

    report = verify_text(text=json.dumps(record), at=noon, recipient_email=ada.email)

    assert outcomes(report) == {}
    assert "a learner record (CLR 2.0) of 1 credential." in report.check("data_model").explanation
    assert outcomes(verify_text(text=json.dumps(inside), at=noon, recipient_email=ada.email)) == {}


def test_a_change_inside_is_noticed(awarded, ada, noon):
    [record] = export_credentials(person=ada, at=noon)
    record["credentialSubject"]["verifiableCredential"][0]["name"] = "Something greater"

    assert outcomes(verify_text(text=json.dumps(record), at=noon)) == {
        "signature": "failed",
        "unchanged": "failed",
        "validity": "skipped",
        "recipient": "skipped",
    }


def test_a_record_without_credentials_inside_is_none(awarded, ada, noon):
    [record] = export_credentials(person=ada, at=noon)
    del record["credentialSubject"]["verifiableCredential"]

    report = verify_text(text=json.dumps(record), at=noon)

    assert "credentialSubject.verifiableCredential" in report.check("data_model").explanation
    with pytest.raises(ValueError, match="at least one"):
        learner_record(
            id="urn:x:1",
            issuer=IssuerFacts("did:x", "X"),
            name="X",
            identifiers=[],
            credentials=[],
            valid_from=noon,
        )


def test_private_and_expired_ones_are_in_it_revoked_ones_and_others_are_not(
    achievement_factory, award_to, ada, linus, mei, noon
):
    names = ["Private", "Expired", "Revoked", "Valid"]
    awards = {name: award_to(ada, achievement_factory(name)) for name in names}
    award_to(linus, achievement_factory("Somebody else's"))
    Award.objects.filter(pk=awards["Private"].pk).update(visibility="private")
    Award.objects.filter(pk=awards["Expired"].pk).update(valid_until=noon + timedelta(days=1))
    revoke_award(award=awards["Revoked"], actor=mei, at=noon, code="mistake")

    [record] = export_credentials(person=ada, at=noon + timedelta(days=2))

    assert held(record) == ["Valid", "Expired", "Private"]


def test_each_issuer_signs_a_record_of_its_own(awarded, award_to, ada, noon):
    academy = make_issuer(
        slug="academy", name="Academy", base_url="https://praxis.example", actor="command:tests", at=noon
    )
    made = make_achievement(
        issuer=academy, actor=None, at=noon, name="Data craft", description="Reads.", criteria="Read."
    )
    award_to(ada, open_achievement(achievement=made, actor=None, at=noon))

    records = export_credentials(person=ada, at=noon)

    assert [(record["issuer"]["name"], held(record)) for record in records] == [
        ("Academy", ["Data craft"]),
        ("Larkfield", ["Prompt craft"]),
    ]
    for record in records:
        assert outcomes(verify_text(text=json.dumps(record), at=noon)) == {"recipient": "skipped"}


def test_a_person_downloads_their_own(awarded, client_of, ada):
    response = client_of(ada).get(ADDRESS)

    assert outcomes(verify_text(text=response.text, at=timezone.now(), recipient_email=ada.email)) == {}
    assert response.headers["Content-Disposition"] == 'attachment; filename="my-credentials.json"'
    assert response.headers["Cache-Control"] == "private, no-store"
    assert f'href="{ADDRESS}"' in client_of(ada).get("/me/record/").text


def test_who_holds_nothing_reads_why_there_is_no_file(awarded, client_of, linus):
    response = client_of(linus).get(ADDRESS)

    assert response.status_code == 404
    assert "You hold no credential yet" in response.text
    assert ADDRESS not in client_of(linus).get("/me/record/").text


def test_thirty_credentials_cost_as_many_queries_as_one(
    awarded, achievement_factory, award_to, ada, noon, django_assert_num_queries
):
    def export():
        export_credentials(person=ada, at=noon)

    export()
    with django_assert_num_queries(5):
        export()
    awards = [award_to(ada, achievement_factory()) for _ in range(29)]
    for award in awards:
        signed_text(award=award, format="json", at=noon)

    with django_assert_num_queries(5):
        export()
