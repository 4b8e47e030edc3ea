"""Verifying what somebody shows us, and the page of one credential."""

import json
from datetime import datetime, timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from badges.addresses import refresh_url
from badges.ob3.baking import bake_png
from badges.ob3.data_integrity import sign_credential
from badges.ob3.keys import Algorithm
from badges.ob3.reports import Check, Report
from badges.selectors.images import image_of
from badges.services import verifying
from badges.services.issuers import active_key
from badges.services.renewing import renew_award
from badges.services.revoking import revoke_award
from badges.services.signing import signed_text
from badges.signing_keys import signer_of
from lms.web.verify_page import verdict


@pytest.fixture
def anyone() -> Client:
    return Client(enforce_csrf_checks=False)


@pytest.fixture
def text(awarded) -> str:
    return signed_text(award=awarded, format="json", at=timezone.now())


def failed(page: str) -> list[str]:
    return [part.split("<b>")[1].split("</b>")[0] for part in page.split('<li class="failed">')[1:]]


# --- /verify/ -----------------------------------------------------------------------------------------


def test_a_pasted_credential_is_verified_check_by_check(anyone, text):
    page = anyone.post("/verify/", {"text": text})

    assert page.status_code == 200
    assert "Everything that was checked is in order." in page.text
    assert "Prompt craft" in page.text
    assert failed(page.text) == []


def test_a_web_token_and_a_picture_are_verified_too(anyone, awarded, text):
    token = signed_text(award=awarded, format="jwt", at=timezone.now())
    png = SimpleUploadedFile("badge.png", bake_png(image_of(awarded.version).png, text), "image/png")

    for given in ({"text": token}, {"file": png}):
        assert "Everything that was checked is in order." in anyone.post("/verify/", given).text


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        (
            ("credentialSubject", "achievement", "name"),
            "Mastery of everything",
            "credentialSubject.achievement.name",
        ),
        (("validUntil",), "2099-01-01T00:00:00Z", "validUntil"),
        (("issuer", "name"), "Somebody else", "issuer.name"),
        (("awardedDate",), "2020-01-01T00:00:00Z", "awardedDate"),
        (("id",), "https://praxis.example/badges/awards/another", "id"),
    ],
)
def test_what_was_changed_is_named(anyone, text, path, value, says):
    credential = json.loads(text)
    place = credential
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value

    page = anyone.post("/verify/", {"text": json.dumps(credential)}).text

    assert "Do not rely on it: 2 checks failed." in page
    assert failed(page) == ["The signature is not genuine", "Not as it was signed"]
    assert f"{says} was changed" in page


def test_a_revoked_and_an_expired_one_are_genuine_and_do_not_count(anyone, awarded, text, mei):
    revoke_award(award=awarded, actor=mei, at=timezone.now(), code="mistake")

    page = anyone.post("/verify/", {"text": text}).text

    assert "It is genuine, and it was revoked." in page
    assert failed(page) == ["Revoked"]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({}, "Choose a file, or enter an address, or paste a text."),
        (
            {"text": "{}", "url": "https://praxis.example/x"},
            "Only one of the three can be verified at a time.",
        ),
        ({"text": "hello"}, "This is no credential that can be read."),
        ({"url": "http://127.0.0.1:6379/"}, "That address is not called from here."),
        ({"url": "https://169.254.169.254/latest/meta-data/"}, "That address is not called from here."),
        ({"url": "https://localhost/"}, "That address is not called from here."),
        ({"url": "https://no-such-host.invalid/"}, "That address is not called from here."),
        ({"url": "file:///etc/passwd"}, "That address is not called from here."),
        ({"url": "https://user:secret@praxis.example/"}, "That address is not called from here."),
    ],
)
def test_what_cannot_be_verified_is_said_with_the_remedy(anyone, larkfield, given, says):
    page = anyone.post("/verify/", given)

    assert says in page.text.replace("&#x27;", "’")
    assert "Everything that was checked" not in page.text


def test_strangers_reach_no_host_that_administrators_may_call(anyone, larkfield, settings):
    settings.PRAXIS_INTERNAL_HOSTS = ["127.0.0.1"]

    page = anyone.post("/verify/", {"url": "http://127.0.0.1:9/"})

    assert page.status_code == 422
    assert "That address is not called from here." in page.text


