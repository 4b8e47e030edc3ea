"""What verifiers fetch: open to programs from anywhere, and true within a second."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from badges.models import Award, IssuerKey
from badges.ob3.baking import read_baked
from badges.ob3.keys import PublicKey
from badges.services.issuers import give_up_key, rotate_key
from badges.services.renewing import renew_award
from badges.services.revoking import revoke_award
from badges.services.signing import signed_text
from badges.services.verifying import verify_award, verify_text
from lms.core.errors import ActionRefused


@pytest.fixture
def anyone() -> Client:
    return Client()


def outcomes(report) -> dict[str, str]:
    return {check.name: check.outcome for check in report.checks if check.outcome != "passed"}


def test_an_issuer_publishes_its_keys_under_its_identity(anyone, larkfield):
    response = anyone.get("/badges/issuers/larkfield/did.json")

    document = response.json()
    assert document["id"] == "did:web:praxis.example:badges:issuers:larkfield"
    assert len(document["verificationMethod"]) == len(document["assertionMethod"]) == 2
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Content-Type"] == "application/did+ld+json"


def test_each_web_key_stands_alone_at_its_own_id(anyone, larkfield):
    [listed] = anyone.get("/.well-known/jwks.json").json()["keys"]

    alone = anyone.get(listed["kid"].removeprefix("https://praxis.example")).json()

    assert alone == listed
    key = larkfield.keys.get(algorithm="P-256")
    assert PublicKey.from_jwk(alone).multibase == key.public_key
    assert alone["iss"] == "did:web:praxis.example:badges:issuers:larkfield"


def test_no_private_key_is_ever_published_or_readable(anyone, larkfield):
    addresses = ["/badges/issuers/larkfield/did.json", "/.well-known/jwks.json"]
    published = "".join(anyone.get(address).text for address in addresses)

    assert '"d"' not in published
    for key in IssuerKey.objects.all():
        assert key.private_key not in published
        assert key.private_key.startswith("gAAAA")  # as Fernet writes it


def test_a_program_reads_the_credential_at_its_id_and_a_person_its_page(anyone, awarded):
    address = f"/badges/awards/{awarded.public_id}"

    by_program = anyone.get(address, headers={"accept": "application/json"})
    by_person = anyone.get(address, headers={"accept": "text/html,application/xhtml+xml,*/*;q=0.8"})

    assert by_program.json()["id"] == f"https://praxis.example{address}"
    assert by_person.headers["Location"] == f"/verify/{awarded.public_id}/"


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("json", "application/vc+ld+json"),
        ("jwt", "text/plain"),
        ("png", "image/png"),
        ("svg", "image/svg+xml"),
    ],
)
def test_each_file_holds_the_credential(anyone, awarded, name, content_type):
    response = anyone.get(f"/badges/awards/{awarded.public_id}.{name}")

    text = response.text if name in {"json", "jwt"} else read_baked(response.content)
    assert response.headers["Content-Type"].startswith(content_type)
    assert f'filename="prompt-craft.{name}"' in response.headers["Content-Disposition"]
    assert outcomes(verify_text(text=text, at=timezone.now())) == {"recipient": "skipped"}


def test_there_is_no_other_format(anyone, awarded):
    assert anyone.get(f"/badges/awards/{awarded.public_id}.exe").status_code == 404
    assert anyone.get(f"/badges/achievements/{awarded.achievement.public_id}/1/image.gif").status_code == 404


def test_a_verifier_that_kept_the_list_reads_a_revocation_at_its_next_question(anyone, awarded, mei):
    now = timezone.now()
    address = "/badges/issuers/larkfield/status/1"
    kept = anyone.get(address)
    again = anyone.get(address, headers={"if-none-match": kept.headers["ETag"]})
    revoke_award(award=awarded, actor=mei, at=now, code="mistake")

    after = anyone.get(address, headers={"if-none-match": kept.headers["ETag"]})

    assert (kept.status_code, again.status_code, after.status_code) == (200, 304, 200)
    assert kept.headers["Cache-Control"] == "no-cache"
    before, now_listed = (json.loads(each.text)["credentialSubject"]["encodedList"] for each in (kept, after))
    assert before != now_listed
    awarded.refresh_from_db()
    assert outcomes(verify_award(award=awarded, at=now)) == {"status": "failed"}


def test_an_old_file_heals_where_a_verifier_refreshes(anyone, awarded, noon):
    old = json.loads(signed_text(award=awarded, format="json", at=noon))
    renew_award(award=awarded, actor=None, at=noon + timedelta(days=340))

    token = old["refreshService"]["id"].rsplit("/", 1)[1]
    new = anyone.get(f"/badges/refresh/{token}").json()

    assert new["id"] == old["id"]
    assert new["validUntil"] == "2028-11-24T12:00:00Z"
    assert anyone.get(f"/badges/refresh/{token[:-1]}x").status_code == 404


def test_a_private_credential_is_there_for_its_holder_alone(anyone, awarded, client_of, ada, linus, mei):
    Award.objects.update(visibility="private")
    address = f"/badges/awards/{awarded.public_id}.json"

    assert anyone.get(address).status_code == 404
    assert client_of(linus).get(address).status_code == 404
    assert client_of(mei).get(address).status_code == 404
    assert client_of(ada).get(address).status_code == 200


def test_after_a_rotation_old_files_stay_good(awarded, larkfield, mei, noon):
    before = signed_text(award=awarded, format="json", at=noon)
    for key in larkfield.keys.all():
        rotate_key(key=key, actor=mei.as_actor, at=noon)

    assert outcomes(verify_text(text=before, at=noon)) == {"recipient": "skipped"}
    with pytest.raises(ActionRefused, match="retired already"):
        rotate_key(key=larkfield.keys.filter(retired_at=noon).first(), actor=mei.as_actor, at=noon)


def test_what_a_key_that_others_have_signed_is_no_longer_believed_and_signed_anew(
    awarded, larkfield, mei, noon
):
    before = signed_text(award=awarded, format="json", at=noon)
    key = larkfield.keys.get(algorithm="Ed25519")

    signed_anew = give_up_key(key=key, actor=mei.as_actor, at=noon, reason="A backup was stolen.")

    assert signed_anew == 1
    assert outcomes(verify_text(text=before, at=noon))["key"] == "failed"
    awarded.refresh_from_db()
    assert outcomes(verify_award(award=awarded, at=noon)) == {}
    assert list(awarded.events.order_by("pk").values_list("kind", flat=True)) == ["issued", "reissued"]


def test_the_image_is_drawn_from_its_words(anyone, awarded):
    address = f"/badges/achievements/{awarded.achievement.public_id}"

    assert anyone.get(f"{address}/1/image.svg").text.startswith("<svg")
    assert anyone.get(f"{address}/1/image.png").content.startswith(b"\x89PNG")
    assert anyone.get(f"{address}/2/image.png").status_code == 404
    assert anyone.get(address).json()["name"] == "Prompt craft"


def test_a_draft_is_not_published(anyone, achievement_factory):
    achievement = achievement_factory()
    type(achievement).objects.update(state="draft")

    assert anyone.get(f"/badges/achievements/{achievement.public_id}").status_code == 404
