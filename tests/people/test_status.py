"""What follows when someone leaves, is suspended or comes back."""

from collections.abc import Callable
from datetime import date

import pytest
import time_machine
from allauth.idp.oidc.models import Token
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from lms.core.models import AuditEntry
from lms.people.models import Employment, User
from lms.people.services import set_person_status

SESSIONS = "/accounts/sessions/"


def is_signed_in(browser: Client) -> bool:
    return browser.get(SESSIONS).status_code == 200


def test_deactivating_ends_every_session_and_token_of_that_person_alone(
    ada: User, linus: User, client_of: Callable[[User], Client]
) -> None:
    phone, laptop, other = client_of(ada), client_of(ada), client_of(linus)
    for browser in (phone, laptop, other):
        key = browser.session.session_key
        owner = linus if browser is other else ada
        UserSession.objects.create(user=owner, ip="127.0.0.1", user_agent="test", session_key=key)
    Token.objects.create(user=ada, type=Token.Type.REFRESH_TOKEN, hash="ada")

    set_person_status(person=ada, status=User.Status.LEFT, actor="user:mei", reason="Contract ended")

    assert [is_signed_in(browser) for browser in (phone, laptop, other)] == [False, False, True]
    assert list(UserSession.objects.values_list("user", flat=True)) == [linus.pk]
    assert Session.objects.filter(session_key=other.session.session_key).exists()
    assert not Token.objects.filter(user=ada).exists()


def test_a_session_that_nobody_listed_stays_ended_when_the_person_comes_back(
    ada: User, client_of: Callable[[User], Client]
) -> None:
    browser = client_of(ada)

    set_person_status(person=ada, status=User.Status.LEFT, actor="user:mei")
    set_person_status(person=ada, status=User.Status.ACTIVE, actor="user:mei")

    assert not is_signed_in(browser)
    assert is_signed_in(client_of(User.objects.get(pk=ada.pk)))


@pytest.mark.parametrize(
    ("status", "may_sign_in"),
    [("prehire", False), ("active", True), ("on_leave", True), ("suspended", False), ("left", False)],
)
def test_signing_in_follows_the_status(
    ada: User, client_of: Callable[[User], Client], status: User.Status, may_sign_in: bool
) -> None:
    browser = client_of(ada)

    person = set_person_status(person=ada, status=status, actor="user:mei")

    assert person.is_active is may_sign_in
    assert is_signed_in(browser) is may_sign_in


@time_machine.travel("2026-11-20 10:00Z", tick=False)
def test_leaving_ends_the_employment_and_keeps_what_is_known(ada: User, linus: User) -> None:
    Employment.objects.create(person=ada, number="42", effective_from=date(2021, 3, 1))

    set_person_status(person=ada, status=User.Status.LEFT, actor="user:mei", reason="Moved to Oslo")

    ada.refresh_from_db()
    assert ada.employments.get().effective_to == date(2026, 11, 20)
    assert (ada.full_name, ada.manager) == ("Ada Okafor", linus)
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.action, entry.object_id, entry.reason) == (
        "user:mei",
        "people.set_status",
        str(ada.public_id),
        "Moved to Oslo",
    )
    assert (entry.before, entry.after) == ({"status": "active"}, {"status": "left"})
    assert entry.at == timezone.now()


@time_machine.travel("2026-11-20 23:30Z", tick=False)
@pytest.mark.parametrize(
    ("zone", "last_day"),
    [("UTC", date(2026, 11, 20)), ("Asia/Singapore", date(2026, 11, 21))],
    ids=["UTC", "Singapore"],
)
def test_the_last_day_is_the_day_it_is_in_the_company_whoever_asks(
    ada: User, settings: Settings, zone: str, last_day: date
) -> None:
    settings.PRAXIS_TIME_ZONE = zone
    Employment.objects.create(person=ada, number="42", effective_from=date(2021, 3, 1))

    with timezone.override("Pacific/Auckland"):
        set_person_status(person=ada, status=User.Status.LEFT, actor="user:mei")

    assert ada.employments.get().effective_to == last_day


def test_suspending_keeps_the_employment(ada: User) -> None:
    Employment.objects.create(person=ada, number="42", effective_from=date(2021, 3, 1))

    set_person_status(person=ada, status=User.Status.SUSPENDED, actor="user:mei")

    assert ada.employments.get().effective_to is None


def test_setting_the_status_someone_has_changes_nothing(
    ada: User, client_of: Callable[[User], Client]
) -> None:
    browser = client_of(ada)

    set_person_status(person=ada, status=User.Status.ACTIVE, actor="user:mei")

    assert is_signed_in(browser)
    assert not AuditEntry.objects.exists()


def test_a_password_that_was_set_does_not_survive_leaving(ada: User) -> None:
    ada.set_password("correct horse battery staple")
    ada.save()

    assert not set_person_status(person=ada, status=User.Status.LEFT, actor="user:mei").has_usable_password()
    ada.refresh_from_db()
    assert not ada.has_usable_password()


def test_addresses_are_kept_in_small_letters_so_that_sign_in_finds_them(db: None) -> None:
    call_command("createsuperuser", "--noinput", email="Root@Larkfield.Example", full_name="Root")

    assert User.objects.get().email == "root@larkfield.example"
