"""What became of a tip: how many, never who, and nothing about fewer than five."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from lms.notifications.models import Delivery
from lms.tips.models import TipAnswer
from lms.tips.selectors.insight import insights_of
from lms.tips.services.answering import say_useful
from lms.tips.shares import FEW, NEARLY_ALL, TOLD, UNTOLD, Share

pytestmark = pytest.mark.django_db

LAST_WEEK = date(2026, 11, 16)


@pytest.fixture
def had(tip_delivery, person_factory, noon):
    """Return a function that lets some people have had a tip last week."""

    def had(tip, people, *, opened=0, right=0, wrong=0, useful=0, not_useful=0, **fields):
        sent = noon - timedelta(weeks=1)
        for place in range(people):
            rated = "useful" if place < useful else "not_useful" if place < useful + not_useful else ""
            row = tip_delivery(
                person_factory(),
                tip,
                **{
                    "week": LAST_WEEK,
                    "state": Delivery.State.SENT,
                    "sent_at": sent,
                    "opened_at": sent if place < opened else None,
                    "usefulness": rated,
                    "rated_at": sent if rated else None,
                    "expires_at": sent.replace(hour=0) + timedelta(days=6),  # the Monday after
                    **fields,
                },
            )
            if place < right + wrong:
                TipAnswer.objects.create(
                    delivery=row,
                    tip=tip,
                    choice=tip.uuid,
                    is_right=place < right,
                    is_first=True,
                    answered_at=sent,
                    channel="web",
                )

    return had


def insight(tip, now):
    return insights_of([tip.pk], now)[tip.pk]


def test_a_tip_that_many_had_is_told_in_numbers_of_people(had, tip_factory, noon):
    tip = tip_factory()
    had(tip, 40, opened=20, right=15, wrong=10, useful=8, not_useful=6)

    found = insight(tip, noon)

    assert found.until == date(2026, 11, 23)
    assert found.delivered == 40
    shares = [found.opened, found.answered, found.right, found.rated, found.useful]
    assert [(share.kind, share.part, share.whole) for share in shares] == [
        (TOLD, 20, 40),
        (TOLD, 25, 40),
        (TOLD, 15, 25),
        (TOLD, 14, 40),
        (TOLD, 8, 14),
    ]


def test_of_four_people_nothing_is_told(had, tip_factory, noon):
    tip = tip_factory()
    had(tip, 4, opened=4, right=4, useful=4)

    found = insight(tip, noon)

    assert found.delivered is None
    assert {found.opened, found.answered, found.right, found.rated, found.useful} == {Share(UNTOLD)}


def test_what_few_did_and_what_few_did_not_do_is_a_band(had, tip_factory, noon):
    tip = tip_factory()
    had(tip, 20, opened=3, right=12, wrong=5, useful=6, not_useful=5)

    found = insight(tip, noon)

    assert (found.opened.kind, found.answered.kind, found.right.kind) == (FEW, NEARLY_ALL, UNTOLD)
    assert (found.rated.part, found.useful.part) == (11, 6)


@pytest.mark.parametrize(
    "fields",
    [
        {"state": Delivery.State.QUEUED},
        {"state": Delivery.State.FAILED},
        {"state": Delivery.State.UNKNOWN},
        {"state": Delivery.State.DROPPED},
        {"week": date(2026, 11, 23)},
    ],
)
def test_only_what_was_sent_in_a_week_that_is_over_counts(had, tip_factory, noon, fields):
    tip = tip_factory()
    had(tip, 12, opened=6, **fields)

    assert insight(tip, noon).delivered is None


def test_a_person_who_had_it_twice_is_one_person(tip_factory, tip_delivery, person_factory, noon):
    tip = tip_factory()
    people = [person_factory() for _ in range(4)]
    for week in (LAST_WEEK, LAST_WEEK - timedelta(weeks=30)):
        for person in people:
            tip_delivery(person, tip, week=week, state=Delivery.State.SENT)

    assert insight(tip, noon).delivered is None


def test_what_is_answered_when_it_comes_back_is_no_first_try(had, tip_factory, noon):
    tip = tip_factory()
    had(tip, 20, right=10)
    TipAnswer.objects.update(is_first=False)

    assert insight(tip, noon).answered.kind == FEW


def test_what_happens_after_the_week_is_not_told(had, tip_factory, noon):
    tip = tip_factory()
    had(tip, 20, right=10)
    TipAnswer.objects.update(answered_at=noon)

    assert insight(tip, noon).answered.kind == FEW
    assert (
        insight(tip, noon + timedelta(weeks=1)).answered.kind == FEW
    )  # what comes late would tell who it was


def test_what_is_said_of_its_use_after_the_week_changes_no_figure(had, tip_factory, noon):
    tip = tip_factory()
    had(tip, 20, useful=10)
    before = insight(tip, noon)

    say_useful(delivery=tip.deliveries.filter(usefulness="").first(), is_useful=False, at=noon)

    assert insight(tip, noon) == before


def test_a_week_in_which_few_got_a_tip_adds_nothing_to_its_figures(had, tip_factory, noon):
    tip = tip_factory()
    had(tip, 20, right=10)
    before = insight(tip, noon)

    had(tip, 9, right=9, week=LAST_WEEK - timedelta(weeks=1))

    assert insight(tip, noon) == before


def test_the_figures_of_many_tips_take_one_query(had, tip_factory, noon, django_assert_num_queries):
    tips = [tip_factory() for _ in range(6)]
    for tip in tips:
        had(tip, 12)

    with django_assert_num_queries(1):
        found = insights_of([tip.pk for tip in tips], noon)

    assert [found[tip.pk].delivered for tip in tips] == [12] * 6


def test_an_author_reads_what_became_of_a_tip_and_nobody_s_name(
    had, tip_factory, grace, client_of, time_machine
):
    time_machine.move_to(datetime(2026, 11, 24, 12, tzinfo=UTC))
    tip = tip_factory("Ask for the doubt")
    had(tip, 40, opened=20, right=15, wrong=10, useful=10, not_useful=6)

    page = client_of(grace).get(reverse("tips_insight", args=[tip.pk])).content.decode()

    assert "40 people" in page
    assert "25 of 40 (62%)" in page
    assert "15 of 25 (60%)" in page
    assert "10 of 16 (62%)" in page
    assert "Whether a mail was read is not watched" in page
    assert "Person" not in page


def test_the_report_lists_every_tip_that_was_published_with_as_many_queries_for_ten_as_for_one(
    had, tip_factory, grace, client_of, django_assert_max_num_queries, time_machine
):
    time_machine.move_to(datetime(2026, 11, 24, 12, tzinfo=UTC))
    client = client_of(grace)
    had(tip_factory("Tip that many had"), 12)
    tip_factory("Draft", publish=False)
    client.get(reverse("tips_report"))

    def queries() -> int:
        with django_assert_max_num_queries(100) as captured:
            page = client.get(reverse("tips_report")).content.decode()
        assert "12 people" in page
        assert "Draft" not in page
        return len(captured)

    one = queries()
    for _ in range(9):
        tip_factory()

    assert queries() == one
