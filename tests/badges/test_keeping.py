"""Keeping credentials with an address of one's own, and coming back with it when the account has ended."""

import json
import re
import smtplib
from datetime import timedelta
from http import HTTPStatus

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone

from badges.models import Award, HolderLetter, PersonalAddress
from badges.ob3.recipients import check_recipient
from badges.services.addressing import follow_work_addresses
from badges.services.awarding import award_achievement
from badges.services.claiming import confirm_claim, give_up_address, start_claim
from badges.services.erasing import forget_holder
from badges.services.letters import send_letters, token_of
from badges.services.signing import sign_waiting, signed_text
from badges.services.verifying import verify_award, verify_text
from lms.core.errors import ActionRefused
from lms.core.models import AuditEntry
from lms.notifications.models import Notification
from lms.people.models import User

HOME, WORK = "ada@home.example", "ada@larkfield.example"


@pytest.fixture
def today():
    with time_machine.travel(timezone.now(), tick=False):
        yield timezone.now()


@pytest.fixture
def held(prompt_craft, ada, today) -> Award:
    """Ada holds prompt craft and shows it to nobody."""
    award = award_achievement(achievement=prompt_craft, recipient=ada, at=today, source=Award.Source.RULE)
    sign_waiting(now=today, until=today + timedelta(hours=1))
    Award.objects.update(visibility="private")
    award.refresh_from_db()
    return award


@pytest.fixture
def kept(held, ada, today) -> PersonalAddress:
    """It is kept with an address of hers, and she has left."""
    address = confirm_claim(letter=start_claim(person=ada, address=HOME, actor=ada, at=today), at=today)
    User.objects.filter(pk=ada.pk).update(status=User.Status.LEFT, is_active=False)
    held.refresh_from_db()
    return address


def link_in(message) -> str:
    return re.findall(r"https?://[^/]+(/credentials/\S+)", message.body)[0]


def named(award) -> list[str]:
    """Return which of Ada's addresses the newest file of an award names."""
    credential = json.loads(signed_text(award=award, format="json", at=timezone.now()))
    return [each for each in (WORK, HOME) if check_recipient(credential, each).outcome == "passed"]


# --- confirming ---------------------------------------------------------------------------------------


def test_whoever_works_here_confirms_an_address_by_a_link_and_nothing_changes_before(
    held, ada, client_of, today
):
    learner = client_of(ada)

    page = learner.post("/me/record/personal-address/", {"address": " Ada@Home.example "}, follow=True)
    send_letters(at=today)

    assert "A mail is on its way. Follow its link within seven days." in page.text
    assert [message.to for message in mail.outbox] == [[HOME]]
    asked = Client().get(link_in(mail.outbox[0]))
    assert "1 credential from Larkfield will name this address" in asked.text
    held.refresh_from_db()
    assert (held.sequence, PersonalAddress.objects.count()) == (1, 0)

    confirmed = Client().post(link_in(mail.outbox[0]))

    assert "Your credentials are kept" in confirmed.text
    held.refresh_from_db()
    assert held.sequence == 2
    assert named(held) == [WORK, HOME]
    assert [event.kind for event in held.events.order_by("pk")] == ["issued", "addressed"]
    assert "Kept with ada@home.example" in learner.get("/me/record/personal-address/").text
    assert Notification.objects.filter(recipient=ada, type="badges.claimed").count() == 1
    actions = AuditEntry.objects.order_by("pk").values_list("action", "object_id")
    own = str(ada.public_id)
    assert list(actions)[-2:] == [("badges.start_claim", own), ("badges.confirm_claim", own)]
    assert not AuditEntry.objects.filter(after__icontains="home.example").exists()


def test_the_edition_with_both_addresses_has_the_same_id_and_verifies(held, ada, today):
    before = json.loads(signed_text(award=held, format="json", at=today))

    confirm_claim(letter=start_claim(person=ada, address=HOME, actor=ada, at=today), at=today)
    held.refresh_from_db()
    text = signed_text(award=held, format="json", at=today)

    after = json.loads(text)
    assert after["id"] == before["id"]
    assert [each["identityType"] for each in after["credentialSubject"]["identifier"]] == ["emailAddress"] * 2
    assert HOME not in text
    assert verify_text(text=text, at=today, recipient_email=HOME).outcome == "passed"
    assert verify_award(award=held, at=today).outcome == "passed"


