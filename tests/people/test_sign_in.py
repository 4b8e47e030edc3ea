"""Signing in by e-mail code, passkey and one-time password; what strangers and leavers meet."""

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.core import mail
from django.test import Client

from lms.people.models import User
from lms.people.services import set_person_status

ASK = "/accounts/login/code/"
CONFIRM = "/accounts/login/code/confirm/"
SESSIONS = "/accounts/sessions/"

pytestmark = pytest.mark.django_db


def ask_for_code(browser: Client, email: str) -> str:
    """Return the code that was mailed; empty when none was."""
    mail.outbox.clear()
    response = browser.post(ASK, {"email": email})
    assert (response.status_code, response.headers["Location"]) == (302, CONFIRM)
    [message] = mail.outbox
    found = re.search(r"\b[A-Z]{4}-[A-Z]{4}\b", str(message.body))
    return found.group() if found else ""


def sign_in(email: str) -> Client:
    browser = Client(headers={"User-Agent": "Firefox on a tablet"})
    response = browser.post(CONFIRM, {"code": ask_for_code(browser, email)})
    assert (response.status_code, response.headers["Location"]) == (302, "/")
    return browser


def is_signed_in(browser: Client) -> bool:
    return browser.get(SESSIONS).status_code == 200


@pytest.mark.parametrize("typed", ["ada@larkfield.example", "Ada@Larkfield.Example"])
def test_a_code_sent_by_mail_signs_a_person_in(ada: User, typed: str) -> None:
    browser = sign_in(typed)

    assert is_signed_in(browser)
    assert browser.session["_auth_user_id"] == str(ada.pk)
    assert mail.outbox[0].to == [typed.lower()] or mail.outbox[0].to == [typed]
    assert not User.objects.get(pk=ada.pk).has_usable_password()


def test_after_signing_in_a_person_comes_back_to_the_page_they_wanted(ada: User) -> None:
    browser = Client()
    assert browser.get(SESSIONS).headers["Location"] == f"/accounts/login/?next={SESSIONS}"

    browser.post(f"{ASK}?next={SESSIONS}", {"email": ada.email, "next": SESSIONS})
    code = re.search(r"[A-Z]{4}-[A-Z]{4}", str(mail.outbox[0].body))
    assert code is not None
    response = browser.post(CONFIRM, {"code": code.group(), "next": SESSIONS})

    assert response.headers["Location"] == SESSIONS


def page_after_asking(email: str) -> str:
    browser = Client()
    browser.post(ASK, {"email": email})
    content = browser.get(CONFIRM).content.decode()
    return re.sub(r'value="[^"]*"', "", content).replace(email, "ADDRESS")


def test_a_stranger_sees_the_same_pages_and_gets_no_account(ada: User) -> None:
    assert page_after_asking("stranger@elsewhere.example") == page_after_asking(ada.email)

    assert list(User.objects.exclude(pk__in=[ada.pk, ada.manager_id])) == []


def test_a_stranger_is_told_by_mail_only_and_not_invited_to_sign_up(ada: User) -> None:
    assert ask_for_code(Client(), "stranger@elsewhere.example") == ""

    [message] = mail.outbox
    assert message.subject == "There is nobody with this address in Praxis"
    assert message.to == ["stranger@elsewhere.example"]
    assert str(message.body) == (
        "Someone, perhaps you, asked for a code to sign in to Praxis as stranger@elsewhere.example. Nobody "
        "has that address there.\n\nIf it was you, try the address that HR has for you, or ask HR to correct "
        "it. If it was not you, there is nothing to do."
    )


@pytest.mark.parametrize("code", ["", "BCDF-GHJK"])
def test_a_stranger_cannot_confirm_any_code(ada: User, code: str) -> None:
    browser = Client()
    ask_for_code(browser, "stranger@elsewhere.example")

    browser.post(CONFIRM, {"code": code})

    assert not is_signed_in(browser)


def test_nobody_can_sign_up(db: None) -> None:
    page = Client().get("/accounts/signup/")
    response = Client().post("/accounts/signup/", {"email": "new@elsewhere.example"})

    assert "account/signup_closed.html" in [template.name for template in page.templates]
    assert response.status_code == 200
    assert not User.objects.exists()
    assert mail.outbox == []


