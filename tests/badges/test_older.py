"""Open Badges 2.0, the older form: hosted, and true at every question."""

import hashlib
import json
import struct
from datetime import timedelta

import pytest
from django.test import Client

from badges.models import Achievement, AchievementVersion, Award, PersonalAddress
from badges.ob3.baking import NoBadgeInside, read_baked
from badges.services.revoking import revoke_award


@pytest.fixture
def anyone() -> Client:
    return Client()


def address_of(award: Award) -> str:
    return f"/badges/ob2/assertions/{award.public_id}"


def test_an_assertion_is_exactly_this(anyone, awarded, ada, noon):
    response = anyone.get(address_of(awarded))

    fingerprint = hashlib.sha256(f"{ada.email.lower()}{awarded.salt}".encode()).hexdigest()
    assert response.json() == {
        "@context": "https://w3id.org/openbadges/v2",
        "type": "Assertion",
        "id": f"https://praxis.example/badges/ob2/assertions/{awarded.public_id}",
        "recipient": {
            "type": "email",
            "hashed": True,
            "salt": awarded.salt,
            "identity": f"sha256${fingerprint}",
        },
        "badge": f"https://praxis.example/badges/ob2/classes/{awarded.achievement.public_id}",
        "verification": {"type": "HostedBadge"},
        "issuedOn": f"{noon:%Y-%m-%dT%H:%M:%SZ}",
        "expires": f"{awarded.valid_until:%Y-%m-%dT%H:%M:%SZ}",
        "image": f"https://praxis.example/badges/ob2/assertions/{awarded.public_id}.png",
        "related": [
            {
                "type": ["https://purl.imsglobal.org/spec/vc/ob/vocab.html#OpenBadgeCredential"],
                "id": f"https://praxis.example/badges/awards/{awarded.public_id}",
                "version": "Open Badges v3p0",
            }
        ],
    }
    assert response.headers["Content-Type"] == "application/ld+json"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Cache-Control"] == "no-cache"
    assert ada.email not in response.text
    assert ada.full_name not in response.text


def test_its_class_and_issuer_stand_where_it_says(anyone, awarded):
    assertion = anyone.get(address_of(awarded)).json()
    achievement = awarded.achievement
    badge = anyone.get(assertion["badge"].removeprefix("https://praxis.example")).json()
    issuer = anyone.get(badge["issuer"].removeprefix("https://praxis.example")).json()

    assert badge == {
        "@context": "https://w3id.org/openbadges/v2",
        "type": "BadgeClass",
        "id": f"https://praxis.example/badges/ob2/classes/{achievement.public_id}",
        "name": "Prompt craft",
        "description": "Hands cases over so that nobody promises what was not promised.",
        "image": f"https://praxis.example/badges/achievements/{achievement.public_id}/1/image.png",
        "criteria": {"narrative": "Complete the path for customer service and pass its practice."},
        "issuer": "https://praxis.example/badges/ob2/issuers/larkfield",
        "@language": "en",
        "version": "1",
        "related": [
            {
                "type": ["https://purl.imsglobal.org/spec/vc/ob/vocab.html#Achievement"],
                "id": f"https://praxis.example/badges/achievements/{achievement.public_id}",
                "version": "Open Badges v3p0",
            }
        ],
    }
    assert issuer == {
        "@context": "https://w3id.org/openbadges/v2",
        "type": "Issuer",
        "id": "https://praxis.example/badges/ob2/issuers/larkfield",
        "name": "Larkfield",
        "url": "https://larkfield.example",
        "email": "learning@larkfield.example",
        "related": [
            {
                "type": ["https://purl.imsglobal.org/spec/vc/ob/vocab.html#Profile"],
                "id": "did:web:praxis.example:badges:issuers:larkfield",
                "version": "Open Badges v3p0",
            }
        ],
    }


def test_tags_and_alignments_are_in_the_class(anyone, awarded):
    skill = {"target_name": "Verification", "target_url": "https://skills.example/9", "target_code": "V9"}
    AchievementVersion.objects.update(tags=["reading"], alignments=[skill])

    badge = anyone.get(f"/badges/ob2/classes/{awarded.achievement.public_id}").json()

    assert badge["tags"] == ["reading"]
    assert badge["alignment"] == [
        {"targetName": "Verification", "targetUrl": "https://skills.example/9", "targetCode": "V9"}
    ]


def test_one_for_ever_does_not_expire_and_says_what_for(anyone, awarded):
    Award.objects.update(valid_until=None, narrative="Handed over twelve cases.")

    assertion = anyone.get(address_of(awarded)).json()

    assert "expires" not in assertion
    assert assertion["narrative"] == "Handed over twelve cases."


def test_what_has_expired_says_so_itself(anyone, awarded, noon):
    Award.objects.update(valid_until=noon + timedelta(days=1))

    response = anyone.get(address_of(awarded))

    assert (response.status_code, response.json()["expires"]) == (
        200,
        f"{noon + timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}",
    )


@pytest.mark.parametrize("suffix", ["", ".png"])
def test_a_revoked_one_is_gone_and_says_why(anyone, awarded, mei, noon, suffix):
    revoke_award(
        award=awarded, actor=mei, at=noon, code="mistake", public_text="It was meant for somebody else."
    )

    response = anyone.get(address_of(awarded) + suffix)

    assert response.status_code == 410
    assert response.json() == {
        "@context": "https://w3id.org/openbadges/v2",
        "type": "Assertion",
        "id": f"https://praxis.example/badges/ob2/assertions/{awarded.public_id}",
        "revoked": True,
        "revocationReason": "It was meant for somebody else.",
    }
    assert response.headers["Cache-Control"] == "no-cache"


