"""A second opinion: asked for, given, and what becomes of it when something is in the way."""

from datetime import timedelta

import pytest

from lms.core.errors import ActionRefused
from sandbox.guard import InspectionFailed
from sandbox.models import Budget, BudgetUse, Provider, SecondOpinion
from sandbox.providers.base import ProviderFailed, Reason, Usage
from sandbox.providers.scripted import ScriptedProvider
from sandbox.services import guarding, judging
from sandbox.services.budgeting import BudgetExhausted
from sandbox.services.judging import LEASE, TASK, ask_for_opinion, give_opinions
from sandbox.services.keeping import forget_attempt, remove_old_text, set_keeping
from sandbox.services.trying import PromptRefused, try_prompt
from tests.connections import other_connections
from tests.sandbox.exercises import PROMPT
from tests.sandbox.judges import agreeing, opinion_text

GOOD = opinion_text(task=(2, "Summarize the thread"), format=(1, "three bullets"), role=(0, ""))


@pytest.fixture
def asked(tried, judge, ada, noon):
    """Ada has asked for an opinion on her first attempt."""
    return ask_for_opinion(attempt=tried().attempt, learner=ada, at=noon)


def give(noon, *script):
    """Let a model give what it was asked for; return it as it was asked."""
    model = ScriptedProvider(script)
    give_opinions(now=lambda: noon, until=noon + timedelta(minutes=1), provider_of=lambda _provider: model)
    return model


def uses():
    return BudgetUse.objects.values_list("runs_reserved", "runs_used", "tokens_reserved", "tokens_used").get()


def test_an_opinion_is_given_with_its_words_and_changes_no_score(asked, noon):
    before = asked.attempt.prompt_score, asked.attempt.feedback

    give(noon, GOOD, Usage(800, 200, "stop"))
    asked.refresh_from_db()
    asked.attempt.refresh_from_db()

    assert asked.state == SecondOpinion.State.GIVEN
    assert [(each["key"], each["level"], each["quote"]) for each in asked.criteria] == [
        ("task", 2, "Summarize the thread"),
        ("format", 1, "three bullets"),
        ("role", 0, ""),
    ]
    assert (asked.attempt.prompt_score, asked.attempt.feedback) == before
    assert uses() == (0, 1, 0, 1000)


def test_the_prompt_and_the_task_are_sent_and_nothing_of_the_person(asked, ada, noon):
    model = give(noon, GOOD)

    (messages,) = model.asked
    sent = "\n".join(each.content for each in messages)
    assert PROMPT in sent
    assert ada.email not in sent
    assert "Lena promised" not in sent  # the material: its name is enough


def test_a_worker_is_asked_to_begin_soon(
    tried, judge, ada, noon, monkeypatch, django_capture_on_commit_callbacks
):
    sent = []
    monkeypatch.setattr("celery.app.base.Celery.send_task", lambda _app, name, **_options: sent.append(name))

    with django_capture_on_commit_callbacks(execute=True):
        ask_for_opinion(attempt=tried().attempt, learner=ada, at=noon)

    assert sent == [TASK]


def test_only_criteria_on_which_the_model_agrees_with_people_are_kept(tried, judge, ada, noon):
    agreeing(judge, format=0.59)
    opinion = ask_for_opinion(attempt=tried().attempt, learner=ada, at=noon)

    give(noon, GOOD)
    opinion.refresh_from_db()

    assert [each["key"] for each in opinion.criteria] == ["task", "role"]


