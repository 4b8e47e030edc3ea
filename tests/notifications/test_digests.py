"""One digest for each person and day: what goes in, when it comes, and how often."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lms.notifications.models import DeliveryPreferences, Digest, Notification, TypePreference
from lms.notifications.services.planning import plan_digests

pytestmark = pytest.mark.django_db
NINE = datetime(2026, 11, 25, 9, tzinfo=UTC)
"""The first hour of a digest after the noon of the tests."""


@pytest.fixture
def plan(noon):
    def plan(at=noon + timedelta(hours=1)):
        return plan_digests(now=at)

    return plan


def due():
    return [(row.recipient.full_name, row.due_at) for row in Digest.objects.order_by("pk")]


def test_what_happens_in_a_day_comes_in_one_message_the_next_morning(
    tell, plan, ada, mailbox, send_mail_due, noon
):
    ada.time_zone = "UTC"
    ada.save()
    for number in range(3):
        tell(ada, f"Thing {number}", at=noon + timedelta(minutes=number))

    assert plan() == 1
    assert plan(noon + timedelta(hours=2)) == 0
    assert due() == [("Ada Okafor", NINE)]
    send_mail_due(NINE)

    [mail] = mailbox.accepted
    text = mail.parsed.get_body(("plain",)).get_content()
    assert mail.parsed["Subject"] == "Thing 2, and 2 more"
    assert [text.count(f"Thing {number}") for number in range(3)] == [1, 1, 1]


def test_the_same_event_is_told_once_however_often_it_is_said(tell, plan, ada, mailbox, send_mail_due, noon):
    tell(ada, "Awarded", event="award:1")
    plan()
    send_mail_due(NINE)

    tell(ada, "Awarded", event="award:1", at=NINE)
    plan(NINE + timedelta(hours=1))
    send_mail_due(NINE + timedelta(days=1))

    assert len(mailbox.accepted) == 1
    assert Notification.objects.count() == 1


def test_what_was_read_on_the_page_meanwhile_is_not_sent(tell, plan, ada, mailbox, send_mail_due, noon):
    tell(ada)
    plan()
    Notification.objects.update(seen_at=noon + timedelta(hours=2))

    send_mail_due(NINE)

    assert mailbox.accepted == []
    assert [row.state for row in Digest.objects.all()] == ["dropped"]


def test_what_was_read_while_a_digest_waited_for_the_server_is_left_out(
    tell, plan, ada, mailbox, send_mail_due, noon
):
    tell(ada, "First")
    tell(ada, "Second")
    plan()
    mailbox.on_recipient = lambda _address: "451 4.7.1 greylisted"
    send_mail_due(NINE)
    Notification.objects.filter(title="First").update(seen_at=NINE)

    mailbox.on_recipient = lambda _address: None
    send_mail_due(NINE + timedelta(minutes=5))

    [mail] = mailbox.accepted
    assert mail.parsed["Subject"] == "Second"
    assert "First" not in mail.parsed.get_body(("plain",)).get_content()


def test_a_digest_that_may_have_arrived_is_repeated_with_the_same_words(
    tell, plan, ada, mailbox, send_mail_due, noon
):
    tell(ada, "First")
    plan()
    send_mail_due(NINE)
    Digest.objects.update(state="queued", doubted_at=NINE, due_at=NINE)
    tell(ada, "Second", at=NINE)

    send_mail_due(NINE + timedelta(minutes=5))

    assert [mail.parsed["Subject"] for mail in mailbox.accepted] == ["First", "First"]
    assert mailbox.accepted[0].parsed["Message-ID"] == mailbox.accepted[1].parsed["Message-ID"]
    assert Notification.objects.get(title="Second").digest is None


def test_what_was_in_a_digest_that_was_dropped_comes_with_the_next(
    tell, plan, ada, mailbox, send_mail_due, noon
):
    tell(ada, "Read me")
    plan()
    ada.status = "on_leave"
    ada.save()
    send_mail_due(NINE)
    assert [row.state for row in Digest.objects.all()] == ["dropped"]

    ada.status = "active"
    ada.save()
    plan(NINE + timedelta(days=1))
    send_mail_due(NINE + timedelta(days=2))

    assert [mail.parsed["Subject"] for mail in mailbox.accepted] == ["Read me"]


def test_no_more_than_the_weekly_cap_and_the_rest_comes_next_week(
    tell, plan, ada, mailbox, send_mail_due, noon
):
    DeliveryPreferences.objects.create(person=ada, weekly_cap=2)
    moment = noon
    for day in range(5):  # Tuesday to Saturday
        tell(ada, f"Day {day}", at=moment)
        plan(moment + timedelta(hours=1))
        moment += timedelta(days=1)
        send_mail_due(moment.replace(hour=9))
    monday = datetime(2026, 11, 30, 9, tzinfo=UTC)

    assert len(mailbox.accepted) == 2
    assert not Digest.objects.filter(state="queued").exists()
    plan(monday.replace(hour=1))
    send_mail_due(monday)
    text = mailbox.accepted[2].parsed.get_body(("plain",)).get_content()
    assert [day for day in range(5) if f"Day {day}" in text] == [2, 3, 4]


def test_what_is_required_does_not_wait_behind_a_week_that_is_full(
    tell, plan, ada, mailbox, send_mail_due, noon
):
    DeliveryPreferences.objects.create(person=ada, weekly_cap=1)
    tell(ada, "First")
    plan()
    send_mail_due(NINE)
    tell(ada, "Thanks", at=NINE)
    plan(NINE + timedelta(hours=1))
    tell(ada, "Due tomorrow", type="tests.duty", at=NINE + timedelta(hours=2))

    plan(NINE + timedelta(hours=3))
    send_mail_due(NINE + timedelta(days=1))

    assert [mail.parsed["Subject"] for mail in mailbox.accepted] == ["First", "Due tomorrow, and 1 more"]


def test_what_is_required_comes_above_the_cap_and_takes_the_rest_along(
    tell, plan, ada, mailbox, send_mail_due, noon
):
    DeliveryPreferences.objects.create(person=ada, weekly_cap=0)
    tell(ada, "News")
    assert plan() == 0
    assert due() == []

    tell(ada, "Due on Friday", type="tests.duty")
    plan()
    send_mail_due(NINE)

    text = mailbox.accepted[0].parsed.get_body(("plain",)).get_content()
    assert mailbox.accepted[0].parsed["Subject"] == "Due on Friday, and 1 more"
    assert "News" in text


def test_whoever_stopped_everything_gets_only_what_is_required(tell, plan, ada, mailbox, send_mail_due, noon):
    TypePreference.objects.create(person=ada, type="*", place="message", is_wanted=False)
    tell(ada, "News")
    tell(ada, "Due on Friday", type="tests.duty")

    plan()
    send_mail_due(NINE)

    assert [mail.parsed["Subject"] for mail in mailbox.accepted] == ["Due on Friday"]
    assert [row.title for row in Notification.objects.all()] == [
        "Due on Friday",
        "News",
    ]  # the inbox has both


def test_stopping_counts_for_what_waits_already(tell, plan, ada, mailbox, send_mail_due, noon):
    tell(ada)
    plan()
    TypePreference.objects.create(person=ada, type="*", place="message", is_wanted=False)

    send_mail_due(NINE)

    assert mailbox.accepted == []


@pytest.mark.parametrize("status", ["on_leave", "left", "suspended"])
def test_nobody_who_is_not_here_is_planned_for(tell, plan, ada, status):
    tell(ada)
    ada.status = status
    ada.save()

    assert plan() == 0


def test_ones_own_hour_zone_and_quiet_hours_hold(tell, plan, ada, linus):
    ada.time_zone = linus.time_zone = "Asia/Tokyo"
    ada.save()
    linus.save()
    DeliveryPreferences.objects.create(person=ada, digest_hour=16)
    DeliveryPreferences.objects.create(person=linus, digest_hour=6, quiet_from=20, quiet_to=8)
    tell(ada)
    tell(linus)

    plan()

    assert dict(due()) == {
        "Ada Okafor": datetime(2026, 11, 25, 7, tzinfo=UTC),
        "Linus Berg": datetime(2026, 11, 24, 23, tzinfo=UTC),
    }


def test_planning_costs_the_same_for_one_person_and_for_fifty(tell, plan, person_factory, noon):
    counts = []
    for number in (1, 50):
        for _ in range(number):
            tell(person_factory(), at=noon)
        with CaptureQueriesContext(connection) as queries:
            assert plan() == number
        counts.append(len(queries))

    assert counts[0] == counts[1]
