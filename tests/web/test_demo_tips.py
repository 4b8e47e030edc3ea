"""The weekly tip of the demo: whoever opens it finds one, and a company that has had some."""

from datetime import UTC, datetime, timedelta

import pytest

from lms.notifications.slots import monday_of
from lms.tips.models import TipAnswer, TipDelivery, TipPlan
from lms.web.demo_tips import give_tips

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "now",
    [
        datetime(2026, 11, 30, 0, 30, tzinfo=UTC),  # a Monday, before the hour of the plan
        datetime(2026, 12, 1, 11, tzinfo=UTC),
        datetime(2026, 12, 6, 23, 30, tzinfo=UTC),
    ],
)
def test_the_cast_has_one_tip_this_week_and_it_can_be_read_now(ada, linus, tip_factory, now):
    tip_factory()

    give_tips(now=now)

    rows = TipDelivery.objects.filter(recipient__in=[ada, linus])
    assert {row.recipient for row in rows} == {ada, linus}
    assert len(rows) == 2
    for row in rows:
        assert (row.state, row.week) == ("sent", monday_of(now.date()))
        assert row.planned_at <= now - timedelta(hours=1)


def test_everyone_else_has_had_some_and_answered_some_and_nothing_lies_ahead_of_now(
    person_factory, tip_factory
):
    now = datetime(2026, 11, 30, 9, tzinfo=UTC)
    for _ in range(6):
        tip_factory()
    people = [person_factory() for _ in range(10)]

    give_tips(now=now)
    give_tips(now=now)

    assert TipPlan.objects.count() == 1
    for person in people:
        weeks = TipDelivery.objects.filter(recipient=person).order_by("week").values_list("week", "state")
        assert [state for _week, state in weeks] == ["sent"] * 3 + ["queued"]
    assert TipAnswer.objects.count() > 10
    assert not TipAnswer.objects.filter(answered_at__gt=now).exists()
