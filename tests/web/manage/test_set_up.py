"""Who may do more than learn is decided here; how Praxis is set up is only shown."""

import re

import pytest

from config.env import VARIABLES
from lms.core.models import AuditEntry
from lms.people.models import User

SETTINGS = "/manage/settings/"


def take_back(person, persona="admin"):
    return f"{SETTINGS}{persona}/{person.public_id}/take-back/"


def personas(person):
    return sorted(User.objects.get(pk=person.pk).group_names)


def test_those_who_may_do_more_are_listed(text_of, grace, radia, person_factory):
    person_factory(full_name="Root", is_superuser=True)

    text = text_of(SETTINGS)

    order = ["Authors", "Grace Lindqvist", "Reviewers", "Radia Haddad", "Administrators", "Mei Tanaka"]
    content = text.split("<main", 1)[1]
    positions = [content.index(f">{name}<") for name in order]
    assert positions == sorted(positions)
    assert "Break-glass accounts" in text


def test_someone_becomes_an_author_by_address(admin, ada, mei):
    response = admin.post(
        SETTINGS, {"email": "ADA@larkfield.example", "persona": "author", "reason": "Writes"}, follow=True
    )

    assert "Ada Okafor: author from now on." in response.content.decode()
    assert personas(ada) == ["Authors"]
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.after, entry.reason) == (mei.as_actor, {"author": True}, "Writes")


@pytest.mark.parametrize(
    "fields",
    [
        {"email": "nobody@larkfield.example"},
        {"email": "no address"},
        {"email": ""},
        {"reason": ""},
        {"persona": "boss"},
        {"email": "gone@larkfield.example"},
    ],
)
def test_what_is_not_complete_changes_nothing(admin, ada, person_factory, fields):
    person_factory("gone@larkfield.example", status="left")

    response = admin.post(SETTINGS, {"email": ada.email, "persona": "author", "reason": "Writes", **fields})

    assert response.status_code == 200
    assert response.context["form"].errors
    assert personas(ada) == []
    assert not AuditEntry.objects.exists()


def test_a_persona_is_taken_back_with_a_reason(admin, grace):
    response = admin.post(take_back(grace, "author"), {"reason": "Moved on"}, follow=True)

    assert "Taken back from Grace Lindqvist." in response.content.decode()
    assert personas(grace) == []
    assert AuditEntry.objects.get().reason == "Moved on"


def test_taking_back_needs_a_reason(admin, grace):
    response = admin.post(take_back(grace, "author"), {"reason": " "}, follow=True)

    assert "Nothing has changed. Say why" in response.content.decode()
    assert personas(grace) == ["Authors"]


def test_nobody_stops_being_an_administrator_by_themselves(admin, mei, person_factory):
    person_factory(groups=("Admins",))

    response = admin.post(take_back(mei), {"reason": "Enough"}, follow=True)

    assert "You cannot stop being an administrator by yourself." in response.content.decode()
    assert personas(mei) == ["Admins"]
    assert not AuditEntry.objects.exists()


def test_the_last_administrator_stays_one(client_of, mei, person_factory):
    root = person_factory(full_name="Root", is_superuser=True)

    response = client_of(root).post(take_back(mei), {"reason": "Enough"}, follow=True)

    assert "Mei Tanaka is the last administrator who may sign in." in response.content.decode()
    assert personas(mei) == ["Admins"]


def test_a_persona_that_does_not_exist_is_refused(admin, grace):
    response = admin.post(take_back(grace, "boss"), {"reason": "x"}, follow=True)

    assert "boss is none of" in response.content.decode()
    assert personas(grace) == ["Authors"]


@pytest.mark.parametrize("who", ["ada", "linus", "grace", "radia"])
def test_only_administrators_decide(request, client_of, ada, grace, who):
    browser = client_of(request.getfixturevalue(who))

    assert browser.post(SETTINGS, {"email": ada.email, "persona": "admin", "reason": "x"}).status_code == 404
    assert browser.post(take_back(grace, "author"), {"reason": "x"}).status_code == 404
    assert (personas(ada), personas(grace)) == ([], ["Authors"])


def test_each_setting_names_a_variable_that_exists(text_of, db):
    named = set(re.findall(r"<code>PRAXIS_(\w+)</code>", text_of(SETTINGS)))

    assert named - set(VARIABLES) == set()
    assert named >= {"BASE_URL", "TIME_ZONE", "EMAIL_URL", "MAIL_FROM", "OIDC_ID", "SAML_ID"}


def test_no_secret_is_shown(text_of, settings):
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {"APPS": [{"name": "Larkfield", "client_id": "open-id", "secret": "hush"}]}
    }

    text = text_of(SETTINGS)

    assert "password, if set, Larkfield" in text
    assert "hush" not in text
    assert settings.SECRET_KEY not in text


def test_names_are_shown_as_text(text_of, person_factory):
    person_factory(full_name="<script>alert(1)</script>", groups=("Authors",))

    assert "<script>alert" not in text_of(SETTINGS)


def test_the_page_costs_the_same_for_1_and_for_50(queries_of, person_factory):
    few = queries_of(SETTINGS)
    for _ in range(50):
        person_factory(groups=("Authors", "Reviewers"))

    assert few == 5
    assert queries_of(SETTINGS) == few
