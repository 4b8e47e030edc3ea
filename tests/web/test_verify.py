"""Verifying what somebody shows us, and the page of one credential."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from badges.models import Award
from badges.ob3.baking import bake_png
from badges.selectors.images import image_of
from badges.services.renewing import renew_award
from badges.services.revoking import revoke_award
from badges.services.rules import enable_rule, save_rule
from badges.services.signing import signed_text


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
    assert failed(page) == ["The signature is genuine", "Unchanged since it was signed"]
    assert f"{says} was changed" in page


def test_a_revoked_and_an_expired_one_are_genuine_and_do_not_count(anyone, awarded, text, mei):
    revoke_award(award=awarded, actor=mei, at=timezone.now(), code="mistake")

    page = anyone.post("/verify/", {"text": text}).text

    assert "It is genuine, and it was revoked." in page
    assert failed(page) == ["Not revoked"]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({}, "Choose a file, or enter an address, or paste a text."),
        (
            {"text": "{}", "url": "https://praxis.example/x"},
            "Only one of the three can be verified at a time.",
        ),
        ({"text": "hello"}, "This is no credential that can be read."),
        ({"url": "http://127.0.0.1:6379/"}, "127.0.0.1"),
        (
            {"url": "https://169.254.169.254/latest/meta-data/"},
            "leads into a network that Praxis does not call",
        ),
        ({"url": "https://localhost/"}, "leads into a network that Praxis does not call"),
        ({"url": "file:///etc/passwd"}, "That is not an address."),
        ({"url": "https://user:secret@praxis.example/"}, "An address carries no user name or password."),
    ],
)
def test_what_cannot_be_verified_is_said_with_the_remedy(anyone, larkfield, given, says):
    page = anyone.post("/verify/", given)

    assert says in page.text.replace("&#x27;", "’")
    assert "Everything that was checked" not in page.text


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
    assert "script" in page.text.lower()


def test_words_of_a_foreign_credential_are_shown_as_words(anyone, text):
    credential = json.loads(text)
    credential["credentialSubject"]["achievement"]["name"] = "<img src=x onerror=alert(1)>"

    page = anyone.post("/verify/", {"text": json.dumps(credential)}).text

    assert "<img src=x" not in page
    assert "&lt;img src=x" in page


def test_our_own_address_is_looked_up_here(anyone, awarded):
    page = anyone.post("/verify/", {"url": f"https://praxis.example/verify/{awarded.public_id}/"}).text

    assert "Everything that was checked is in order." in page


# --- /verify/<id>/ ------------------------------------------------------------------------------------


def test_the_page_of_a_credential_says_who_holds_it_and_each_check(anyone, awarded):
    page = anyone.get(f"/verify/{awarded.public_id}/").text

    assert "Larkfield certifies that" in page
    assert "<h1>Ada Okafor</h1>" in page
    assert "Awarded 24 November 2026 · expires 24 November 2027" in page
    assert page.count('<li class="passed">') == 10
    assert "Add to LinkedIn" not in page
    assert 'content="noindex"' in page


def test_its_holder_finds_everything_to_share_it(client_of, ada, awarded):
    page = client_of(ada).get(f"/verify/{awarded.public_id}/").text

    assert "https://www.linkedin.com/profile/add?startTask=CERTIFICATION_NAME&amp;name=Prompt+craft" in page
    assert "issueYear=2026&amp;issueMonth=11" in page
    assert "expirationYear=2027&amp;expirationMonth=11" in page
    for name in ("png", "svg", "json", "jwt"):
        assert f"/badges/awards/{awarded.public_id}.{name}" in page


def test_one_that_was_revoked_says_so_and_certifies_nothing(anyone, awarded, mei):
    revoke_award(
        award=awarded, actor=mei, at=timezone.now(), code="evidence", private_note="Copied from a colleague."
    )

    page = anyone.get(f"/verify/{awarded.public_id}/").text

    assert "certifies that" not in page
    assert "The evidence behind it did not hold." in page
    assert "Copied" not in page


def test_a_private_page_opens_to_its_holder_alone(anyone, client_of, ada, linus, mei, awarded):
    client_of(ada).post(f"/verify/{awarded.public_id}/show/", {"visibility": "private"})
    address = f"/verify/{awarded.public_id}/"

    statuses = [
        each.get(address).status_code for each in (anyone, client_of(linus), client_of(mei), client_of(ada))
    ]

    assert statuses == [404, 404, 404, 200]


def test_nobody_changes_who_sees_the_credential_of_somebody_else(client_of, linus, mei, awarded):
    for other in (linus, mei):
        response = client_of(other).post(f"/verify/{awarded.public_id}/show/", {"visibility": "public"})
        assert response.status_code == 404

    assert Award.objects.get().visibility == "link"


def test_a_made_up_visibility_changes_nothing(client_of, ada, awarded):
    browser = client_of(ada)

    page = browser.post(f"/verify/{awarded.public_id}/show/", {"visibility": "everywhere"}, follow=True)

    assert "Choose who may see this page. Nothing has changed." in page.text
    assert Award.objects.get().visibility == "link"


def test_the_page_costs_no_more_queries_with_more_awards(
    anyone, awarded, achievement_factory, person_factory, noon, django_assert_max_num_queries
):
    anyone.get(f"/verify/{awarded.public_id}/")

    with django_assert_max_num_queries(10):
        anyone.get(f"/verify/{awarded.public_id}/")


# --- my record ----------------------------------------------------------------------------------------


def test_my_record_shows_what_is_held_and_when_it_expires(client_of, ada, linus, awarded):
    page = client_of(ada).get("/me/record/").text

    assert "Prompt craft" in page
    assert "expires 24 November 2027" in page
    assert "Prompt craft" not in client_of(linus).get("/me/record/").text


def test_renewing_shows_the_new_date(client_of, ada, awarded):
    late = awarded.valid_until - timedelta(days=3)
    renew_award(award=awarded, actor=None, at=late)

    with time_machine.travel(late):
        assert "expires 24 November 2028" in client_of(ada).get("/me/record/").text


def test_my_record_says_how_far_one_is_and_what_is_missing_and_to_nobody_else(
    client_of, ada, bruno, prompt_craft, path_factory, lesson_factory, learned, mei, noon
):
    done, open_path = [path_factory(lesson_factory(name), title=name) for name in ("Ask well", "Check it")]
    tree = {"all": [{"path_completed": {"id": str(each.uuid)}} for each in (done, open_path)]}
    enable_rule(rule=save_rule(achievement=prompt_craft, tree=tree, actor=mei, at=noon), actor=mei, at=noon)
    learned(ada, done.uuid)

    page = client_of(ada).get("/me/record/").text

    assert "1 of 2 done" in page
    assert "Missing: Complete the path “Check it”" in page
    assert "1 of 2 done" not in client_of(bruno).get("/me/record/").text


# --- the older form ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("visibility", ["link", "public"])
def test_the_holder_finds_the_picture_of_the_older_form_while_others_may_see_the_page(
    client_of, ada, bruno, awarded, visibility
):
    Award.objects.update(visibility=visibility)
    address, picture = f"/verify/{awarded.public_id}/", f"/badges/ob2/assertions/{awarded.public_id}.png"

    page = client_of(ada).get(address).text

    assert f'href="{picture}"' in page
    assert "PNG in the older form, Open Badges 2.0" in page
    assert Client().get(picture).headers["Content-Type"] == "image/png"
    assert "Open Badges 2.0" not in client_of(bruno).get(address).text


def test_what_only_its_holder_sees_has_no_older_form(client_of, ada, awarded):
    Award.objects.update(visibility="private")

    page = client_of(ada).get(f"/verify/{awarded.public_id}/").text

    assert "Take the file with you" in page
    assert "Open Badges 2.0" not in page


def test_what_was_revoked_has_no_older_form_to_take_along(client_of, ada, mei, awarded):
    Award.objects.update(visibility="public")
    awarded.refresh_from_db()
    revoke_award(award=awarded, actor=mei, at=timezone.now(), code="mistake")

    assert "Open Badges 2.0" not in client_of(ada).get(f"/verify/{awarded.public_id}/").text
