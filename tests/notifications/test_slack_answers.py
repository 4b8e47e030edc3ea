"""What comes in from Slack: who may say something, what it does, and that it does it once."""

import json
import time

import pytest
import time_machine

from lms.core.models import AuditEntry
from lms.notifications.channels.slack_form import as_blocks
from lms.notifications.models import ChannelLink, DeliveryPreferences, Notification
from tests.notifications.answers import question_for
from tests.notifications.fake_http import HangUp, Reply
from tests.notifications.fake_slack import ADDRESS, buttons, command, press, send, signature, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(slack, ada):
    """The press of the button "Three" of a question to Ada, who is known in Slack."""
    slack.add(ada.email)
    return press(slack, buttons(as_blocks(question_for(ada)))[1])


def answers():
    return list(Notification.objects.values_list("recipient__email", "title"))


def test_our_idea_of_a_signature_is_that_of_slacks_documentation():
    body = (
        "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
        "&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
        "&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554"
        "%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )

    # Source: Verifying requests from Slack, the worked example.
    assert signature(1531420618, body) == (
        "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
    )


def test_an_answer_is_recorded_acknowledged_and_shown_in_the_message(slack, ada, three):
    response = send(three)

    assert (response.status_code, response.content) == (200, b"")
    assert answers() == [(ada.email, "three")]
    slack.wait_until(lambda: slack.feedback != [])
    assert slack.feedback[0]["replace_original"] is True
    assert words(slack.feedback[0]["blocks"]) == [
        "You answered three. Three drafts show you more.",
        "You answered.",
    ]
    assert buttons(slack.feedback[0]["blocks"]) == []


def test_an_answer_that_is_delivered_three_times_counts_once(slack, ada, three):
    send(three)
    for attempt in (1, 2):
        again = send(
            three, headers={"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": "http_timeout"}
        )
        assert again.status_code == 200

    assert answers() == [(ada.email, "three")]
    slack.wait_until(lambda: len(slack.feedback) == 3)
    assert {each["text"] for each in slack.feedback} == {
        "You answered three. Three drafts show you more.\nYou answered."
    }


def test_a_second_choice_shows_what_counted_first(slack, ada, three):
    send(three)
    send(press(slack, buttons(as_blocks(question_for(ada)))[0]))

    assert answers() == [(ada.email, "three")]
    slack.wait_until(lambda: len(slack.feedback) == 2)
    assert slack.feedback[1]["text"].startswith("You answered three.")


def test_slack_is_called_for_nothing_but_to_change_the_message(slack, three):
    send(three)

    slack.wait_until(lambda: slack.feedback != [])
    assert slack.paths() == ["/actions/T1/1/abc"]


@pytest.mark.parametrize("failure", [HangUp(), Reply("no_text", 500), Reply("expired_url", 404)])
def test_an_answer_counts_also_when_the_message_cannot_be_changed(slack, ada, three, failure, caplog):
    def fail(_call):
        if isinstance(failure, Reply):
            return failure
        raise failure

    slack.before = fail

    assert send(three).status_code == 200

    slack.wait_until(lambda: slack.calls != [])
    assert answers() == [(ada.email, "three")]


@pytest.mark.parametrize(
    "arguments",
    [
        {"secret": "somebody-elses-secret"},
        {"age": 6 * 60},
        {"age": -6 * 60},
        {"headers": {"X-Slack-Signature": "v0=0"}},
        {"headers": {"X-Slack-Signature": ""}},
        {"headers": {"X-Slack-Signature": "v0=\u00e9"}},
        {"headers": {"X-Slack-Request-Timestamp": "yesterday"}},
        {"headers": {"X-Slack-Request-Timestamp": ""}},
        {"headers": {"X-Slack-Request-Timestamp": "9" * 30}},
        {"headers": {"X-Slack-Request-Timestamp": "\u0661"}},
    ],
)
def test_what_slack_did_not_just_sign_is_refused_and_changes_nothing(slack, ada, three, arguments):
    response = send(three, **arguments)

    assert response.status_code == 401
    assert answers() == []
    assert slack.calls == []


def test_a_request_that_is_sent_again_six_minutes_later_is_refused(slack, ada, three):
    with time_machine.travel(time.time() - 6 * 60):
        then = int(time.time())
        assert send(three).status_code == 200
    Notification.objects.all().delete()

    replayed = send(three, age=time.time() - then)

    assert replayed.status_code == 401
    assert answers() == []


def test_a_body_that_was_changed_on_the_way_is_refused(slack, client, three):
    timestamp = int(time.time())

    response = client.post(
        ADDRESS,
        "payload=%7B%7D",
        content_type="application/x-www-form-urlencoded",
        headers={
            "X-Slack-Request-Timestamp": str(timestamp),
            "X-Slack-Signature": signature(timestamp, "payload=%7B%22a%22%3A1%7D"),
        },
    )

    assert response.status_code == 401


@pytest.mark.parametrize("body", [b"\xff\xfe", b"{", b"ssl_check=1"])
def test_what_is_not_signed_is_not_even_read(slack, client, body):
    response = client.post(
        ADDRESS,
        body,
        content_type="application/x-www-form-urlencoded",
        headers={"X-Slack-Request-Timestamp": str(int(time.time())), "X-Slack-Signature": "v0=1"},
    )

    assert response.status_code == 401


def test_without_slack_there_is_no_such_address(settings, client):
    settings.PRAXIS_SLACK_SIGNING_SECRET = ""

    assert client.post(ADDRESS).status_code == 404


def test_slack_can_ask_whether_the_address_is_ours(slack, client):
    body, timestamp = json.dumps({"type": "url_verification", "challenge": "3eZbrw1aB"}), int(time.time())

    response = client.post(
        ADDRESS,
        body,
        content_type="application/json",
        headers={
            "X-Slack-Request-Timestamp": str(timestamp),
            "X-Slack-Signature": signature(timestamp, body),
        },
    )

    assert response.json() == {"challenge": "3eZbrw1aB"}


def test_an_answer_that_cannot_be_taken_is_said_to_its_writer_only_and_the_message_stays(slack, ada, bruno):
    message = question_for(bruno)
    bruno.delete()

    assert send(press(slack, buttons(as_blocks(message))[0])).status_code == 200

    slack.wait_until(lambda: slack.feedback != [])
    assert slack.feedback[0]["text"] == "This question is not yours."
    assert slack.feedback[0]["replace_original"] is False
    assert slack.feedback[0]["response_type"] == "ephemeral"
    assert answers() == []


def test_an_action_that_nobody_handles_is_said_so(slack, ada):
    message = question_for(ada, action="tests.gone")

    assert send(press(slack, buttons(as_blocks(message))[0])).status_code == 200

    slack.wait_until(lambda: slack.feedback != [])
    assert slack.feedback[0]["text"] == "This question cannot be answered any more."


def test_a_button_that_is_none_of_ours_is_acknowledged(slack, ada):
    foreign = {"type": "button", "action_id": "open", "url": "https://praxis.example/"}

    assert send(press(slack, foreign)).status_code == 200
    assert slack.feedback == []


def test_an_answer_that_breaks_is_not_acknowledged_so_that_its_writer_learns_of_it(slack, ada, caplog):
    message = question_for(ada, action="tests.broken")

    assert send(press(slack, buttons(as_blocks(message))[0])).status_code == 500
    assert slack.feedback == []


# --- the slash command ------------------------------------------------------------------------------------


def said(response):
    assert response.status_code == 200
    body = response.json()
    assert body["response_type"] == "ephemeral"
    return " ".join(words(body["blocks"]))


def test_a_command_shows_what_an_app_brings_to_whoever_wrote_it(slack, ada):
    user = slack.add(ada.email)

    response = send(command("newest", user=user))

    assert said(response) == "Three *drafts*."
    assert response.json()["text"].startswith(f"For {ada.email}")


def test_its_writer_is_known_by_the_address_of_their_account_and_asked_for_once(slack, ada):
    user = slack.add("Ada@Larkfield.example")

    send(command("newest", user=user))
    send(command("newest", user=user))

    assert slack.paths() == ["/api/users.info"]
    assert list(ChannelLink.objects.values_list("person", "address")) == [(ada.pk, user)]


def test_pause_leaves_its_writer_alone_for_a_week(slack, ada):
    user = slack.add(ada.email)

    with time_machine.travel("2026-11-24T23:30:00+00:00", tick=False):
        response = send(command(" Pause please", user=user))

    assert "You get no messages before Tuesday, 1 December." in said(response)
    assert str(DeliveryPreferences.objects.get(person=ada).paused_until) == "2026-12-01"
    assert AuditEntry.objects.get(action="notifications.pause").after == {"paused_until": "2026-12-01"}


def test_pausing_twice_changes_nothing_and_a_longer_pause_stays(slack, ada, noon):
    user = slack.add(ada.email)
    DeliveryPreferences.objects.create(person=ada, paused_until="2027-03-01")

    with time_machine.travel(noon, tick=False):
        response = send(command("pause", user=user))

    assert "before Monday, 1 March" in said(response)
    assert not AuditEntry.objects.filter(action="notifications.pause").exists()


@pytest.mark.parametrize("text", ["", "help", "HELP me"])
def test_help_lists_every_word(slack, ada, text):
    listed = said(send(command(text, user=slack.add(ada.email))))

    assert "pause: no messages for a week" in listed
    assert "newest: the newest of something" in listed
    assert "help: this list" in listed


def test_a_word_that_is_not_known_is_said_and_the_others_are_listed(slack, ada):
    listed = said(send(command("<!channel> now", user=slack.add(ada.email))))

    assert "I do not know “<!channel>”. I know:" in listed
    assert "pause: no messages for a week" in listed


def test_a_command_that_is_refused_says_why(slack, ada):
    assert said(send(command("refused", user=slack.add(ada.email)))) == "There is none yet."


@pytest.mark.parametrize(
    "fields", [{"is_email_confirmed": False}, {"is_stranger": True}, {"deleted": True}, {"is_bot": True}]
)
def test_an_account_that_proves_nothing_can_do_nothing(slack, ada, fields):
    user = slack.add(ada.email, **fields)

    response = send(command("pause", user=user))

    assert "Nobody in Praxis has the address of your Slack account." in response.json()["text"]
    assert not DeliveryPreferences.objects.exists()
    assert not ChannelLink.objects.exists()


def test_somebody_with_her_name_is_not_ada(slack, ada):
    user = slack.add(
        "ada@elsewhere.example", profile={"email": "x@elsewhere.example", "real_name": ada.full_name}
    )

    response = send(command("pause", user=user))

    assert "Nobody in Praxis has the address" in response.json()["text"]
    assert not DeliveryPreferences.objects.exists()


def test_whoever_has_left_can_do_nothing_with_an_old_link(slack, ada):
    user = slack.add(ada.email)
    send(command("newest", user=user))
    ada.status = "left"
    ada.save()

    response = send(command("pause", user=user))

    assert "Nobody in Praxis has the address" in response.json()["text"]
    assert not DeliveryPreferences.objects.exists()


def test_when_slack_does_not_say_who_it_is_they_are_asked_to_try_again(slack, ada):
    user = slack.add(ada.email)
    slack.before = lambda _call: Reply("", 502)

    response = send(command("pause", user=user))

    assert response.json()["text"] == "Slack does not say who you are just now. Try again in a minute."
    assert not DeliveryPreferences.objects.exists()
