"""Sending through Slack, against a server that speaks as Slack does."""

from datetime import timedelta

import pytest

from lms.notifications.channels import CHANNELS, channels_set_up
from lms.notifications.models import ChannelLink, ChannelState, Delivery, Digest
from lms.notifications.services.limiting import fall_back, fall_back_from_what_is_gone
from lms.notifications.services.sending import send_due
from tests.notifications.fake_http import HangUp, Reply
from tests.notifications.fake_slack import TOKEN, buttons, refusal, words

pytestmark = pytest.mark.django_db
State = Delivery.State
SLACK = CHANNELS["slack"]


@pytest.fixture
def send(noon):
    """Return a function that lets a worker send what is due on Slack at a moment."""

    def send(at=noon):
        return send_due(channel=SLACK, now=lambda: at, until=at + timedelta(seconds=1))

    return send


def outcome(row):
    row.refresh_from_db()
    return row.state, row.channel, row.attempts


def test_without_a_token_there_is_no_such_channel(settings):
    settings.PRAXIS_SLACK_BOT_TOKEN = ""

    assert not SLACK.is_set_up()
    assert SLACK not in channels_set_up()


def test_a_message_goes_to_whoever_has_the_address_and_is_known_by_conversation_and_timestamp(
    slack, digest, ada, send
):
    user = slack.add("Ada@larkfield.example")
    row = digest(ada, channel="slack")

    assert send() == 1

    assert [message["channel"] for message in slack.messages] == [user]
    assert slack.messages[0]["client_msg_id"] == str(row.uuid)
    assert slack.messages[0]["text"].startswith(f"News for {ada}\n")
    assert slack.messages[0]["mrkdwn"] is False
    assert f"News for {ada}" in words(slack.messages[0]["blocks"])
    assert outcome(row) == (State.SENT, "slack", 0)
    assert row.provider_id == "D00000001:1700.000001"
    assert list(ChannelLink.objects.values_list("person", "channel", "address")) == [(ada.pk, "slack", user)]


def test_whoever_was_found_is_not_looked_up_again(slack, digest, ada, send):
    user = slack.add(ada.email)
    digest(ada, channel="slack")

    send()

    assert SLACK.addresses_of([ada]) == {ada.pk: user}
    assert slack.paths() == ["/api/users.lookupByEmail", "/api/chat.postMessage"]


def test_addresses_of_people_who_are_known_cost_one_query_and_no_call(
    slack, person_factory, django_assert_num_queries
):
    people = [person_factory() for _each in range(50)]
    expected = {person.pk: slack.add(person.email) for person in people}
    SLACK.addresses_of(people)
    slack.calls.clear()

    with django_assert_num_queries(1):
        assert SLACK.addresses_of(people) == expected

    assert slack.calls == []


def test_a_new_address_is_looked_up_again_and_an_id_is_only_ever_one_persons(slack, ada, bruno):
    user = slack.add(ada.email)
    SLACK.addresses_of([ada])
    ada.email, bruno.email = "ada.new@larkfield.example", ada.email
    ada.save()
    bruno.save()

    assert SLACK.addresses_of([ada, bruno]) == {bruno.pk: user}

    assert list(ChannelLink.objects.values_list("person", "address")) == [(bruno.pk, user)]


def test_whoever_slack_does_not_know_gets_mail_and_is_not_looked_up_again_that_day(
    slack, mailbox, digest, ada, send, send_mail_due, noon
):
    row = digest(ada, channel="slack")

    assert send() == 0
    send_mail_due()
    digest(ada, channel="slack", day=noon.date() + timedelta(days=1))
    send()

    assert mailbox.recipients == [ada.email]
    assert outcome(row) == (State.SENT, "email", 0)
    assert slack.paths() == ["/api/users.lookupByEmail"]


def test_whoever_adds_their_address_to_slack_does_not_have_to_wait_for_a_day(slack, ada):
    assert SLACK.addresses_of([ada]) == {}
    user = slack.add(ada.email)
    assert SLACK.addresses_of([ada]) == {}

    SLACK.look_again(ada)

    assert SLACK.addresses_of([ada]) == {ada.pk: user}


