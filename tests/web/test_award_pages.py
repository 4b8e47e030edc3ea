"""A credential as its holder and others see it: its page, My record, and what keeps it."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from badges.models import Award, PersonalAddress
from badges.services.following import follow_all_rules
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


# --- /verify/<id>/ ------------------------------------------------------------------------------------


def test_the_page_of_a_credential_says_who_holds_it_and_each_check(anyone, awarded):
    page = anyone.get(f"/verify/{awarded.public_id}/").text

    assert "Larkfield certifies that" in page
    assert "<h1>Ada Okafor</h1>" in page
    assert "Awarded 24 November 2026 · expires 24 November 2027" in page
    assert page.count('<li class="passed">') == 10
    assert "Add to LinkedIn" not in page
    assert 'content="noindex"' in page


def test_whoever_has_another_address_now_is_still_its_holder(anyone, ada, awarded, text):
    ada.email = "ada.married@larkfield.example"
    ada.save()

    page = anyone.get(f"/verify/{awarded.public_id}/").text

    assert "It names Ada Okafor by an e-mail address that they had before. We know that it is theirs." in page
    assert "Everything that was checked is in order." in page


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


# --- keeping it ---------------------------------------------------------------------------------------


def in_force(achievement, tree, actor, at, purpose):
    rule = save_rule(achievement=achievement, tree=tree, actor=actor, at=at, purpose=purpose, notice_days=30)
    enable_rule(rule=rule, actor=actor, at=at)


@pytest.fixture
def two_lessons(path_factory, lesson_factory):
    return [path_factory(lesson_factory(name), title=name) for name in ("Ask well", "Check it")]


def asking_for(paths):
    return {"all": [{"path_completed": {"id": str(each.uuid)}} for each in paths]}


def test_its_holder_reads_what_renews_it_and_how_far_they_are(
    client_of, ada, linus, awarded, two_lessons, learned, mei, noon
):
    in_force(awarded.achievement, asking_for(two_lessons), mei, noon, "renew")
    late = awarded.valid_until - timedelta(days=3)
    learned(ada, two_lessons[0].uuid, at=late - timedelta(days=1))

    with time_machine.travel(late):
        pages = [client_of(ada).get(each).text for each in ("/me/record/", f"/verify/{awarded.public_id}/")]
        others = client_of(linus).get(f"/verify/{awarded.public_id}/").text

    for page in pages:
        assert "It can be renewed until 24 December 2027. What you do for it now counts." in page
        assert "Missing: Complete the path “Check it”" in page
        assert "1 of 2 done" in page
    assert "can be renewed" not in others
    assert '<span class="pill ok">valid</span>' in others


def test_where_no_rule_renews_it_the_holder_reads_whom_to_ask(client_of, ada, awarded):
    with time_machine.travel(awarded.valid_until - timedelta(days=3)):
        page, today = [client_of(ada).get(each).text for each in ("/me/record/", "/")]

    assert "expires 24 November 2027" in today
    assert "It can be renewed until 24 December 2027. Ask learning@larkfield.example." in page


def test_whoever_no_longer_meets_what_keeps_it_reads_when_it_ends_and_why(
    client_of, ada, linus, awarded, two_lessons, mei, noon
):
    in_force(awarded.achievement, asking_for(two_lessons[:1]), mei, noon, "keep")
    follow_all_rules(at=noon, goes_on=lambda: True)

    with time_machine.travel(noon + timedelta(days=1)):
        page, today = [client_of(ada).get(each).text for each in ("/me/record/", "/")]
        others = client_of(linus).get(f"/verify/{awarded.public_id}/").text

    assert "valid, ends soon" in page
    assert "ends 24 December 2026" in today
    assert "It ends on 24 December 2026 unless you do again." in page
    assert "Missing: Complete the path “Ask well”" in page
    assert "ends soon" not in others


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


def test_whoever_confirmed_an_address_of_their_own_finds_the_picture_for_it_too(
    client_of, ada, awarded, noon
):
    Award.objects.update(visibility="link")
    address, picture = (
        f"/verify/{awarded.public_id}/",
        f"/badges/ob2/assertions/{awarded.public_id}/personal.png",
    )
    assert picture not in client_of(ada).get(address).text
    PersonalAddress.objects.create(person=ada, address="ada@home.example", confirmed_at=noon)

    assert f'href="{picture}"' in client_of(ada).get(address).text
    assert picture not in Client().get(address).text
    assert Client().get(picture).headers["Content-Type"] == "image/png"


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
