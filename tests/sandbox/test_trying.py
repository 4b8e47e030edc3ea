"""Trying a prompt, whatever the guard, the budget and other requests say."""

import pytest

from sandbox.definitions import Definition
from sandbox.guard import InspectionFailed
from sandbox.models import Attempt, Budget, BudgetUse, GuardCount, RubricVersion, Run
from sandbox.services import guarding, trying
from sandbox.services.guarding import GuardUnavailable
from sandbox.services.trying import NothingToTry, PromptRefused, rubric_version_of
from tests.sandbox.exercises import PROMPT

IBAN = "Pay to GB82 WEST 1234 5698 7654 32."


def test_feedback_is_kept_with_the_version_that_it_was_worked_out_from(tried, exercise):
    attempt = tried().attempt

    assert attempt.rubric == RubricVersion.objects.get(exercise=exercise, number=1)
    assert Definition.from_json(attempt.rubric.definition).weights == {
        "task": 30, "context": 30, "constraints": 20, "format": 20,
    }  # fmt: skip
    assert attempt.prompt_score == 90  # one precise limit of two: half of 20 points


def test_the_same_exercise_has_one_version_and_a_changed_one_a_second(tried, exercise):
    first = rubric_version_of(exercise=exercise)
    same = rubric_version_of(exercise=exercise)
    exercise.reference_prompt = "Another one."
    second = rubric_version_of(exercise=exercise)

    assert (first, first.number, second.number) == (same, 1, 2)
    assert "Another one." not in str(first.definition)


def test_a_secret_is_refused_counted_without_its_value_and_stored_nowhere(tried, noon):
    with pytest.raises(PromptRefused):
        tried(IBAN)

    assert not Attempt.objects.exists()
    assert list(GuardCount.objects.values_list("day", "kind", "action", "count")) == [
        (noon.date(), "iban", "refused", 1)
    ]


def test_a_guard_that_crashes_refuses_with_a_reason_and_logs_no_text(tried, monkeypatch, caplog):
    def crash(*_args, **_kwargs):
        raise InspectionFailed("RuntimeError")

    monkeypatch.setattr(guarding, "inspect", crash)

    with pytest.raises(GuardUnavailable, match="nothing was sent"):
        tried(PROMPT)

    assert not Attempt.objects.exists()
    assert PROMPT not in caplog.text


def test_an_outside_model_gets_no_personal_details(tried, outside):
    with pytest.raises(PromptRefused):
        tried(f"{PROMPT} Write to Mrs Rosalind Harper at rosalind@harper-family.co.uk.", providers=[outside])

    assert not Run.objects.exists()


def test_an_outside_model_is_not_asked_while_names_cannot_be_checked(tried, outside, monkeypatch):
    monkeypatch.setattr(guarding, "load_name_finder", lambda: None)

    with pytest.raises(PromptRefused, match="Names cannot be checked right now"):
        tried(PROMPT, providers=[outside])


def test_what_the_exercise_itself_says_does_not_warn(tried, model):
    assert len(tried("Tell the late shift what Lena promised on 3 March.", providers=[model]).runs) == 1


def test_a_second_prompt_waits_for_the_first_answer(tried, model):
    tried(providers=[model])

    with pytest.raises(NothingToTry, match="still coming"):
        tried(providers=[model])

    assert Attempt.objects.count() == 1


def test_two_models_answer_blind_and_a_third_does_not(tried, model, outside):
    outside.policy = "warn"
    outside.save()

    runs = sorted(
        tried(providers=[model, outside, model], is_blind=True).runs, key=lambda run: run.provider == outside
    )

    assert [(run.provider, run.is_blind) for run in runs] == [(model, True), (outside, True)]


def test_control_characters_are_left_out_and_line_breaks_are_one(tried):
    assert (
        tried("Summarize\r\nit\x00 for\x1b a colleague.").attempt.prompt == "Summarize\nit for a colleague."
    )


def test_a_prompt_in_another_language_is_told_what_can_be_judged(tried):
    feedback = tried("Tee yhteenveto tästä ketjusta iltavuorolle, enintään viisi lausetta.").feedback

    assert feedback.language is None
    assert [note.key for note in feedback.notes] == ["language_unknown"]


def test_pasting_the_prepared_answer_is_not_a_prompt_of_ones_own(tried):
    answer = tried().runs[0].answer

    feedback = tried(answer).feedback

    assert "answer_used" in {note.key for note in feedback.notes}


def test_without_a_planted_answer_and_a_model_only_the_prompt_gets_feedback(exercise_factory, ada, noon):
    exercise = exercise_factory(planted_answer="")

    tried = trying.try_prompt(learner=ada, exercise=exercise, prompt=PROMPT, at=noon)

    assert (tried.runs, tried.feedback.total) == ([], 90)


def test_nobody_can_tell_from_the_order_which_model_gave_which_answer(tried, model, outside, monkeypatch):
    outside.policy = "warn"
    outside.save()
    monkeypatch.setattr("secrets.SystemRandom.shuffle", lambda _self, runs: runs.reverse())

    blind = tried(providers=[model, outside], is_blind=True).attempt
    Run.objects.update(state=Run.State.DONE)
    seen = tried(providers=[model, outside]).attempt

    assert [run.provider for run in blind.runs.all()] == [outside, model]
    assert [run.provider for run in seen.runs.all()] == [model, outside]


def test_with_one_run_left_one_of_two_models_answers_and_is_not_hidden(tried, model, outside):
    outside.policy = "warn"
    outside.save()
    Budget.objects.filter(scope="person", period="day").update(runs=1)

    answered = tried(providers=[model, outside], is_blind=True)

    assert [(run.provider, run.is_blind) for run in answered.runs] == [(model, False)]
    assert answered.budget_message == (
        f"There is budget left for one answer only, so {model.name} answers alone."
    )
    assert BudgetUse.objects.values_list("runs_reserved", flat=True).get() == 1
