"""The weekly tip in Slack and Teams: answered in place, counted once, whatever the chat repeats."""

from datetime import timedelta

import pytest

from lms.notifications.channels import CHANNELS
from lms.notifications.channels.links import keep_link
from lms.notifications.services.sending import send_due
from lms.records.models import LearningRecord
from lms.tips.models import TipAnswer
from tests.notifications import fake_slack, fake_teams

pytestmark = pytest.mark.django_db


def send(channel, noon):
    return send_due(channel=CHANNELS[channel], now=lambda: noon, until=noon + timedelta(seconds=1))


def test_a_tip_in_slack_is_answered_in_place_and_counts_once(slack, ada, tip_delivery, noon):
    user = slack.add(ada.email)
    row = tip_delivery(ada, channel="slack")
    assert send("slack", noon) == 1
    first = fake_slack.buttons(slack.messages[0]["blocks"])[0]

    for _each in range(3):
        assert fake_slack.send(fake_slack.press(slack, first, user=user)).status_code == 200

    answer = TipAnswer.objects.get()
    assert (answer.delivery.pk, answer.is_right, answer.channel) == (row.pk, True, "slack")
    assert LearningRecord.objects.filter(verb="answered").count() == 1
    slack.wait_until(lambda: len(slack.feedback) == 3)
    assert "Feedback 1" in slack.feedback[2]["text"]
    assert fake_slack.wrong_blocks(slack.feedback[2]["blocks"]) == ""
    assert fake_slack.buttons(slack.feedback[2]["blocks"]) == []


def test_a_tip_in_teams_is_answered_in_place_and_counts_once(teams, ada, tip_delivery, noon):
    user = teams.add(ada.email)
    place = {"service_url": teams.service_url, "conversation": f"a:with-{user}"}
    keep_link(person=ada, channel="teams", address=user, details=place, at=noon)
    tip_delivery(ada, channel="teams")
    assert send("teams", noon) == 1
    second = fake_teams.executes(teams.messages[0][1]["attachments"][0]["content"])[1]

    cards = [fake_teams.deliver(teams, fake_teams.pressed(teams, user, second)).json() for _each in range(3)]

    answer = TipAnswer.objects.get()
    assert (answer.is_right, answer.channel) == (False, "teams")
    assert LearningRecord.objects.filter(verb="answered").count() == 1
    assert cards[0] == cards[2]
    assert any("Feedback 2" in text for text in fake_teams.said(cards[0]["value"]))
