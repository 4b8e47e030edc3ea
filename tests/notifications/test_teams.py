"""Sending through Teams, against a server that speaks as Microsoft's do."""

from datetime import timedelta

import pytest
import time_machine

from lms.notifications.channels import CHANNELS, bot_connector, channels_set_up
from lms.notifications.channels.bot_connector import Conversation
from lms.notifications.channels.links import keep_link
from lms.notifications.models import ChannelLink, ChannelState, Delivery
from lms.notifications.services.sending import send_due
from tests.notifications.fake_http import HangUp, Reply
from tests.notifications.fake_teams import PASSWORD, said

pytestmark = pytest.mark.django_db
State = Delivery.State
TEAMS = CHANNELS["teams"]


@pytest.fixture(autouse=True)
def _no_tokens():
    bot_connector._tokens.clear()


@pytest.fixture
def send(noon):
    """Return a function that lets a worker send what is due on Teams at a moment."""

    def send(at=noon):
        return send_due(channel=TEAMS, now=lambda: at, until=at + timedelta(seconds=1))

    return send


@pytest.fixture
def installed(teams, noon):
    """Return a function that links a person as if they had our bot."""

    def install(person, **details):
        user = teams.add(person.email)
        place = {"service_url": teams.service_url, "conversation": f"a:with-{user}", "aad_object_id": "aad-1"}
        return keep_link(person=person, channel="teams", address=user, details={**place, **details}, at=noon)

    return install


def outcome(row):
    row.refresh_from_db()
    return row.state, row.channel


def posts(teams):
    return [call for call in teams.calls if call.path.endswith("/activities")]


@pytest.mark.parametrize("missing", ["PRAXIS_TEAMS_APP_ID", "PRAXIS_TEAMS_APP_PASSWORD"])
def test_without_a_bot_there_is_no_such_channel(teams, settings, missing):
    setattr(settings, missing, "")

    assert TEAMS not in channels_set_up()


def test_a_card_goes_to_whoever_has_our_bot(teams, installed, digest, ada, send):
    link = installed(ada)
    row = digest(ada, channel="teams")

    assert send() == 1

    conversation, posted = teams.messages[0]
    assert conversation == f"a:with-{link.address}"
    assert posted["summary"] == f"News for {ada}"
    assert posted["recipient"] == {"id": link.address, "aadObjectId": "aad-1"}
    assert said(posted["attachments"][0]["content"])[0] == f"News for {ada}"
    assert outcome(row) == (State.SENT, "teams")
    assert row.provider_id == "1700000001"


def test_whoever_does_not_have_our_bot_gets_mail(teams, mailbox, digest, ada, send, send_mail_due):
    digest(ada, channel="teams")

    send()
    send_mail_due()

    assert mailbox.recipients == [ada.email]
    assert teams.messages == []


def test_one_token_does_for_many_messages_and_a_new_one_is_taken_before_it_ends(
    teams, installed, digest, person_factory, send, noon
):
    for _each in range(3):
        person = person_factory()
        installed(person)
        digest(person, channel="teams")

    with time_machine.travel(noon, tick=False) as clock:
        assert send() == 3
        assert len(teams.tokens) == 1
        bot_connector.bot_token()
        clock.shift(3600 - 300 - 1)
        bot_connector.bot_token()
        assert len(teams.tokens) == 1
        clock.shift(1)
        bot_connector.bot_token()

    assert len(teams.tokens) == 2


def test_a_secret_that_is_not_valid_any_more_stops_the_channel_and_says_what_to_do(
    teams, settings, installed, digest, ada, send, noon
):
    installed(ada)
    row = digest(ada, channel="teams")
    settings.PRAXIS_TEAMS_APP_PASSWORD = "expired"

    assert send() == 0

    state = ChannelState.objects.get(channel="teams")
    assert state.reason == (
        "Microsoft Entra does not let our bot in (invalid_client AADSTS7000215). Renew PRAXIS_TEAMS_APP_PASSWORD."
    )
    assert state.down_since == noon
    assert outcome(row) == (State.QUEUED, "teams")


def test_a_token_that_was_revoked_is_replaced(teams, installed, digest, ada, send, noon):
    installed(ada)
    row = digest(ada, channel="teams")
    bot_connector.bot_token()
    teams.tokens.append("another one")

    assert send() == 0
    assert outcome(row) == (State.QUEUED, "teams")
    assert send(noon + timedelta(minutes=2)) == 1


@pytest.mark.parametrize("status", [412, 429, 502, 503, 504])
def test_teams_is_left_alone_for_as_long_as_it_asks(teams, installed, digest, ada, send, noon, status):
    installed(ada)
    row = digest(ada, channel="teams")
    teams.before = _posting(Reply({"error": {"code": "Throttled"}}, status, {"Retry-After": "70"}))

    assert send() == 0

    assert outcome(row) == (State.QUEUED, "teams")
    assert ChannelState.objects.get(channel="teams").paused_until == noon + timedelta(seconds=70)
    teams.before = lambda _call: None
    assert send(noon + timedelta(seconds=69)) == 0
    assert send(noon + timedelta(seconds=70)) == 1