@pytest.mark.parametrize(
    "fields",
    [
        {"deleted": True},
        {"is_bot": True},
        {"is_stranger": True},
        {"is_restricted": True},
        {"is_ultra_restricted": True},
        {"is_email_confirmed": False},
    ],
)
def test_an_account_that_proves_nothing_is_nobodys(slack, ada, fields):
    slack.add(ada.email, **fields)

    assert SLACK.addresses_of([ada]) == {}


def test_a_name_is_never_enough(slack, ada):
    slack.add("somebody@elsewhere.example", profile={"email": "", "real_name": ada.full_name})

    assert SLACK.addresses_of([ada]) == {}


def test_when_slack_asks_for_time_it_is_left_alone_for_as_long_and_what_was_sent_stays_sent(
    slack, digest, ada, linus, send, noon
):
    slack.add(ada.email)
    slack.add(linus.email)
    first, second = digest(ada, channel="slack"), digest(linus, channel="slack")

    def enough(call):
        if call.path == "/api/chat.postMessage" and slack.messages:
            return Reply({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": "90"})
        return None

    slack.before = enough
    assert send() == 1

    state = ChannelState.objects.get(channel="slack")
    assert state.paused_until == noon + timedelta(seconds=90)
    assert state.down_since is None  # whoever asks for time works
    assert outcome(first)[0] == State.SENT
    assert outcome(second)[0] == State.QUEUED
    slack.before = lambda _call: None
    assert send(noon + timedelta(seconds=89)) == 0
    assert send(noon + timedelta(seconds=90)) == 1


def test_a_limit_while_people_are_looked_up_keeps_who_was_found(slack, digest, ada, linus, send, noon):
    slack.add(ada.email)
    slack.add(linus.email)
    digest(ada, channel="slack")
    digest(linus, channel="slack")

    slack.before = _second_of("/api/users.lookupByEmail", slack, Reply("", 429, {"Retry-After": "30"}))
    assert send() == 0
    slack.before = lambda _call: None

    assert set(Digest.objects.values_list("state", "attempts")) == {(State.QUEUED, 0)}
    assert ChannelLink.objects.count() == 1
    assert send(noon + timedelta(seconds=30)) == 2
    assert slack.paths().count("/api/users.lookupByEmail") == 3


def _second_of(path, slack, reply):
    def before(call):
        return reply if call.path == path and slack.paths().count(path) == 2 else None

    return before


@pytest.mark.parametrize(
    ("error", "words_of_it"),
    [
        ("token_revoked", "Install it again, and set PRAXIS_SLACK_BOT_TOKEN"),
        ("account_inactive", "Slack does not let our app in (account_inactive)."),
        ("invalid_auth", "Slack does not let our app in (invalid_auth)."),
        ("missing_scope", "Our app in Slack lacks the scope chat:write."),
        ("service_unavailable", "Slack is out of order: service_unavailable"),
    ],
)
def test_what_holds_for_every_message_stops_the_channel_and_says_what_to_do(
    slack, digest, ada, send, noon, error, words_of_it
):
    slack.add(ada.email)
    row = digest(ada, channel="slack")
    slack.before = _posting(refusal(error, needed="chat:write"))

    assert send() == 0

    state = ChannelState.objects.get(channel="slack")
    assert words_of_it in state.reason
    assert TOKEN not in state.reason
    assert state.down_since == noon
    assert outcome(row)[0] == State.QUEUED


def _posting(reply):
    def before(call):
        if call.path != "/api/chat.postMessage":
            return None
        if isinstance(reply, Reply):
            return reply
        raise reply

    return before


@pytest.mark.parametrize("error", ["channel_not_found", "user_not_found", "is_archived", "user_disabled"])
def test_whoever_has_left_slack_gets_mail_instead(slack, mailbox, digest, ada, send, send_mail_due, error):
    slack.add(ada.email)
    row = digest(ada, channel="slack")
    slack.before = _posting(refusal(error))

    send()
    send_mail_due()

    assert outcome(row)[:2] == (State.SENT, "email")
    assert mailbox.recipients == [ada.email]
    assert not ChannelLink.objects.exists()


def test_a_message_that_slack_refuses_is_set_aside_with_its_words(slack, digest, ada, linus, send):
    slack.add(ada.email)
    slack.add(linus.email)
    row = digest(ada, channel="slack")
    other = digest(linus, channel="slack")

    def refuse_ada(call):
        is_adas = call.path == "/api/chat.postMessage" and call.json["channel"] == "U00000001"
        return refusal("restricted_action") if is_adas else None

    slack.before = refuse_ada
    send()

    assert outcome(row)[0] == State.FAILED
    assert row.reason == "Slack refuses it: restricted_action"
    assert outcome(other)[0] == State.SENT


@pytest.mark.parametrize(
    "broken",
    [HangUp(), Reply("<html>Bad gateway</html>", 502), refusal("internal_error"), refusal("fatal_error")],
)
def test_a_call_without_a_clear_answer_leaves_one_doubt_no_second_message_and_a_rest(
    slack, digest, ada, linus, send, noon, broken
):
    slack.add(ada.email)
    slack.add(linus.email)
    first, second = digest(ada, channel="slack"), digest(linus, channel="slack")
    slack.before = _posting(broken)

    send()

    assert outcome(first)[0] == State.UNKNOWN
    assert outcome(second)[0] == State.QUEUED
    assert slack.paths().count("/api/chat.postMessage") == 1
    assert ChannelState.objects.get(channel="slack").paused_until == noon + timedelta(seconds=15)
    slack.before = lambda _call: None
    assert send(noon + timedelta(minutes=2)) == 1
    assert [message["channel"] for message in slack.messages] == ["U00000002"]


def test_after_an_outage_slack_is_asked_before_a_message_is_risked(slack, digest, ada, send, noon):
    slack.add(ada.email)
    row = digest(ada, channel="slack")
    ChannelState.objects.create(channel="slack", failures=3, down_since=noon - timedelta(hours=1))
    slack.before = lambda call: Reply("", 502) if call.path == "/api/auth.test" else None

    assert send() == 0

    assert "/api/chat.postMessage" not in slack.paths()
    assert outcome(row) == (State.QUEUED, "slack", 0)


def test_nobody_there_costs_nothing_and_after_four_hours_everything_goes_by_mail(
    settings, slack, mailbox, digest, ada, send, send_mail_due, noon
):
    slack.add(ada.email)
    SLACK.addresses_of([ada])
    row = digest(ada, channel="slack")
    settings.PRAXIS_SLACK_API_URL = "http://127.0.0.1:1/api/"

    assert send() == 0
    assert outcome(row)[0] == State.QUEUED
    assert "cannot be reached" in ChannelState.objects.get(channel="slack").reason
    for minutes in range(10, 241, 10):
        assert send(noon + timedelta(minutes=minutes)) == 0
    assert outcome(row)[0] == State.QUEUED
    assert fall_back(now=noon + timedelta(minutes=241)) == 1
    assert send_mail_due(noon + timedelta(minutes=241)) == 1

    assert mailbox.recipients == [ada.email]


def test_what_waits_for_slack_goes_by_mail_once_slack_is_not_set_up_any_more(
    settings, slack, mailbox, digest, ada, send_mail_due, noon
):
    row = digest(ada, channel="slack")
    assert fall_back_from_what_is_gone(now=noon) == 0
    settings.PRAXIS_SLACK_BOT_TOKEN = ""

    assert fall_back_from_what_is_gone(now=noon) == 1

    assert send_mail_due() == 1
    assert outcome(row)[:2] == (State.SENT, "email")


def test_a_proxy_that_answers_in_the_place_of_slack_is_no_answer(slack, digest, ada, send):
    slack.add(ada.email)
    row = digest(ada, channel="slack")
    slack.before = _posting(Reply("<html>Sign in to the internet</html>", 200))

    assert send() == 0

    assert outcome(row)[0] == State.QUEUED
    assert "What answers is not Slack" in ChannelState.objects.get(channel="slack").reason


def test_no_more_than_eight_a_second_go_out_after_a_first_fifty(slack, digest, person_factory, send, noon):
    for _each in range(60):
        person = person_factory()
        slack.add(person.email)
        digest(person, channel="slack")

    assert send() == 50
    assert send(noon + timedelta(seconds=1)) == 8
    assert send(noon + timedelta(seconds=2)) == 2

    assert len({message["channel"] for message in slack.messages}) == 60


def test_a_digest_asks_nothing_so_it_has_no_buttons(slack, digest, ada, send):
    slack.add(ada.email)
    digest(ada, channel="slack")

    send()

    assert buttons(slack.messages[0]["blocks"]) == []