def test_asking_twice_is_asking_once(asked, ada, noon):
    again = ask_for_opinion(attempt=asked.attempt, learner=ada, at=noon)
    give(noon, GOOD)
    given = ask_for_opinion(attempt=asked.attempt, learner=ada, at=noon)

    assert asked == again == given
    assert uses()[:2] == (0, 1)


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        ([ProviderFailed(Reason.RATE_LIMITED)], "The model has too many questions to answer right now."),
        (["A good prompt."], "The model said nothing that can be used."),
        ([opinion_text(task=(2, "not in the prompt"))], "The model said nothing that can be used."),
    ],
)
def test_what_goes_wrong_is_said_and_can_be_tried_again(asked, ada, noon, script, sentence):
    give(noon, *script)
    asked.refresh_from_db()
    assert asked.state == SecondOpinion.State.FAILED
    assert asked.failure_sentence.startswith(sentence)
    assert uses()[0] == 0

    again = ask_for_opinion(attempt=asked.attempt, learner=ada, at=noon)
    give(noon, GOOD)
    again.refresh_from_db()

    assert again.state == SecondOpinion.State.GIVEN


def test_a_model_that_was_not_reached_costs_nothing(asked, noon):
    give(noon, ProviderFailed(Reason.UNREACHABLE))

    assert uses() == (0, 0, 0, 0)


@pytest.mark.parametrize("change", [{"may_judge": False}, {"is_enabled": False}])
def test_a_model_that_was_switched_off_meanwhile_is_not_asked(asked, noon, change):
    Provider.objects.filter(pk=asked.provider_id).update(**change)

    model = give(noon, GOOD)
    asked.refresh_from_db()

    assert model.asked == []
    assert (
        asked.failure_sentence
        == "This model gives no opinions any more. Your prompt and its scores are kept."
    )


@pytest.mark.parametrize(
    "kept_from",
    [
        lambda judge: Provider.objects.filter(pk=judge.pk).update(may_judge=False),
        lambda judge: judge.calibrations.all().delete(),
        lambda judge: judge.calibrations.update(judge_version="0"),
        lambda judge: judge.calibrations.update(kappa=0.59),
        lambda judge: judge.calibrations.update(ended_at=None),
        lambda judge: judge.calibrations.update(total=2),  # half of its answers could not be read
    ],
    ids=["switched off", "not measured", "asked otherwise", "not enough", "not through", "unreadable"],
)
def test_no_model_gives_opinions_that_has_not_shown_to_agree_with_people(tried, judge, ada, noon, kept_from):
    kept_from(judge)

    with pytest.raises(ActionRefused, match="No model gives second opinions right now"):
        ask_for_opinion(attempt=tried().attempt, learner=ada, at=noon)

    assert not SecondOpinion.objects.exists()


def test_private_data_that_this_model_must_not_get_is_not_sent(tried, judge, model, ada, noon, monkeypatch):
    Provider.objects.filter(pk=judge.pk).update(policy="block")
    monkeypatch.setattr(
        guarding, "load_name_finder", lambda: None
    )  # names cannot be checked, so nothing leaves
    attempt = tried().attempt

    with pytest.raises(ActionRefused, match=r"private data that Outside must not get\. Nothing was sent"):
        ask_for_opinion(attempt=attempt, learner=ada, at=noon)

    assert not SecondOpinion.objects.exists()
    assert not BudgetUse.objects.exclude(runs_reserved=0).exists()


def test_the_guard_looks_again_when_it_is_sent(asked, noon, monkeypatch):
    def crash(*_args, **_kwargs):
        raise InspectionFailed("RuntimeError")

    monkeypatch.setattr(guarding, "inspect", crash)

    model = give(noon, GOOD)
    asked.refresh_from_db()

    assert model.asked == []
    assert "could not be checked for private data, so nothing was sent" in asked.failure_sentence


def test_without_budget_nothing_is_asked(tried, judge, ada, noon):
    attempt = tried().attempt
    Budget.objects.filter(scope="person").update(runs=0)

    with pytest.raises(BudgetExhausted):
        ask_for_opinion(attempt=attempt, learner=ada, at=noon)

    assert not SecondOpinion.objects.exists()


def test_another_worker_goes_on_when_one_has_died_and_not_before(asked, noon):
    SecondOpinion.objects.update(state="asked", leased_until=noon + LEASE)

    assert give(noon + LEASE, GOOD).asked == []
    assert len(give(noon + LEASE + timedelta(seconds=1), GOOD).asked) == 1

    asked.refresh_from_db()
    assert asked.state == SecondOpinion.State.GIVEN