def test_what_is_awarded_later_names_it_too(kept, ada, achievement_factory, today):
    User.objects.update(status=User.Status.ACTIVE)
    ada.refresh_from_db()
    later = award_achievement(
        achievement=achievement_factory(), recipient=ada, at=today, source=Award.Source.RULE
    )

    assert named(later) == [WORK, HOME]


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("ada", "Enter a whole e-mail address"),
        (WORK, "That is a work address, which ends with the job."),
        ("LINUS@larkfield.example", "That is a work address, which ends with the job."),
    ],
)
def test_an_address_that_would_not_keep_anything_is_refused(held, ada, client_of, address, says):
    page = client_of(ada).post("/me/record/personal-address/", {"address": address})

    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert says in page.text
    assert not HolderLetter.objects.exists()


def test_an_address_belongs_to_one_person_and_only_who_reads_its_mail_learns_that(
    kept, bruno, prompt_craft, client_of, today
):
    award_achievement(achievement=prompt_craft, recipient=bruno, at=today, source=Award.Source.RULE)

    page = client_of(bruno).post("/me/record/personal-address/", {"address": HOME}, follow=True)
    send_letters(at=today)
    refused = Client().post(link_in(mail.outbox[-1]))

    assert "A mail is on its way." in page.text
    assert refused.status_code == HTTPStatus.NOT_FOUND
    assert "This address keeps the credentials of somebody else." in refused.text
    assert PersonalAddress.objects.get().person != bruno


def test_a_link_works_once_for_seven_days_and_not_after_a_newer_one(held, ada, today):
    first = start_claim(person=ada, address=HOME, actor=ada, at=today)
    second = start_claim(person=ada, address="ada@new.example", actor=ada, at=today)
    links = {each: f"/credentials/keep/{token_of(letter=each)}/" for each in (first, second)}

    assert Client().get(links[first]).status_code == HTTPStatus.NOT_FOUND
    with time_machine.travel(today + timedelta(days=7)):
        assert Client().post(links[second]).status_code == HTTPStatus.NOT_FOUND
    assert Client().post(links[second]).status_code == HTTPStatus.OK
    assert Client().post(links[second]).status_code == HTTPStatus.NOT_FOUND
    assert Client().get("/credentials/keep/cut-off/").status_code == HTTPStatus.NOT_FOUND


def test_another_address_is_confirmed_anew_and_replaces_the_first(kept, ada, held, today):
    User.objects.update(status=User.Status.ACTIVE)
    letter = start_claim(person=ada, address="ada@new.example", actor=ada, at=today)
    assert named(held) == [WORK, HOME]

    confirm_claim(letter=letter, at=today)

    held.refresh_from_db()
    assert named(held) == [WORK]
    assert PersonalAddress.objects.get().address == "ada@new.example"


def test_nothing_is_sent_to_who_holds_nothing(bruno, client_of):
    page = client_of(bruno).post("/me/record/personal-address/", {"address": HOME})

    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "There is nothing to keep yet." in page.text
    assert not HolderLetter.objects.exists()


# --- started by administrators ------------------------------------------------------------------------


def test_an_administrator_starts_it_for_who_has_left(held, ada, mei, client_of, today):
    admin = client_of(mei)
    address = f"/manage/people/{ada.public_id}/personal-address/"
    assert "They work here, so they do this themselves" in admin.get(address).text
    refused = admin.post(address, {"address": HOME})
    assert (refused.status_code, HolderLetter.objects.count()) == (HTTPStatus.UNPROCESSABLE_ENTITY, 0)

    User.objects.filter(pk=ada.pk).update(status=User.Status.LEFT)
    page = admin.post(address, {"address": HOME}, follow=True)

    assert "They have seven days to follow its link." in page.text
    assert HOME not in page.text
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.actor) == ("badges.start_claim", mei.as_actor)
    assert admin.get(f"/manage/people/{ada.public_id}/").text.count(address) == 1
    assert admin.get(f"/manage/awards/{held.public_id}/").text.count(address) == 1
    send_letters(at=today)
    assert Client().post(link_in(mail.outbox[0])).status_code == HTTPStatus.OK


