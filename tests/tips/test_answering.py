"""Answers given inside a message: counted once, scheduled, taught, and never by a program that opens links."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.urls import reverse

from lms.core.errors import ActionRefused
from lms.notifications.registry import find_action
from lms.records.models import LearningRecord
from lms.tips.ledgers import answered_in_place
from lms.tips.models import RecallCard, TipAnswer
from lms.tips.services.answering import answer_tip, asked_in, read_token, token_of
from tests.conftest import answer_id

pytestmark = pytest.mark.django_db


def option(tip, number):
    """Return the id of an answer of a tip; the first is right."""
    return UUID(answer_id(tip.question[0].id, number))


def page_of(delivery):
    return reverse("tip-answer", args=[token_of(delivery)])


def test_the_first_answer_counts_and_schedules_the_return(tip_delivery, ada, noon):
    row = tip_delivery(ada)
    found = read_token(token_of(row))

    first = answer_tip(delivery=found, choice=option(row.tip, 2), channel="slack", at=noon)
    again = answer_tip(delivery=found, choice=option(row.tip, 1), channel="web", at=noon)

    assert first == again
    assert (first.is_right, first.is_first, first.channel) == (False, True, "slack")
    assert RecallCard.objects.get().due_week.isoformat() == "2026-11-30"
    records = LearningRecord.objects.values_list("actor", "verb", "object_type", "result")
    assert list(records) == [(ada.pk, "answered", "question", {"success": False})]


def test_the_answer_to_a_question_that_came_back_is_counted_for_its_own_tip(
    tip_delivery, tip_factory, ada, noon
):
    earlier, newer = tip_factory(), tip_factory()
    answer_tip(delivery=tip_delivery(ada, earlier), choice=option(earlier, 1), channel="web", at=noon)
    card = RecallCard.objects.get()
    week_later = noon + timedelta(days=7)
    later = tip_delivery(ada, newer, week=week_later.date(), due_at=week_later, recall=card)

    answer = answer_tip(
        delivery=read_token(token_of(later)),
        choice=option(earlier, 1),
        channel="web",
        at=noon + timedelta(days=7),
    )

    assert (answer.tip, answer.is_right, answer.is_first) == (earlier, True, False)
    card.refresh_from_db()
    assert card.due_week.isoformat() == "2026-12-21"


def test_a_question_that_its_author_took_back_is_not_asked_but_its_buttons_still_count(
    tip_delivery, tip_factory, ada, noon
):
    earlier, newer = tip_factory(), tip_factory()
    card = RecallCard.objects.create(person=ada, tip=earlier, state={}, due_week=noon.date())
    row = tip_delivery(ada, newer, recall=card)
    assert next(iter(asked_in(row) or ())) == earlier
    earlier.unpublish()
    row = read_token(token_of(row))
    assert next(iter(asked_in(row) or ())) == newer

    message = answered_in_place(token_of(row), option(newer, 1).hex, noon).message

    assert TipAnswer.objects.get().tip == newer
    assert message.parts[1].heading == "Right"


def test_an_answer_that_the_author_took_away_is_refused_and_nothing_counts(tip_delivery, ada, noon):
    row = tip_delivery(ada)

    with pytest.raises(ActionRefused, match="has changed since"):
        answer_tip(delivery=read_token(token_of(row)), choice=UUID(int=1), channel="web", at=noon)

    assert not TipAnswer.objects.exists()
    assert not RecallCard.objects.exists()


def test_a_program_that_opens_the_link_of_an_answer_records_nothing(client, tip_delivery, ada):
    row = tip_delivery(ada)
    choice = option(row.tip, 2)

    response = client.get(page_of(row), {"choice": choice.hex})

    assert f'value="{choice.hex}" checked' in response.content.decode()
    assert not TipAnswer.objects.exists()


def test_whoever_confirms_on_the_page_learns_at_once_without_signing_in(client, tip_delivery, ada):
    row = tip_delivery(ada)

    response = client.post(page_of(row), {"choice": option(row.tip, 2).hex}, follow=True)

    text = response.content.decode()
    assert "Not quite" in text
    assert "Feedback 2" in text
    assert "Feedback 1" in text
    assert [(answer.channel, answer.is_right) for answer in TipAnswer.objects.all()] == [("web", False)]


def test_whoever_confirms_nothing_is_told_what_to_do(client, tip_delivery, ada):
    row = tip_delivery(ada)

    response = client.post(page_of(row))

    assert response.status_code == 422
    assert "Choose an answer first." in response.content.decode()
    assert not TipAnswer.objects.exists()


@pytest.mark.parametrize("token", ["nonsense", "0" * 32 + ":abc"])
def test_an_address_that_was_made_up_opens_nothing(client, tip_delivery, ada, token):
    tip_delivery(ada)

    response = client.get(reverse("tip-answer", args=[token]))

    assert response.status_code == 404
    assert "cut off on its way" in response.content.decode()


def test_not_useful_is_heard(client, tip_delivery, ada):
    row = tip_delivery(ada)

    client.post(reverse("tip-useful", args=[token_of(row)]), {"useful": "no"})

    row.refresh_from_db()
    assert row.usefulness == "not_useful"


def test_an_answer_inside_a_message_brings_back_the_message_with_what_it_teaches(tip_delivery, ada, noon):
    row = tip_delivery(ada)
    assert find_action("tips.answer") is answered_in_place

    message = answered_in_place(token_of(row), option(row.tip, 1).hex, noon).message

    assert message.question is None
    assert message.parts[1].heading == "Right"
    assert TipAnswer.objects.count() == 1


def test_three_times_the_same_answer_counts_once(tip_delivery, ada, noon):
    row = tip_delivery(ada)

    for _ in range(3):
        answered_in_place(token_of(row), option(row.tip, 1).hex, noon)

    assert (TipAnswer.objects.count(), LearningRecord.objects.count()) == (1, 1)


@pytest.mark.parametrize("value", ["", "x", "0" * 32])
def test_what_no_button_of_ours_says_is_refused(tip_delivery, ada, noon, value):
    row = tip_delivery(ada)

    with pytest.raises(ActionRefused):
        answered_in_place(token_of(row), value, noon)

    assert not TipAnswer.objects.exists()