def _posting(reply):
    def before(call):
        if not call.path.endswith("/activities"):
            return None
        if isinstance(reply, Reply):
            return reply
        raise reply

    return before


@pytest.mark.parametrize("broken", [HangUp(), Reply("<html>", 500)])
def test_a_request_without_a_clear_answer_leaves_one_doubt_no_second_message_and_a_rest(
    teams, installed, digest, ada, linus, send, noon, broken
):
    installed(ada)
    installed(linus)
    first, second = digest(ada, channel="teams"), digest(linus, channel="teams")
    teams.before = _posting(broken)

    send()

    assert outcome(first)[0] == State.UNKNOWN
    assert outcome(second)[0] == State.QUEUED
    assert len(posts(teams)) == 1
    assert ChannelState.objects.get(channel="teams").paused_until == noon + timedelta(seconds=15)


@pytest.mark.parametrize(
    "reply",
    [
        Reply({"error": {"code": "ConversationNotFound"}}, 404),
        Reply({"error": {"code": "BotNotInConversationRoster"}}, 403),
        Reply({"error": {"code": "MessageWritesBlocked"}}, 403),
    ],
)
def test_whoever_has_removed_or_blocked_our_bot_gets_mail_instead(
    teams, mailbox, installed, digest, ada, send, send_mail_due, reply
):
    installed(ada)
    row = digest(ada, channel="teams")
    teams.before = _posting(reply)

    send()
    send_mail_due()

    assert outcome(row) == (State.SENT, "email")
    assert mailbox.recipients == [ada.email]
    assert not ChannelLink.objects.exists()


def test_a_bot_that_may_not_speak_at_all_stops_the_channel(teams, installed, digest, ada, send):
    installed(ada)
    row = digest(ada, channel="teams")
    teams.before = _posting(Reply("", 403))

    assert send() == 0

    assert outcome(row)[0] == State.QUEUED
    assert "does not let our bot in: 403" in ChannelState.objects.get(channel="teams").reason


def test_a_card_that_teams_refuses_is_set_aside_and_the_others_go(teams, installed, digest, ada, linus, send):
    installed(ada)
    installed(linus)
    row, other = digest(ada, channel="teams"), digest(linus, channel="teams")
    refused = Reply({"error": {"code": "BadArgument"}}, 400)
    teams.before = lambda call: refused if call in posts(teams)[:1] else None

    send()

    assert outcome(row)[0] == State.FAILED
    assert row.reason == "Teams refuses it: 400 BadArgument"
    assert outcome(other)[0] == State.SENT


def test_nobody_there_costs_nothing(teams, settings, installed, digest, ada, send):
    installed(ada)
    row = digest(ada, channel="teams")
    settings.PRAXIS_TEAMS_LOGIN_URL = "http://127.0.0.1:1"

    assert send() == 0

    assert outcome(row) == (State.QUEUED, "teams")
    assert "cannot be reached" in ChannelState.objects.get(channel="teams").reason


@pytest.mark.parametrize(
    ("url", "is_microsofts"),
    [
        ("https://smba.trafficmanager.net/emea/", True),
        ("https://smba.trafficmanager.net/de/tenant/", True),
        ("https://europe.botframework.com/", True),
        ("https://smba.infra.gcc.teams.microsoft.com/teams", True),
        ("http://smba.trafficmanager.net/emea/", False),
        ("https://smba.trafficmanager.net:8443/emea/", False),
        ("https://evil.trafficmanager.net/", False),
        ("https://botframework.com.evil.example/", False),
        ("https://evilbotframework.com/", False),
        ("https://smba.trafficmanager.net@evil.example/", False),
        ("https://169.254.169.254/latest/", False),
        ("http://models.larkfield.example/", False),
        ("https://login.microsoftonline.com/", False),
        ("https://smba.trafficmanager.net:none/emea/", False),
        ("https://[smba.trafficmanager.net/emea/", False),
        ("", False),
    ],
)
def test_only_services_of_microsofts_are_spoken_to(settings, url, is_microsofts):
    settings.PRAXIS_INTERNAL_HOSTS = ["models.larkfield.example"]

    assert Conversation(url, "a:1").is_microsofts is is_microsofts


def test_a_token_of_ours_is_sent_to_nobody_else(teams, settings, installed, digest, ada, send):
    installed(ada, service_url="https://evil.example/")
    digest(ada, channel="teams")

    assert send() == 0

    assert "not one of Microsoft" in ChannelState.objects.get(channel="teams").reason
    assert [call.path for call in teams.calls] == ["/larkfield-tenant/oauth2/v2.0/token"]
    assert PASSWORD not in ChannelState.objects.get(channel="teams").reason