def test_nobody_else_starts_it(held, ada, linus, client_of):
    page = client_of(linus).post(f"/manage/people/{ada.public_id}/personal-address/", {"address": HOME})

    assert page.status_code == HTTPStatus.NOT_FOUND
    assert not HolderLetter.objects.exists()


# --- coming back --------------------------------------------------------------------------------------


@pytest.fixture
def returned(kept, today) -> Client:
    """Ada has followed a link, in a browser that is signed in to nothing."""
    browser = Client()
    browser.post("/credentials/", {"address": HOME})
    send_letters(at=today)
    browser.post(link_in(mail.outbox[-1]))
    return browser


def test_the_answer_is_the_same_for_every_address_and_only_a_known_one_gets_a_mail(kept, today):
    answers = [
        Client().post("/credentials/", {"address": address}).text.replace(address, "it")
        for address in (HOME, "eve@home.example")
    ]
    send_letters(at=today)

    assert answers[0] == answers[1]
    assert "mail with a link is on its way there" in answers[0]
    assert [message.to for message in mail.outbox] == [[HOME]]
    assert [letter.address for letter in HolderLetter.objects.filter(kind="return")] == [HOME]


def test_a_holder_without_an_account_sees_all_they_hold_and_its_files(returned, held):
    page = returned.get("/credentials/mine/").text

    assert "Prompt craft" in page
    assert returned.get(f"/verify/{held.public_id}/").status_code == HTTPStatus.OK
    for ending in ("png", "svg", "json", "jwt"):
        assert returned.get(f"/badges/awards/{held.public_id}.{ending}").status_code == HTTPStatus.OK
    assert Client().get(f"/verify/{held.public_id}/").status_code == HTTPStatus.NOT_FOUND
    assert Client().get(f"/badges/awards/{held.public_id}.json").status_code == HTTPStatus.NOT_FOUND


def test_opening_the_link_alone_opens_nothing_since_programs_open_links(kept, held, today):
    program = Client()
    program.post("/credentials/", {"address": HOME})
    send_letters(at=today)

    page = program.get(link_in(mail.outbox[-1]))

    assert "Open the credentials of Ada Okafor" in page.text
    assert program.get("/credentials/mine/").status_code == HTTPStatus.FOUND
    assert program.get(f"/verify/{held.public_id}/").status_code == HTTPStatus.NOT_FOUND


def test_they_decide_who_sees_a_page_and_nobody_else_can(returned, held):
    shown = f"/verify/{held.public_id}/show/"

    assert Client().post(shown, {"visibility": "public"})["Location"].startswith("/accounts/login/")
    returned.post(shown, {"visibility": "link"})

    held.refresh_from_db()
    assert held.visibility == "link"


def test_the_page_closes_after_an_hour_or_when_asked_and_the_link_ends_after_a_day(returned, kept, today):
    link = link_in(mail.outbox[-1])
    with time_machine.travel(today + timedelta(hours=1)):
        assert returned.get("/credentials/mine/").status_code == HTTPStatus.FOUND
    returned.post("/credentials/mine/leave/")
    assert returned.get("/credentials/mine/").status_code == HTTPStatus.FOUND
    with time_machine.travel(today + timedelta(hours=24)):
        assert Client().post(link).status_code == HTTPStatus.NOT_FOUND


def test_giving_up_the_address_signs_anew_without_it_and_closes_every_way_back(returned, held, today):
    link, other = link_in(mail.outbox[-1]), Client()
    other.post(link)

    page = returned.post("/credentials/mine/give-up/")

    assert "This address keeps nothing any more" in page.text
    held.refresh_from_db()
    assert named(held) == [WORK]
    assert other.get("/credentials/mine/").status_code == HTTPStatus.FOUND
    assert Client().post(link).status_code == HTTPStatus.NOT_FOUND


