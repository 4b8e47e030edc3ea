"""What comes in from Teams: who may say something, what it does, and that it does it once."""

import base64
import json
import time

import pytest
import time_machine
from django.test import Client
from joserfc import jwt
from joserfc.jwk import OctKey

from lms.notifications.channels import bot_connector
from lms.notifications.channels.teams_form import as_card
from lms.notifications.models import ChannelLink, DeliveryPreferences, Notification
from tests.notifications.answers import question_for
from tests.notifications.fake_http import HangUp, Reply
from tests.notifications.fake_teams import ADDRESS, APP, activity, deliver, executes, pressed, said, token

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_tokens():
    bot_connector._tokens.clear()


@pytest.fixture
def three(teams, ada):
    """The press of the button "Three" of a question to Ada, who has our bot."""
    user = teams.add(ada.email)
    return pressed(teams, user, executes(as_card(question_for(ada)))[1])


def answers():
    return list(Notification.objects.values_list("recipient__email", "title"))


def test_an_answer_is_recorded_and_the_card_that_comes_back_shows_what_came_of_it(teams, ada, three):
    response = deliver(teams, three)

    assert response.status_code == 200
    body = response.json()
    assert (body["statusCode"], body["type"]) == (200, "application/vnd.microsoft.card.adaptive")
    assert said(body["value"]) == ["You answered three. Three drafts show you more.", "You answered."]
    assert executes(body["value"]) == []
    assert answers() == [(ada.email, "three")]
    assert [(posted, said(each["attachments"][0]["content"])[0]) for posted, each in teams.changes] == [
        ("1700000001", "You answered three. Three drafts show you more.")
    ]


def test_an_answer_that_is_delivered_three_times_counts_once(teams, ada, three):
    bodies = [deliver(teams, three).json() for _each in range(3)]

    assert answers() == [(ada.email, "three")]
    assert bodies[0] == bodies[1] == bodies[2]


@pytest.mark.parametrize("failure", [HangUp(), Reply("", 500), Reply("", 404), Reply("", 429)])
def test_an_answer_counts_and_is_shown_also_when_the_posted_message_cannot_be_changed(
    teams, ada, three, failure
):
    def fail(call):
        if call.method != "PUT":
            return None
        if isinstance(failure, Reply):
            return failure
        raise failure

    teams.before = fail

    response = deliver(teams, three)

    assert response.json()["statusCode"] == 200
    assert answers() == [(ada.email, "three")]


def test_an_answer_that_cannot_be_taken_is_said_and_the_card_stays(teams, ada, bruno):
    message = question_for(bruno)
    bruno.delete()

    response = deliver(teams, pressed(teams, teams.add(ada.email), executes(as_card(message))[0]))

    assert response.status_code == 200
    assert response.json() == {
        "statusCode": 400,
        "type": "application/vnd.microsoft.error",
        "value": {"code": "BadRequest", "message": "This question is not yours."},
    }
    assert teams.changes == []


@pytest.mark.parametrize(
    "value",
    [
        None,
        "text",
        {},
        {"action": "text"},
        {"action": {"verb": "tests.answer"}},
        {"action": {"verb": "tests.answer", "data": {"token": 1, "value": "a"}}},
        {"action": {"verb": ["a"], "data": {"token": "t", "value": "a"}}},
        {"action": {"verb": "tests.gone", "data": {"token": "t", "value": "a"}}},
    ],
)
def test_a_card_that_is_none_of_ours_changes_nothing(teams, value):
    invoked = activity(teams, "29:x", "invoke", name="adaptiveCard/action", value=value)

    assert deliver(teams, invoked).json()["statusCode"] == 400
    assert answers() == []


def test_what_else_can_be_invoked_is_not_ours(teams):
    assert deliver(teams, activity(teams, "29:x", "invoke", name="task/fetch")).status_code == 501


# --- who speaks ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "another-bot"},
        {"aud": None},
        {"iss": "https://sts.windows.net/larkfield-tenant/"},
        {"iss": None},
        {"exp": 1_600_000_000},
        {"exp": None},
        {"nbf": 4_000_000_000},
        {"key": "stranger"},
        {"key": "second"},
        {"serviceurl": None},
        {"alg": "PS256"},
    ],
)
def test_what_is_not_signed_by_the_service_for_us_is_refused_and_changes_nothing(teams, three, claims):
    response = deliver(teams, three, **claims)

    assert response.status_code == 401
    assert answers() == []


