"""The weekly tip on the web: on Today, on its own page, and in the list of all one has had."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lms.notifications.slots import monday_of
from lms.people.selectors import today_of
from lms.tips.models import TipAnswer, TipDelivery
from lms.tips.services.answering import answer_tip, token_of
from tests.conftest import answer_id

pytestmark = pytest.mark.django_db


def option(delivery, number):
    """Return the id of an answer; the first is right."""
    return UUID(answer_id(delivery.tip.question[0].id, number))


@pytest.fixture
def this_week(ada, tip_delivery):
    """Return a function that gives Ada a tip of this week; its hour came one hour ago."""

    def give(**fields):
        now = timezone.now()
        values = {"week": monday_of(today_of(ada, now)), "due_at": now - timedelta(hours=1), "state": "sent"}
        return tip_delivery(ada, **{**values, **fields})

    return give


def text(response):
    return " ".join(response.content.decode().split())


def test_today_shows_the_tip_of_the_week_with_its_question_and_why(ada, client_of, this_week):
    row = this_week(why=TipDelivery.Why.ROLE)

    page = text(client_of(ada).get("/"))

    assert row.tip.title in page
    assert "Try it on the next summary." in page
    assert page.count('name="choice"') == 3
    assert "You got it because it is for your role." in page


@pytest.mark.parametrize("state", ["queued", "sending", "sent", "unknown", "failed"])
def test_the_tip_stands_on_today_once_its_hour_has_come_whatever_became_of_the_message(
    ada, client_of, this_week, state
):
    row = this_week(state=state)

    assert row.tip.title in text(client_of(ada).get("/"))


@pytest.mark.parametrize(
    "fields",
    [
        {"due_at": timezone.now() + timedelta(days=300)},
        {"state": "dropped"},
        {"week": timezone.localdate() - timedelta(days=60)},
    ],
)
def test_before_its_hour_after_its_week_and_when_it_was_dropped_today_shows_none(
    ada, client_of, this_week, fields
):
    row = this_week(**fields)

    assert row.tip.title not in text(client_of(ada).get("/"))


def test_a_message_that_is_tried_again_later_takes_the_tip_from_no_page(ada, client_of, this_week):
    row = this_week(state="queued", attempts=1)
    TipDelivery.objects.update(due_at=timezone.now() + timedelta(minutes=4), reason="451 Greylisted")
    client = client_of(ada)

    assert row.tip.title in text(client.get("/"))
    assert row.tip.title in text(client.get("/tips/"))


@pytest.mark.parametrize("state", ["failed", "dropped"])
def test_what_somebody_answered_stays_whatever_became_of_the_message(ada, client_of, this_week, state):
    row = this_week(state="queued")
    answer_tip(delivery=row, choice=option(row, 1), channel="web", at=timezone.now())
    TipDelivery.objects.update(state=state)
    client = client_of(ada)

    assert "That holds." in text(client.get("/"))
    assert "You chose: <p>Answer 1</p>" in text(client.get("/tips/"))


@pytest.mark.parametrize(
    ("fields", "stays"),
    [({}, False), ({"opened_at": timezone.now()}, True), ({"usefulness": "useful"}, True)],
)
def test_what_was_dropped_stays_with_whoever_did_anything_with_it(ada, client_of, this_week, fields, stays):
    row = this_week(state="dropped", **fields)

    assert (row.tip.title in text(client_of(ada).get("/tips/"))) == stays


def test_a_tip_that_was_taken_back_leaves_today(ada, client_of, this_week):
    row = this_week()
    row.tip.unpublish()

    assert row.tip.title not in text(client_of(ada).get("/"))


def test_answering_on_today_leads_back_to_today_with_what_it_teaches(ada, client_of, this_week):
    row = this_week()
    client, address = client_of(ada), f"/tips/your/{token_of(row)}/"

    response = client.post(address, {"choice": option(row, 2).hex, "back": "today"})

    assert response.headers["Location"] == "/#tip"
    page = text(client.get("/"))
    assert "Not quite." in page
    assert "Feedback 2" in page
    assert "Feedback 1" in page
    assert 'name="choice"' not in page


def test_choosing_nothing_on_today_keeps_the_question_and_says_what_to_do(ada, client_of, this_week):
    row = this_week()

    response = client_of(ada).post(f"/tips/your/{token_of(row)}/", {"back": "today"})

    assert response.status_code == 422
    assert "Choose an answer first." in text(response)
    assert not TipAnswer.objects.exists()


def test_whoever_gets_a_tip_passed_on_reads_it_and_answers_for_nobody(bruno, client_of, this_week):
    row = this_week()

    choice = option(row, 1).hex
    page = client_of(bruno).get(f"/tips/your/{token_of(row)}/").content.decode()
    response = client_of(bruno).post(f"/tips/your/{token_of(row)}/", {"choice": choice})
    useful = client_of(bruno).post(f"/tips/your/{token_of(row)}/useful/", {"useful": "no"})

    assert (response.status_code, useful.status_code) == (403, 403)
    assert "A tip that was passed on to you" in page
    assert "<form" not in page.split("<main")[1]
    row.refresh_from_db()
    assert (row.usefulness, TipAnswer.objects.count()) == ("", 0)


def test_the_address_alone_does_not_show_what_was_answered(ada, client, this_week, client_of):
    row = this_week()
    address = f"/tips/your/{token_of(row)}/"
    client.post(address, {"choice": option(row, 2).hex})

    where_it_was_answered = client.get(address).content.decode()
    elsewhere = Client().get(address).content.decode()

    assert "Not quite." in where_it_was_answered
    assert "Not quite." in client_of(ada).get(address).content.decode()
    assert "Not quite." not in elsewhere
    assert "You got this tip because" not in elsewhere
    assert "It was answered." in elsewhere


def test_not_useful_is_heard_on_today_and_can_be_taken_back(ada, client_of, this_week):
    row = this_week()
    client, address = client_of(ada), f"/tips/your/{token_of(row)}/useful/"

    first = client.post(address, {"useful": "no", "back": "today"}, follow=True)
    assert "Useful after all" in text(first)
    client.post(address, {"useful": "yes", "back": "today"})

    row.refresh_from_db()
    assert row.usefulness == "useful"


def test_opening_counts_only_for_its_recipient_who_is_signed_in(ada, bruno, client, client_of, this_week):
    row = this_week()
    address = f"/tips/your/{token_of(row)}/"

    client.get(address)
    client_of(bruno).get(address)
    client_of(ada).head(address)
    row.refresh_from_db()
    assert row.opened_at is None

    client_of(ada).get(address)
    row.refresh_from_db()
    assert row.opened_at is not None


def test_your_tips_stand_newest_first_with_what_was_answered(ada, bruno, client_of, tip_delivery, noon):
    older, newer, other = tip_delivery(ada), tip_delivery(ada, week=noon.date()), tip_delivery(bruno)
    answer_tip(delivery=older, choice=option(older, 1), channel="email", at=noon)

    page = text(client_of(ada).get("/tips/"))

    assert page.index(f">{newer.tip.title}<") < page.index(f">{older.tip.title}<")
    assert "You chose: <p>Answer 1</p>" in page
    assert f">{other.tip.title}<" not in page


def test_a_question_that_came_back_is_told_by_the_name_of_its_tip(ada, client_of, tip_delivery, noon):
    earlier = tip_delivery(ada)
    answer_tip(delivery=earlier, choice=option(earlier, 1), channel="web", at=noon)
    later = tip_delivery(ada, week=noon.date(), recall=ada.recall_cards.get())
    answer_tip(delivery=later, choice=option(earlier, 2), channel="web", at=noon)

    page = text(client_of(ada).get("/tips/"))

    assert f"Asked again from “{earlier.tip.title}”. You chose: <p>Answer 2</p>" in page


def test_the_list_goes_on_after_twenty(ada, client_of, tip_factory, tip_delivery, noon):
    tip = tip_factory()
    for week in range(21):
        tip_delivery(ada, tip, week=noon.date() - timedelta(weeks=week))
    client = client_of(ada)

    first = client.get("/tips/")
    second = client.get("/tips/", {"from": first.context["page"].next})

    assert [len(each.context["page"].rows) for each in (first, second)] == [20, 1]


def test_whoever_has_had_none_is_told_what_comes(ada, client_of):
    assert "No tip has come yet" in text(client_of(ada).get("/tips/"))


def test_the_list_costs_the_same_for_one_and_for_fifty(ada, client_of, tip_factory, tip_delivery, noon):
    tip, client = tip_factory(), client_of(ada)
    counts = []
    for number in (1, 50):
        for week in range(number):
            tip_delivery(ada, tip, week=noon.date() - timedelta(weeks=week + number))
        client.get("/tips/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/tips/")
        counts.append(len(queries))

    assert counts[0] == counts[1]
