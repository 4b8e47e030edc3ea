"""What was practiced in a month: totals over at least ten people, counted once."""

from datetime import UTC, datetime, timedelta

import pytest

from sandbox.models import Attempt, PracticeMonth, Review
from sandbox.services.counting import count_last_month
from sandbox.services.reviewing import review_run
from sandbox.services.trying import try_prompt
from tests.sandbox.exercises import PROMPT

IN_OCTOBER = datetime(2026, 10, 14, 9, tzinfo=UTC)
IN_NOVEMBER = datetime(2026, 11, 3, 4, tzinfo=UTC)


@pytest.fixture
def practice(person_factory):
    """Return a function that lets so many people try prompts on an exercise, and some of them review the answer."""

    def call(exercise, people, *prompts, reviews=0, at=IN_OCTOBER):
        for number in range(people):
            person = person_factory()
            for each in prompts:
                run = try_prompt(learner=person, exercise=exercise, prompt=each, at=at).runs[0]
            if number < reviews:
                review_run(run=run, marks=[], at=at)

    return call


def counted():
    return list(
        PracticeMonth.objects.values_list(
            "exercise__slug", "learners", "attempts", "reviewed", "tried_again", "first_score", "latest_score"
        )
    )


def test_people_attempts_and_how_prompts_grew(exercise, practice):
    practice(exercise, 10, "Summarize this.", PROMPT, reviews=10)
    practice(exercise, 2, PROMPT)
    Attempt.objects.filter(prompt="Summarize this.").update(prompt_score=15)
    assert set(Attempt.objects.filter(prompt=PROMPT).values_list("prompt_score", flat=True)) == {90}

    assert count_last_month(now=IN_NOVEMBER) == 1

    assert counted() == [("hand-over", 12, 22, 10, 10, 15.0, 90.0)]
    assert PracticeMonth.objects.get().begins_on.isoformat() == "2026-10-01"


def test_nothing_is_told_that_would_be_about_fewer_than_ten(exercise, exercise_factory, practice):
    practice(exercise, 9, PROMPT, PROMPT, reviews=9)
    practice(exercise_factory(slug="other"), 10, PROMPT, reviews=9)

    count_last_month(now=IN_NOVEMBER)

    assert counted() == [("other", 10, 10, None, None, None, None)]


def test_a_month_is_counted_once_whatever_is_deleted_afterwards(exercise, practice):
    practice(exercise, 11, PROMPT)
    count_last_month(now=IN_NOVEMBER)
    Review.objects.all().delete()
    Attempt.objects.earliest("pk").delete()

    assert count_last_month(now=IN_NOVEMBER + timedelta(days=1)) == 0
    assert counted()[0][1] == 11


def test_a_month_ends_at_midnight_where_the_company_is(exercise, practice, settings):
    settings.PRAXIS_TIME_ZONE = "Asia/Singapore"
    practice(exercise, 10, PROMPT, at=datetime(2026, 10, 31, 16, 30, tzinfo=UTC))  # half past midnight there

    assert count_last_month(now=IN_NOVEMBER) == 0
    assert count_last_month(now=datetime(2026, 12, 1, 4, tzinfo=UTC)) == 1


def test_counting_many_asks_as_few_questions_as_counting_few(
    exercise, exercise_factory, practice, django_assert_num_queries
):
    practice(exercise, 10, PROMPT)
    with django_assert_num_queries(6):  # two of them begin and end the transaction
        count_last_month(now=IN_NOVEMBER)
    PracticeMonth.objects.all().delete()

    practice(exercise, 20, PROMPT)
    practice(exercise_factory(slug="other"), 10, PROMPT)

    with django_assert_num_queries(6):
        count_last_month(now=IN_NOVEMBER)