def test_a_token_is_accepted_until_five_minutes_after_its_end(teams, ada, three):
    now = int(time.time())

    assert deliver(teams, three, exp=now - 4 * 60).status_code == 200
    assert deliver(teams, three, exp=now - 6 * 60).status_code == 401


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic abc", "Bearer a.b.c", "Bearer \u00e9.b.c", "Bearer ...."]
)
def test_what_is_no_token_is_refused(teams, three, header):
    assert deliver(teams, three, authorization=header).status_code == 401
    assert answers() == []


def test_a_token_that_names_another_kind_of_signature_is_refused(teams, three):
    head, body, _signature = token(teams).split(".")
    unsigned = (
        base64.urlsafe_b64encode(json.dumps({"alg": "none", "kid": "first"}).encode()).decode().strip("=")
    )
    public = next(key for key in [teams._published("first")])["n"]
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    with_public_key = jwt.encode({"alg": "HS256", "kid": "first"}, claims, OctKey.import_key(public))

    for forged in (f"{unsigned}.{body}.", f"{head}.{body}.", with_public_key):
        assert deliver(teams, three, authorization=f"Bearer {forged}").status_code == 401

    assert answers() == []


@pytest.mark.parametrize(
    "fields",
    [
        {"serviceUrl": "https://smba.trafficmanager.net/emea/"},
        {"serviceUrl": None},
        {"channelId": "webchat"},
        {"channelData": {"tenant": {"id": "another-tenant"}}},
        {"channelData": {}, "conversation": {"id": "a:1", "tenantId": "another-tenant"}},
        {"channelData": None, "conversation": None},
    ],
)
def test_a_token_allows_only_what_it_was_made_for(teams, three, fields):
    assert deliver(teams, {**three, **fields}).status_code == 403
    assert answers() == []


def test_a_service_that_is_not_microsofts_is_not_answered_even_when_the_token_names_it(teams, three):
    evil = "https://evil.example/"

    assert deliver(teams, {**three, "serviceUrl": evil}, serviceurl=evil).status_code == 403


def test_a_key_that_may_not_sign_for_teams_proves_nothing(teams, three):
    teams.endorsements = ["webchat"]

    assert deliver(teams, three).status_code == 403
    assert answers() == []


def test_keys_are_kept_for_a_day(teams, three):
    with time_machine.travel("2026-11-24T12:00:00+00:00", tick=False) as clock:
        deliver(teams, three)
        clock.shift(24 * 3600 - 10)
        deliver(teams, three)
        assert teams.paths().count("/keys") == 1
        clock.shift(20)
        deliver(teams, three)

    assert teams.paths().count("/keys") == 2


def test_a_new_key_is_looked_for_once_and_made_up_ones_not_again_and_again(teams, ada, three):
    deliver(teams, three)
    teams.keys = ["second"]

    assert deliver(teams, three, key="second").status_code == 200
    for _each in range(3):
        assert deliver(teams, three, key="stranger").status_code == 401

    assert teams.paths().count("/keys") == 2


def test_without_the_keys_teams_is_asked_to_come_again(teams, three):
    teams.before = lambda call: Reply("", 502) if call.path == "/keys" else None

    assert deliver(teams, three).status_code == 503
    assert answers() == []


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff", b"", b"[" * 100_000])
def test_what_cannot_be_read_is_said_so(teams, body):
    response = Client().post(
        ADDRESS, body, content_type="application/json", headers={"authorization": f"Bearer {token(teams)}"}
    )

    assert response.status_code == 400


def test_without_teams_there_is_no_such_address(settings, client):
    settings.PRAXIS_TEAMS_APP_ID = ""

    assert client.post(ADDRESS).status_code == 404


# --- who has our bot ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("installationUpdate", {"action": "add"}),
        ("conversationUpdate", {"membersAdded": [{"id": f"28:{APP}"}]}),
        ("message", {"text": "help"}),
    ],
)
def test_whoever_has_our_bot_is_linked_by_the_address_in_the_roster(teams, ada, kind, fields):
    user = teams.add("Ada@Larkfield.example")

    assert deliver(teams, activity(teams, user, kind, **fields)).status_code == 200

    link = ChannelLink.objects.get()
    assert (link.person, link.channel, link.address) == (ada, "teams", user)
    assert link.details == {
        "service_url": teams.service_url,
        "conversation": f"a:with-{user}",
        "aad_object_id": "aad-1",
        "email": ada.email,
    }


