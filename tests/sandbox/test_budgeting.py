"""What practice may cost."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from sandbox.definitions import Definition
from sandbox.models import Attempt, Budget, BudgetUse, Run
from sandbox.selectors.budgets import remaining_of, tightest
from sandbox.services.answering import Ending, end_run
from sandbox.services.budgeting import BudgetExhausted, reserve, settle
from sandbox.services.trying import try_prompt
from tests.sandbox.exercises import PROMPT


@pytest.fixture
def daily(db):
    """Each person's runs in a day."""
    return Budget.objects.get(scope="person", period="day")


def test_a_run_and_its_tokens_are_reserved_and_then_used(ada, exercise, model, noon, daily, tried):
    run = tried(providers=[model]).runs[0]
    reserved = run.reserved["tokens"]
    use = BudgetUse.objects.get(budget=daily, subject=ada.pk)

    assert (use.runs_reserved, use.runs_used, use.tokens_reserved) == (1, 0, reserved)

    ending = Ending(Run.State.DONE, "Lena promised a replacement.", tokens_in=90, tokens_out=10)
    end_run(run=run, ending=ending, definition=definition(run), at=noon)
    use.refresh_from_db()

    assert (use.runs_reserved, use.runs_used, use.tokens_reserved, use.tokens_used) == (0, 1, 0, 100)


def definition(run):
    return Definition.from_json(run.attempt.rubric.definition)


def test_settling_twice_changes_nothing(ada, model, noon, daily, tried):
    run = tried(providers=[model]).runs[0]

    assert settle(held_by=run, tokens=50, counts=True) is True
    assert settle(held_by=run, tokens=50, counts=True) is False
    assert BudgetUse.objects.values_list("runs_used", "runs_reserved", "tokens_used").get() == (1, 0, 50)


def test_a_run_that_never_reached_a_model_costs_nothing(ada, model, noon, daily, tried):
    run = tried(providers=[model]).runs[0]

    settle(held_by=run, tokens=0, counts=False)

    assert BudgetUse.objects.values_list("runs_used", "runs_reserved", "tokens_used").get() == (0, 0, 0)


def test_without_budget_the_attempt_and_its_feedback_stay(ada, exercise, model, noon, daily):
    Budget.objects.filter(pk=daily.pk).update(runs=0)

    tried = try_prompt(learner=ada, exercise=exercise, prompt=PROMPT, at=noon, providers=[model])

    assert tried.budget_message == (
        "Your runs are used up; they begin anew tomorrow. Your prompt is kept here, and you still get feedback on it "
        "without an answer."
    )
    assert Attempt.objects.get().prompt == PROMPT
    assert [run.is_planted for run in tried.runs] == [True]
    assert not BudgetUse.objects.exclude(runs_reserved=0).exists()


def test_one_exhausted_budget_leaves_the_others_untouched(ada, noon, daily):
    Budget.objects.create(scope="company", period="month", tokens=10)

    with pytest.raises(BudgetExhausted):
        reserve(person=ada, tokens=11, at=noon)

    assert list(BudgetUse.objects.values_list("runs_reserved", "tokens_reserved")) == []


def test_a_unit_counts_the_people_below_it(ada, bruno, noon, porto):
    Budget.objects.create(scope="group", period="month", unit=porto, runs=1)

    reserve(person=ada, tokens=1, at=noon)
    with pytest.raises(BudgetExhausted, match="unit"):
        reserve(person=bruno, tokens=1, at=noon)


def test_what_is_left_is_said_and_begins_anew_where_the_person_lives(ada, noon, daily):
    reserve(person=ada, tokens=1, at=noon)

    left = [tightest(remaining_of(ada, noon + timedelta(days=days))) for days in (0, 1)]

    assert [each and each.words for each in left] == ["19 of 20 runs left today", "20 of 20 runs left today"]


@pytest.mark.django_db(transaction=True)
def test_of_a_hundred_at_once_exactly_ten_run(person_factory, noon):
    people = [person_factory() for _number in range(4)]
    Budget.objects.all().delete()
    Budget.objects.create(scope="company", period="day", runs=10)
    got: list[bool] = []

    def ask(person):
        for _turn in range(25):
            try:
                reserve(person=person, tokens=5, at=noon)
                got.append(True)
            except BudgetExhausted:
                got.append(False)
        connection.close()

    threads = [threading.Thread(target=ask, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (got.count(True), len(got)) == (10, 100)
    assert BudgetUse.objects.values_list("runs_reserved", "tokens_reserved").get() == (10, 50)