@pytest.mark.parametrize("status", ["left", "suspended", "prehire"])
def test_who_does_not_work_here_now_is_treated_as_a_stranger(ada: User, status: str) -> None:
    User.objects.filter(pk=ada.pk).update(status=status, is_active=False)

    assert ask_for_code(Client(), ada.email) == ""
    assert page_after_asking(ada.email) == page_after_asking("stranger@elsewhere.example")


def test_a_code_asked_for_before_leaving_no_longer_works(ada: User) -> None:
    browser = Client()
    code = ask_for_code(browser, ada.email)
    set_person_status(person=ada, status=User.Status.LEFT, actor="user:mei")

    browser.post(CONFIRM, {"code": code})

    assert not is_signed_in(browser)


def test_a_password_of_someone_who_left_does_not_let_them_in(ada: User) -> None:
    ada.set_password("correct horse battery staple")
    ada.status = User.Status.LEFT
    ada.save()

    assert not Client().login(username=ada.email, password="correct horse battery staple")


def test_deactivating_signs_a_person_out_at_their_next_request(ada: User) -> None:
    browser = sign_in(ada.email)

    set_person_status(person=ada, status=User.Status.LEFT, actor="user:mei")

    response = browser.get(SESSIONS)
    assert (response.status_code, response.headers["Location"]) == (302, f"/accounts/login/?next={SESSIONS}")
    assert not UserSession.objects.filter(user=ada).exists()


def test_after_three_wrong_codes_the_right_one_no_longer_works(ada: User) -> None:
    browser = Client()
    code = ask_for_code(browser, ada.email)
    answers = [browser.post(CONFIRM, {"code": "BCDF-GHJK"}).status_code for _ in range(3)]

    browser.post(CONFIRM, {"code": code})

    assert answers == [200, 200, 302]
    assert not is_signed_in(browser)


def test_codes_for_one_address_are_sent_three_times_a_minute_and_not_more(ada: User) -> None:
    for _ in range(3):
        ask_for_code(Client(), ada.email)
    mail.outbox.clear()

    response = Client().post(ASK, {"email": ada.email})

    assert response.status_code == 200
    assert "Too many" in response.content.decode()
    assert mail.outbox == []


def test_a_code_works_once(ada: User) -> None:
    browser = Client()
    code = ask_for_code(browser, ada.email)
    browser.post(CONFIRM, {"code": code})
    browser.post("/accounts/logout/")

    browser.post(CONFIRM, {"code": code})

    assert not is_signed_in(browser)


def test_people_see_their_own_sessions_and_can_end_the_others(ada: User, linus: User) -> None:
    tablet, phone, other = sign_in(ada.email), sign_in(ada.email), sign_in(linus.email)

    page = tablet.get(SESSIONS)
    assert page.context["session_count"] == 2
    assert "Firefox on a tablet" in page.content.decode()
    tablet.post(SESSIONS)

    assert [is_signed_in(browser) for browser in (tablet, phone, other)] == [True, False, True]


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/2fa/",
        "/accounts/2fa/totp/activate/",
        "/accounts/2fa/webauthn/",
        "/accounts/2fa/webauthn/add/",
    ],
)
def test_passkeys_and_one_time_passwords_can_be_set_up(ada: User, path: str) -> None:
    assert sign_in(ada.email).get(path).status_code == 200


def test_the_sign_in_page_can_ask_for_a_passkey(db: None) -> None:
    answer = Client().get("/accounts/2fa/webauthn/login/", headers={"X-Requested-With": "XMLHttpRequest"})

    assert answer.status_code == 200
    assert answer.json()["request_options"]["publicKey"]["challenge"]


@pytest.mark.parametrize("action", ["action_add", "action_primary", "action_send"])
@pytest.mark.parametrize("address", ["bruno@larkfield.example", "newcomer@larkfield.example"])
def test_nobody_adds_an_address_that_belongs_to_someone_else_or_to_nobody_yet(
    ada: User, bruno: User, action: str, address: str
) -> None:
    browser = sign_in(ada.email)

    assert browser.post("/accounts/email/", {action: "", "email": address}).status_code == 302

    assert not EmailAddress.objects.filter(email=address).exists()
    ada.refresh_from_db()
    assert ada.email == "ada@larkfield.example"
