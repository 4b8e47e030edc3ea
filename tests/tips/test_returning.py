"""Questions that come back with a later tip, step back, rest, and block no other."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from lms.tips.models import RecallCard, TipDelivery
from lms.tips.services.answering import answer_tip
from lms.tips.services.planning import plan_tips
from tests.conftest import answer_id

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 30)
BEFORE = datetime(2026, 11, 30, 9, 30, tzinfo=UTC)


def test_a_question_that_is_due_comes_back_with_the_next_tip(weekly, tip_factory, lisbon):
    earlier, newer = tip_factory(), tip_factory()
    TipDelivery.objects.create(
        recipient=lisbon, tip=earlier, week=MONDAY - timedelta(weeks=1), due_at=BEFORE, planned_at=BEFORE,
        channel="email", state="sent", why="everybody", propensity=1.0,
    )  # fmt: skip
    card = RecallCard.objects.create(person=lisbon, tip=earlier, state={}, due_week=MONDAY)

    plan_tips(now=BEFORE)

    row = TipDelivery.objects.get(week=MONDAY)
    assert (row.tip, row.recall) == (newer, card)


@pytest.fixture
def returns(weekly, lisbon, tip_delivery):
    """Return a function that plans some weeks, none of whose tips is answered; it tells whose question comes back."""

    def plan(weeks):
        for week in range(weeks):
            plan_tips(now=BEFORE + timedelta(weeks=week))
        TipDelivery.objects.filter(state="queued").update(state="sent")
        rows = TipDelivery.objects.filter(recipient=lisbon, week__gte=MONDAY).order_by("week")
        return list(rows.values_list("recall__tip__title", flat=True))

    return plan


@pytest.fixture
def learned(lisbon, tip_factory, tip_delivery):
    """Return a function that writes a tip whose question comes back to somebody from a week on."""

    def learn(title, due_week=MONDAY, **fields):
        tip = tip_factory(title, **fields)
        tip_delivery(lisbon, tip, week=MONDAY - timedelta(weeks=1 + RecallCard.objects.count()), state="sent")
        return RecallCard.objects.create(person=lisbon, tip=tip, state={}, due_week=due_week)

    return learn


def test_a_question_that_is_not_answered_steps_back_and_after_three_times_rests(
    tip_factory, learned, returns
):
    learned("Doubt")
    for _ in range(20):
        tip_factory()

    found = returns(20)

    assert [week for week, title in enumerate(found) if title] == [0, 3, 12]
    assert {title for title in found if title} == {"Doubt"}


def test_others_go_before_one_that_was_not_answered(tip_factory, learned, returns):
    learned("First", MONDAY - timedelta(weeks=2))
    learned("Second")
    learned("Third", MONDAY + timedelta(weeks=3))
    for _ in range(6):
        tip_factory()

    assert returns(6) == ["First", "Second", None, "Third", "First", "Second"]


def test_one_that_rests_comes_back_once_it_was_answered_where_it_was_asked(tip_factory, learned, returns):
    card = learned("Doubt")
    for _ in range(20):
        tip_factory()
    returns(13)
    asked = TipDelivery.objects.filter(recall=card).latest("week")

    answer_tip(
        delivery=asked,
        choice=UUID(answer_id(card.tip.question[0].id, 2)),
        channel="web",
        at=BEFORE + timedelta(weeks=13),
    )

    card.refresh_from_db()
    assert card.due_week == MONDAY + timedelta(weeks=14)
    assert returns(15)[13:] == [None, "Doubt"]


@pytest.mark.parametrize(
    "lacks",
    [{"live": False}, {"review_by": BEFORE.date()}, {"question": "[]"}],
    ids=lambda lacks: next(iter(lacks)),
)
def test_a_question_that_may_not_be_asked_any_more_blocks_no_other(tip_factory, learned, returns, lacks):
    gone = learned("Gone", MONDAY - timedelta(weeks=3))
    learned("Doubt")
    tip_factory()
    type(gone.tip).objects.filter(pk=gone.tip_id).update(**lacks)

    assert returns(1) == ["Doubt"]