def test_who_still_works_here_gives_it_up_in_their_record(kept, ada, held, client_of):
    User.objects.update(status=User.Status.ACTIVE, is_active=True)
    ada.refresh_from_db()

    page = client_of(ada).post("/me/record/personal-address/give-up/", follow=True)

    assert "name your work address alone" in page.text
    assert not PersonalAddress.objects.exists()


def test_so_many_mails_and_no_more(kept, client_of, ada):
    answers = [Client().post("/credentials/", {"address": HOME}).status_code for _ in range(4)]

    assert answers == [200, 200, 200, 429]
    assert HolderLetter.objects.filter(kind="return").count() == 3


def test_an_address_that_does_not_exist_is_limited_alike(db):
    answers = [Client().post("/credentials/", {"address": "eve@home.example"}).status_code for _ in range(4)]

    assert answers == [200, 200, 200, 429]


# --- the mails ----------------------------------------------------------------------------------------


def test_a_letter_is_sent_once_and_again_only_when_the_server_did_not_take_it(
    held, ada, today, monkeypatch, caplog
):
    start_claim(person=ada, address=HOME, actor=ada, at=today)

    def refuse(*_given: object) -> int:
        raise smtplib.SMTPRecipientsRefused({HOME: (450, b"later")})

    with monkeypatch.context() as broken:
        broken.setattr("badges.services.letters.send_mail", refuse)
        assert send_letters(at=today) == 0
    assert send_letters(at=today + timedelta(minutes=9)) == 0
    assert send_letters(at=today + timedelta(minutes=10)) == 1
    assert send_letters(at=today + timedelta(minutes=30)) == 0

    assert len(mail.outbox) == 1
    assert HOME not in caplog.text


def test_letters_are_forgotten_with_their_links(kept, today):
    assert HolderLetter.objects.count() == 1

    send_letters(at=today + timedelta(days=7))

    assert not HolderLetter.objects.exists()


def test_erasing_a_person_forgets_the_address_and_closes_what_it_opened(returned, kept, ada, mei, today):
    forget_holder(person=ada, actor=mei, at=today)

    assert not PersonalAddress.objects.exists()
    assert not HolderLetter.objects.exists()
    assert returned.get("/credentials/mine/").status_code == HTTPStatus.FOUND


def test_giving_up_what_there_is_not_changes_nothing(held, ada, today):
    assert give_up_address(person=ada, at=today) is False

    held.refresh_from_db()
    assert held.sequence == 1


def test_a_claim_cannot_be_confirmed_after_it_was_given_up(held, ada, today):
    letter = start_claim(person=ada, address=HOME, actor=ada, at=today)
    give_up_address(person=ada, at=today)

    with pytest.raises(ActionRefused, match="This link does not work any more"):
        confirm_claim(letter=letter, at=today)

    assert not PersonalAddress.objects.exists()


# --- a work address that changes ----------------------------------------------------------------------


def test_credentials_name_a_new_work_address_beside_the_one_before(held, ada, today):
    User.objects.filter(pk=ada.pk).update(email="ada.okafor@larkfield.example")

    assert follow_work_addresses(at=today) == 1

    held.refresh_from_db()
    assert held.sequence == 2
    credential = json.loads(signed_text(award=held, format="json", at=today))
    outcomes = {
        address: check_recipient(credential, address).outcome
        for address in ("ada.okafor@larkfield.example", WORK, HOME)
    }
    assert outcomes == {"ada.okafor@larkfield.example": "passed", WORK: "passed", HOME: "failed"}
    assert [event.kind for event in held.events.order_by("pk")] == ["issued", "addressed"]


def test_a_round_in_which_no_address_changed_signs_nothing_anew(held, linus, today):
    linus.email = "linus.berg@larkfield.example"
    linus.save()

    assert [follow_work_addresses(at=today) for _ in range(2)] == [0, 0]

    held.refresh_from_db()
    assert held.sequence == 1


def test_a_round_costs_few_queries_and_ends(held, ada, today, django_assert_max_num_queries):
    User.objects.filter(pk=ada.pk).update(email="a.okafor@larkfield.example")

    with django_assert_max_num_queries(16):
        follow_work_addresses(at=today)

    assert follow_work_addresses(at=today) == 0