def test_an_issuer_that_cannot_be_asked_is_told_in_one_sentence(anyone, text):
    credential = json.loads(text)
    credential["issuer"]["id"] = "did:web:nobody.invalid"

    page = anyone.post("/verify/", {"text": json.dumps(credential)}).text

    assert (
        "could not be looked up: its address leads to no server that everyone can reach. Try again later."
        in page
    )


def test_a_file_that_is_too_large_is_refused_before_it_is_read(anyone, larkfield):
    huge = SimpleUploadedFile("badge.png", b"\x89PNG\r\n\x1a\n" + bytes(50_000_000), "image/png")

    page = anyone.post("/verify/", {"file": huge})

    assert page.status_code == 422
    assert "That file is larger than 4 MB." in page.text


def test_a_picture_with_a_script_is_refused(anyone, larkfield):
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'

    page = anyone.post("/verify/", {"file": SimpleUploadedFile("badge.svg", svg, "image/svg+xml")})

    assert page.status_code == 422
    assert "alert(1)" not in page.text
    assert (
        "holds a script element. So it is not read here: ask for the original, as it was issued." in page.text
    )
    assert "Remove it" not in page.text


@pytest.mark.parametrize(
    ("shown", "says"),
    [
        ("hello", "it is neither JSON, which begins with {, nor a web token, which begins with ey"),
        ('{"@context": ["https', "it begins like JSON and is broken off"),
        ('{"a": 1} and more', "it begins like JSON and is broken off"),
    ],
)
def test_what_cannot_be_read_is_said_in_plain_words(anyone, larkfield, shown, says):
    page = anyone.post("/verify/", {"text": shown}).text

    assert says in page
    assert "Expecting" not in page
    assert "line 1" not in page


def test_the_host_that_vouches_stands_beside_the_name_it_gives_itself(anyone, text):
    page = anyone.post("/verify/", {"text": text}).text

    assert "By its own word from Larkfield" in page
    assert "<b>praxis.example</b> has answered for the issuer." in page


def test_no_host_vouches_for_what_it_has_not_signed(anyone, text):
    credential = json.loads(text)
    credential["credentialSubject"]["achievement"]["name"] = "Mastery of everything"

    page = anyone.post("/verify/", {"text": json.dumps(credential)}).text

    assert "has answered for the issuer" not in page
    assert "No site has answered for it: that name is nobody's word." in page


def test_dates_are_spelled_out_and_not_judged_where_the_signature_fails(anyone, awarded, text):
    good = anyone.post("/verify/", {"text": text}).text
    begins, ends = (f"{day.day} {day:%B %Y}" for day in (awarded.valid_from, awarded.valid_until))
    assert f"Valid from {begins} until {ends}." in good
    credential = json.loads(text) | {"validUntil": "2001-01-01T00:00:00Z"}

    page = anyone.post("/verify/", {"text": json.dumps(credential)}).text

    assert "Its dates say nothing, as its signature does not hold." in page
    assert "Not valid today" not in page


def test_words_of_a_foreign_credential_are_shown_as_words(anyone, text):
    credential = json.loads(text)
    credential["credentialSubject"]["achievement"]["name"] = "<img src=x onerror=alert(1)>"

    page = anyone.post("/verify/", {"text": json.dumps(credential)}).text

    assert "<img src=x" not in page
    assert "&lt;img src=x" in page


def test_our_own_address_is_looked_up_here(anyone, awarded):
    page = anyone.post("/verify/", {"url": f"https://praxis.example/verify/{awarded.public_id}/"}).text

    assert "Everything that was checked is in order." in page
    assert "Ask for it and compare." in page


@pytest.mark.parametrize(
    ("holder", "says", "does_not_hold"),
    [
        ("Ada@larkfield.example", "The badge was awarded to this e-mail address.", []),
        (
            "eve@larkfield.example",
            "It is genuine, and it was awarded to somebody else.",
            ["Awarded to somebody else"],
        ),
    ],
)
def test_whoever_shows_it_is_compared_with_whom_it_names(anyone, ada, text, holder, says, does_not_hold):
    page = anyone.post("/verify/", {"text": text, "holder": holder}).text

    assert says in page
    assert failed(page) == does_not_hold


def test_the_verdict_stands_before_what_a_badge_says_of_itself(anyone, text):
    page = anyone.post("/verify/", {"text": text.replace("Prompt craft", "Chief wizard")}).text

    assert page.index("Do not rely on it") < page.index("Chief wizard")