def test_the_reason_is_never_the_note_for_administrators(anyone, awarded, mei, noon):
    revoke_award(award=awarded, actor=mei, at=noon, code="conduct", private_note="See the case of May.")

    response = anyone.get(address_of(awarded))

    awarded.refresh_from_db()
    assert response.json()["revocationReason"] == awarded.revocation_text
    assert "May" not in response.text


@pytest.mark.parametrize("state", ["issued", "revoked"])
@pytest.mark.parametrize("suffix", ["", ".png"])
def test_a_private_one_is_not_there_not_even_for_its_holder(
    anyone, awarded, client_of, ada, noon, state, suffix
):
    Award.objects.update(visibility="private", state=state, revoked_at=noon)

    assert anyone.get(address_of(awarded) + suffix).status_code == 404
    assert client_of(ada).get(address_of(awarded) + suffix).status_code == 404


def test_one_of_a_person_who_was_forgotten_is_not_there(anyone, awarded):
    Award.objects.update(recipient=None)

    assert anyone.get(address_of(awarded)).status_code == 404


def test_the_class_of_a_draft_is_not_there(anyone, achievement_factory):
    achievement = achievement_factory()
    Achievement.objects.update(state="draft")

    assert anyone.get(f"/badges/ob2/classes/{achievement.public_id}").status_code == 404


def test_the_picture_holds_the_assertion_under_the_older_keyword(anyone, awarded):
    response = anyone.get(f"{address_of(awarded)}.png")

    png = response.content
    length = struct.unpack(">I", png[33:37])[
        0
    ]  # right behind the header, which is 25 bytes after the signature of 8
    keyword, _zero, text = png[41 : 41 + length].partition(b"\x00\x00\x00\x00\x00")
    assert (png[37:41], keyword) == (b"iTXt", b"openbadges")
    assert json.loads(text) == anyone.get(address_of(awarded)).json()
    assert response.headers["Content-Type"] == "image/png"
    with pytest.raises(NoBadgeInside, match=r"Open Badges 2\.0"):
        read_baked(png)


def test_an_assertion_costs_one_query(anyone, awarded, django_assert_num_queries):
    with django_assert_num_queries(1):
        anyone.get(address_of(awarded))


# The address of one's own


@pytest.fixture
def claimed(awarded, ada, noon) -> Award:
    """Ada has confirmed an address of her own."""
    PersonalAddress.objects.create(person=ada, address="ada@home.example", confirmed_at=noon)
    return awarded


def test_a_second_assertion_names_the_address_of_one_s_own_and_the_first_stays(anyone, claimed, ada):
    own = anyone.get(f"{address_of(claimed)}/personal").json()
    of_work = anyone.get(address_of(claimed)).json()

    assert own.pop("recipient") == {
        "type": "email",
        "hashed": True,
        "salt": claimed.salt,
        "identity": f"sha256${hashlib.sha256(f'ada@home.example{claimed.salt}'.encode()).hexdigest()}",
    }
    fingerprint = hashlib.sha256(f"{ada.email.lower()}{claimed.salt}".encode()).hexdigest()
    assert of_work.pop("recipient")["identity"] == f"sha256${fingerprint}"
    # Hosted: each says that it stands where it was found.
    assert own.pop("id") == f"https://praxis.example{address_of(claimed)}/personal"
    assert own.pop("image") == f"https://praxis.example{address_of(claimed)}/personal.png"
    assert (of_work.pop("id"), of_work.pop("image")) == (
        f"https://praxis.example{address_of(claimed)}",
        f"https://praxis.example{address_of(claimed)}.png",
    )
    assert own == of_work


def test_its_picture_holds_it_and_names_no_address_in_the_clear(anyone, claimed):
    png = anyone.get(f"{address_of(claimed)}/personal.png").content
    text = anyone.get(f"{address_of(claimed)}/personal").text

    assert json.dumps(json.loads(text), ensure_ascii=False).encode() in png
    assert b"home.example" not in png + text.encode()


@pytest.mark.parametrize("suffix", ["/personal", "/personal.png"])
def test_without_an_address_of_one_s_own_there_is_no_second_one(anyone, awarded, suffix):
    assert anyone.get(address_of(awarded) + suffix).status_code == 404


@pytest.mark.parametrize("suffix", ["/personal", "/personal.png"])
def test_the_second_one_ends_with_the_first(anyone, claimed, mei, noon, suffix):
    address = address_of(claimed) + suffix
    Award.objects.update(visibility="private")
    assert anyone.get(address).status_code == 404
    Award.objects.update(visibility="link")
    revoke_award(award=claimed, actor=mei, at=noon, code="mistake", public_text="For somebody else.")

    response = anyone.get(address)

    assert (response.status_code, response.json()["id"]) == (
        410,
        f"https://praxis.example{address_of(claimed)}/personal",
    )
    PersonalAddress.objects.all().delete()
    assert anyone.get(address).status_code == 404


def test_the_second_one_costs_one_query(anyone, claimed, django_assert_num_queries):
    with django_assert_num_queries(1):
        anyone.get(f"{address_of(claimed)}/personal")
