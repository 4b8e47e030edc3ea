"""Tips as they go out."""

from datetime import date, timedelta

import pytest

from lms.core.errors import ActionRefused
from lms.notifications.channels import CHANNELS
from lms.notifications.models import Delivery, TypePreference
from lms.notifications.services.sending import send_due
from lms.tips.message_commands import newest_tip
from lms.tips.models import TipDelivery, TipPlan
from lms.tips.questions import question_of
from lms.tips.services.answering import answer_tip

pytestmark = pytest.mark.django_db


@pytest.fixture
def send(noon):
    def send(at=noon):
        return send_due(channel=CHANNELS["email"], now=lambda: at, until=at + timedelta(seconds=1))

    return send


def test_a_tip_arrives_with_its_question_and_a_link_for_each_answer(mailbox, tip_delivery, ada, send, client):
    row = tip_delivery(ada)

    send()

    mail = mailbox.accepted[0].parsed
    html = mail.get_body(("html",)).get_content()
    text = mail.get_body(("plain",)).get_content()
    assert mail["Subject"] == row.tip.title
    assert "Ask for <strong>the doubt</strong>, not only" in html
    assert "<em>Try it on the next summary.</em>" in html
    assert html.count("/tips/your/") == 4  # three answers, and whether it was useful
    assert "- Answer 1\n" in text.replace("\r\n", "\n")
    assert "it is for everybody" in html
    link = text.split("- Answer 2")[1].split()[0]
    assert client.get(link.removeprefix("http://localhost:8000")).status_code == 200


def test_a_thousand_names_of_the_world_arrive_as_they_are_written(
    mailbox, tip_delivery, person_factory, send
):
    person = person_factory(full_name="Zoë Ødegård, “陈” \u202bمريم\u202c")

    tip_delivery(person)
    send()

    assert mailbox.accepted[0].parsed["To"].addresses[0].display_name == person.full_name


def test_whoever_stops_tips_after_it_was_planned_gets_none(mailbox, tip_delivery, ada, send):
    row = tip_delivery(ada)
    TypePreference.objects.create(person=ada, type="tips.weekly", place="message", is_wanted=False)

    send()

    row.refresh_from_db()
    assert (row.state, row.reason) == (Delivery.State.DROPPED, "Its recipient has stopped tips.")
    assert mailbox.accepted == []


@pytest.mark.parametrize("change", [{"is_enabled": False}, {"last_week": date(2026, 11, 16)}])
def test_a_tip_whose_plan_was_switched_off_or_ended_after_it_was_planned_is_not_sent(
    mailbox, tip_delivery, weekly, ada, send, change
):
    row = tip_delivery(ada, plan=weekly)
    TipPlan.objects.update(**change)

    send()

    row.refresh_from_db()
    assert row.state == Delivery.State.DROPPED
    assert row.reason == "The weekly tip was switched off, or its campaign ended."
    assert mailbox.accepted == []


def test_a_tip_that_was_taken_back_is_not_sent(mailbox, tip_delivery, ada, send):
    row = tip_delivery(ada)
    row.tip.unpublish()

    send()

    row.refresh_from_db()
    assert (row.state, row.reason) == (Delivery.State.DROPPED, "The tip was taken back.")


def test_one_tip_that_cannot_be_written_is_set_aside_and_the_rest_go(
    mailbox, tip_delivery, tip_factory, ada, linus, send
):
    broken = tip_factory()
    row = tip_delivery(ada, broken)
    tip_delivery(linus)
    type(broken).objects.filter(pk=broken.pk).update(
        question='[{"type": "question", "id": "not-a-uuid", "value": {"question": "", "answers": []}}]'
    )

    send()

    row.refresh_from_db()
    assert row.state == Delivery.State.FAILED
    assert row.reason.startswith("The message cannot be written: ")
    assert mailbox.recipients == [linus.email]


def test_the_queries_of_a_batch_do_not_grow_with_its_tips(
    mailbox, tip_delivery, tip_factory, person_factory, send, django_assert_max_num_queries
):
    for _ in range(20):
        tip_delivery(person_factory(), tip_factory())

    with django_assert_max_num_queries(20 + 40):
        send()

    assert TipDelivery.objects.filter(state="sent").count() == 20


def test_a_chat_brings_the_newest_tip_and_after_an_answer_what_it_teaches(
    tip_delivery, tip_factory, ada, noon
):
    tip_delivery(ada, tip_factory("Older"), week=date(2026, 11, 16))
    row = tip_delivery(ada, tip_factory("Newer"))

    before = newest_tip(ada, noon)
    asked = question_of(row.tip)
    assert asked is not None
    answer_tip(delivery=row, choice=asked.right.id, channel="slack", at=noon)
    after = newest_tip(ada, noon)

    assert (before.subject, before.question is not None) == ("Newer", True)
    assert (after.question, after.parts[1].heading) == (None, "Right")


def test_a_chat_says_so_when_there_was_no_tip_yet(ada, noon):
    with pytest.raises(ActionRefused, match="no tip yet"):
        newest_tip(ada, noon)