def test_an_address_for_mail_does_where_the_name_for_signing_in_is_another(teams, ada):
    user = teams.add(ada.email, userPrincipalName="aokafor@corp.larkfield.example")

    deliver(teams, activity(teams, user, "installationUpdate", action="add"))

    assert ChannelLink.objects.get().person == ada


@pytest.mark.parametrize(
    "fields",
    [
        {"userRole": "guest"},
        {"userRole": "anonymous"},
        {"tenantId": "another-tenant"},
        {"email": None, "userPrincipalName": None},
        {"email": "x@elsewhere.example", "userPrincipalName": "x@elsewhere.example", "name": "Ada Okafor"},
    ],
)
def test_a_guest_a_stranger_and_a_name_alone_are_linked_to_nobody(teams, ada, fields):
    user = teams.add(ada.email, **fields)

    assert deliver(teams, activity(teams, user, "message", text="pause")).status_code == 200

    assert not ChannelLink.objects.exists()
    assert not DeliveryPreferences.objects.exists()
    assert teams.messages == []


def test_a_conversation_of_several_links_nobody(teams, ada):
    user = teams.add(ada.email)
    group = activity(teams, user, "message", text="pause")
    group["conversation"] = {**group["conversation"], "conversationType": "groupChat"}

    deliver(teams, group)

    assert not ChannelLink.objects.exists()


def test_somebody_who_is_known_is_not_looked_up_again_until_they_are_moved(teams, ada):
    user = teams.add(ada.email)
    for _each in range(2):
        deliver(teams, activity(teams, user, "message", text="help"))
    moved = activity(teams, user, "message", text="help")
    moved["conversation"] = {**moved["conversation"], "id": "a:another"}

    deliver(teams, moved)

    assert len([path for path in teams.paths() if "/members/" in path]) == 2
    assert ChannelLink.objects.get().details["conversation"] == "a:another"


def test_whoever_removes_our_bot_is_forgotten(teams, ada):
    user = teams.add(ada.email)
    deliver(teams, activity(teams, user, "installationUpdate", action="add"))

    deliver(teams, activity(teams, user, "installationUpdate", action="remove"))

    assert not ChannelLink.objects.exists()


def test_a_bot_that_is_removed_from_a_team_is_still_there_for_whoever_removed_it(teams, ada):
    user = teams.add(ada.email)
    deliver(teams, activity(teams, user, "installationUpdate", action="add"))

    removed = activity(teams, user, "installationUpdate", action="remove")
    deliver(teams, removed | {"conversation": {"id": "19:team", "conversationType": "channel"}})

    assert ChannelLink.objects.get().address == user


def test_a_word_is_answered_in_the_conversation(teams, ada, noon):
    user = teams.add(ada.email)

    with time_machine.travel(noon, tick=False):
        deliver(teams, activity(teams, user, "message", text="Pause"))

    conversation, posted = teams.messages[0]
    assert conversation == f"a:with-{user}"
    assert said(posted["attachments"][0]["content"])[0] == "You get no messages before Tuesday, 1 December."
    assert str(DeliveryPreferences.objects.get(person=ada).paused_until) == "2026-12-01"


def test_when_the_roster_does_not_answer_nothing_happens_and_teams_is_not_troubled(teams, ada):
    user = teams.add(ada.email)
    teams.before = lambda call: Reply("", 502) if "/members/" in call.path else None

    assert deliver(teams, activity(teams, user, "installationUpdate", action="add")).status_code == 200
    assert deliver(teams, activity(teams, user, "message", text="pause")).status_code == 200
    assert not ChannelLink.objects.exists()


@pytest.mark.parametrize("kind", ["typing", "messageReaction", "event", "nonsense", None])
def test_what_else_happens_is_taken_note_of_and_does_nothing(teams, kind):
    assert deliver(teams, activity(teams, "29:x", kind)).status_code == 200