def test_an_issuer_whom_nobody_knows_is_not_called_in_order():
    known_by_a_key_alone = Report((Check("issuer", "warning", "Who holds the key is written nowhere."),), {})

    assert verdict(known_by_a_key_alone) == "No check failed. Read what is marked before you rely on it."


def test_a_list_that_cannot_be_trusted_does_not_make_a_badge_a_revoked_one():
    not_known = Report(
        (Check("status", "failed", "Whether it was revoked is not known: it is out of date."),), {}
    )

    assert verdict(not_known) == "Do not rely on it: one check failed."


def test_of_what_cannot_be_read_only_that_is_said(anyone, larkfield):
    page = anyone.post("/verify/", {"text": "hello"}).text

    assert failed(page) == ["The file cannot be read"]
    assert "not looked at" not in page


def test_an_address_that_only_begins_like_ours_is_not_taken_for_ours(anyone, awarded, monkeypatch):
    asked: list[str] = []

    def fetch(url: str, **_options: object) -> bytes:
        asked.append(url)
        return b"<html>Not a badge</html>"

    monkeypatch.setattr(verifying, "fetch_document", fetch)
    url = f"https://praxis.example.evil.example/verify/{awarded.public_id}/"

    page = anyone.post("/verify/", {"url": url}).text

    assert asked == [url]
    assert "This is no credential that can be read." in page


def test_where_something_was_not_to_be_known_the_page_does_not_say_that_all_is_well(anyone, text):
    credential = json.loads(text)
    with time_machine.travel(datetime.fromisoformat(credential["validUntil"]) + timedelta(minutes=20)):
        page = anyone.post("/verify/", {"text": text}).text

    assert "No check failed. Read what is marked before you rely on it." in page
    assert "a clock may be wrong" in page


def test_an_expired_file_of_a_renewed_credential_leads_to_its_newest_edition(anyone, awarded, text):
    renew_award(award=awarded, actor=None, at=awarded.valid_until - timedelta(days=3))
    awarded.refresh_from_db()

    with time_machine.travel(datetime.fromisoformat(json.loads(text)["validUntil"]) + timedelta(days=2)):
        page = anyone.post("/verify/", {"text": text}).text
        newest = anyone.post("/verify/", {"url": refresh_url(awarded)}).text

    assert failed(page) == ["Not valid today"]
    assert "It was renewed until 24 November 2028: ask its holder for the newest file." in page
    assert f'<input type="hidden" name="url" value="{refresh_url(awarded)}">' in page
    assert "Everything that was checked is in order." in newest
    assert "Verify the newest edition" not in newest


def test_a_refresh_address_that_nobody_was_given_is_not_looked_up_here(anyone, awarded, monkeypatch):
    monkeypatch.setattr(verifying, "fetch_document", lambda _url, **_options: b"{}")

    for url in (
        "https://praxis.example/badges/refresh/",
        "https://praxis.example/badges/refresh/guessed",
        f"https://evil.example/badges/refresh/{awarded.refresh_token}",
    ):
        assert "Prompt craft" not in anyone.post("/verify/", {"url": url}).text


def test_an_endorsement_that_is_not_good_is_shown_and_not_counted(anyone, awarded):
    credential = json.loads(signed_text(award=awarded, format="json", at=timezone.now()))
    del credential["proof"]
    credential["endorsement"] = [
        {
            "@context": credential["@context"],
            "id": "urn:uuid:0a1b2c3d-0000-4000-8000-000000000001",
            "type": ["VerifiableCredential", "EndorsementCredential"],
            "issuer": {"id": credential["issuer"]["id"], "type": ["Profile"], "name": "<b>Guild</b>"},
            "validFrom": credential["validFrom"],
            "credentialSubject": {"id": credential["id"], "type": ["EndorsementSubject"]},
        }
    ]
    key = active_key(awarded.achievement.issuer, Algorithm.ED25519)
    text = json.dumps(sign_credential(credential, signer=signer_of(key), created=timezone.now()))

    page = anyone.post("/verify/", {"text": text}).text

    assert failed(page) == ["What others say about it"]
    assert "&lt;b&gt;Guild&lt;/b&gt;" in page
    assert "does not count: its signature does not fit, or cannot be checked." in page
    assert "Do not rely on it" not in page