def test_text_goes_with_the_opinion_that_quotes_it_and_not_while_it_is_given(asked, ada, noon):
    set_keeping(learner=ada, keeps_text=False, at=noon)
    with pytest.raises(ActionRefused, match="still coming"):
        forget_attempt(attempt=asked.attempt)
    asked.attempt.refresh_from_db()
    assert asked.attempt.prompt == PROMPT

    give(noon, GOOD)
    assert remove_old_text(now=noon + timedelta(hours=13)) == 1

    assert not SecondOpinion.objects.exists()
    assert BudgetUse.objects.values_list("runs_reserved", flat=True).get() == 0


def test_characters_that_no_database_keeps_do_no_harm(asked, noon):
    broken = opinion_text(task=(2, "Summarize the thread")).replace(
        "Because of task.", "clear\\u0000 \\ud800x"
    )

    give(noon, broken)
    asked.refresh_from_db()

    assert [(each["level"], each["reason"]) for each in asked.criteria] == [(2, "clear x")]


def test_a_mistake_of_ours_ends_it_settles_it_and_logs_no_word_of_it(asked, noon, monkeypatch, caplog):
    def fail(_answer, prompt):
        raise ValueError(prompt)

    monkeypatch.setattr(judging, "read_opinion", fail)

    give(noon, GOOD)
    asked.refresh_from_db()

    assert (asked.state, asked.is_settled) == (SecondOpinion.State.FAILED, True)
    assert asked.failure_sentence.startswith("Something went wrong on our side.")
    assert "failed with ValueError" in caplog.text
    assert PROMPT not in caplog.text


def test_what_was_called_made_up_when_it_was_sent_is_made_up_for_an_opinion_too(tried, judge, ada, noon):
    prompt = f"{PROMPT} Send it to rosalind@harper-family.co.uk."
    with pytest.raises(PromptRefused) as refused:
        tried(prompt, providers=[judge])
    digests = [
        refused.value.look.inspection.digest_of(each) for each in refused.value.look.inspection.findings
    ]
    attempt = tried(prompt, providers=[judge], accepted=digests).attempt

    opinion = ask_for_opinion(attempt=attempt, learner=ada, at=noon)

    assert opinion.state == SecondOpinion.State.WAITING
    attempt.runs.update(state="done")
    remove_old_text(now=noon + timedelta(days=91))
    attempt.refresh_from_db()
    assert attempt.accepted == digests  # nothing goes while an opinion is under way
    give(noon, GOOD)
    remove_old_text(now=noon + timedelta(days=91))
    attempt.refresh_from_db()
    assert attempt.accepted == []


def test_a_worker_leaves_the_rest_to_the_next_turn(tried, judge, person_factory, exercise, noon):
    for _number in range(3):
        person = person_factory()
        attempt = try_prompt(learner=person, exercise=exercise, prompt=PROMPT, at=noon).attempt
        ask_for_opinion(attempt=attempt, learner=person, at=noon)
    clock = iter([noon, noon, noon, noon + timedelta(minutes=2)])

    given = give_opinions(
        now=lambda: next(clock),
        until=noon + timedelta(minutes=1),
        provider_of=lambda _provider: ScriptedProvider([GOOD]),
    )

    assert given == 1
    assert SecondOpinion.objects.filter(state="waiting").count() == 2


def test_learners_are_not_told_where_a_model_stands(asked, noon):
    give_opinions(now=lambda: noon, until=noon + timedelta(minutes=1))
    asked.refresh_from_db()

    assert asked.failure_sentence.startswith("This model cannot be reached right now.")
    assert "models.example" not in asked.failure_sentence


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_the_same_moment_ask_once(tried, judge, ada, noon):
    attempt = tried().attempt

    with other_connections() as aside:
        asked = [aside(lambda: ask_for_opinion(attempt=attempt, learner=ada, at=noon)) for _click in range(4)]

    assert len({each.result().pk for each in asked}) == 1
    assert BudgetUse.objects.values_list("runs_reserved", flat=True).get() == 1
