"""A model shows how far it agrees with people before it may tell learners anything."""

import json
from datetime import timedelta

import pytest

from lms.core.errors import ActionRefused
from lms.core.models import AuditEntry
from sandbox.definitions import Definition
from sandbox.gold import GoldPrompt
from sandbox.judge import JUDGED
from sandbox.models import Calibration
from sandbox.providers.base import ProviderFailed, Reason
from sandbox.providers.scripted import ScriptedProvider
from sandbox.services.calibrating import (
    LEASE,
    agreement_with,
    continue_calibration,
    let_judge,
    start_calibration,
    stop_calibration,
)
from sandbox.services.managing import ProviderFacts, save_provider
from tests.sandbox.judges import agreeing


def gold(count, rating=lambda number: number % 3, other=None):
    """Return prompts that quote their own number, rated by two people."""
    return [
        GoldPrompt(
            f"a-{number:03}",
            f"prompt number {number}",
            Definition(),
            (dict.fromkeys(JUDGED, rating(number)), dict.fromkeys(JUDGED, (other or rating)(number))),
        )
        for number in range(count)
    ]


class Reader(ScriptedProvider):
    """A model that reads the number of a prompt and gives a level for it; silent after so many questions."""

    def __init__(self, level=lambda number: number % 3, *, silent_after=None, broken=()):
        super().__init__([])
        self.level, self.silent_after, self.broken = level, silent_after, broken

    def stream(self, messages, **options):
        prompt = json.loads(messages[-1].content)["prompt"]
        number = int(prompt.rsplit(maxsplit=1)[-1])
        entries = [
            {"criterion": key, "level": self.level(number), "quote": prompt, "reason": ""} for key in JUDGED
        ]
        if number in self.broken:
            self.script = ["I would rather talk about something else."]
        elif self.silent_after is not None and len(self.asked) >= self.silent_after:
            self.script = [ProviderFailed(Reason.UNREACHABLE)]
        else:
            self.script = [json.dumps({"criteria": entries})]
        return super().stream(messages, **options)


@pytest.fixture
def begin(outside, noon, monkeypatch):
    """Return a function that begins to measure a model against a gold set."""
    monkeypatch.setattr("sandbox.services.calibrating.chat_provider", lambda _provider: None)

    def start(prompts):
        return start_calibration(
            provider=outside, gold_digest="d", total=len(prompts), actor="command:tests", at=noon
        )

    return start


def go_on(calibration, prompts, model, noon, *, minutes=60):
    is_over = continue_calibration(
        calibration=calibration,
        gold=prompts,
        now=lambda: noon,
        until=noon + timedelta(minutes=minutes),
        provider_of=lambda _provider: model,
    )
    calibration.refresh_from_db()
    return is_over


def test_a_model_that_says_what_people_say_passes(begin, noon):
    prompts = gold(12)
    calibration = begin(prompts)

    assert go_on(calibration, prompts, Reader(), noon) is True

    assert (calibration.kappa, calibration.readable, calibration.is_passed) == (1.0, 12, True)
    assert calibration.trusted == frozenset(JUDGED)
    assert calibration.ended_at == noon


def test_one_that_always_says_the_same_does_not(begin, noon):
    prompts = gold(12)
    calibration = begin(prompts)

    go_on(calibration, prompts, Reader(lambda _number: 0), noon)

    assert (calibration.kappa, calibration.is_passed) == (0.0, False)


def test_the_rater_with_whom_it_agrees_less_counts():
    prompts = gold(12, other=lambda number: 2 - number % 3)
    levels = {each.identity: dict(each.ratings[0]) for each in prompts}

    found = agreement_with(levels, prompts)

    # Levels 0, 1, 2 against 2, 1, 0: the worst there is, -1.
    assert {each["kappa"] for each in found.values()} == {-1.0}


def test_a_criterion_for_which_it_shows_no_words_is_not_one_that_it_can_judge():
    prompts = gold(10)
    levels = {each.identity: dict(each.ratings[0]) for each in prompts}
    for identity in list(levels)[:3]:
        del levels[identity]["role"]

    found = agreement_with(levels, prompts)

    assert found["role"] == {"n": 7, "kappa": None, "low": None, "high": None}
    assert found["task"]["kappa"] == 1.0


def test_answers_that_cannot_be_read_keep_it_from_passing(begin, noon):
    prompts = gold(20)
    calibration = begin(prompts)

    go_on(calibration, prompts, Reader(broken=(3, 7)), noon)

    assert (calibration.kappa, calibration.readable, calibration.is_passed) == (1.0, 18, False)


def test_whoever_goes_on_asks_nothing_twice(begin, noon):
    prompts, model = gold(10), Reader()
    calibration = begin(prompts)

    assert go_on(calibration, prompts, model, noon, minutes=0) is False
    clock = iter([noon] * 3 + [noon + timedelta(minutes=2)] * 20)
    through = continue_calibration(
        calibration=calibration,
        gold=prompts,
        now=lambda: next(clock),
        until=noon + timedelta(minutes=1),
        provider_of=lambda _provider: model,
    )
    assert (through, len(model.asked)) == (False, 4)
    assert go_on(calibration, prompts, model, noon) is True

    assert len(model.asked) == 10
    assert calibration.is_passed


def test_two_workers_do_not_ask_at_the_same_time_and_a_dead_one_is_replaced(begin, noon):
    prompts, model = gold(4), Reader()
    calibration = begin(prompts)
    Calibration.objects.update(leased_until=noon + LEASE)

    assert go_on(calibration, prompts, model, noon) is False
    assert model.asked == []
    assert go_on(calibration, prompts, model, noon + LEASE + timedelta(seconds=1)) is True


def test_a_model_that_stops_answering_ends_it_with_a_reason_and_may_be_measured_again(begin, noon):
    prompts = gold(12)
    calibration = begin(prompts)

    go_on(calibration, prompts, Reader(silent_after=4), noon)

    assert (calibration.kappa, calibration.is_passed, len(calibration.levels)) == (None, False, 4)
    assert calibration.problem.startswith("The model could not be reached.")
    assert begin(prompts) != calibration


def test_it_is_measured_once_at_a_time(begin):
    begin(gold(4))

    with pytest.raises(ActionRefused, match="being asked about them already"):
        begin(gold(4))

    assert Calibration.objects.count() == 1


def test_stopping_ends_it_for_whoever_is_asking(begin, mei, noon, monkeypatch):
    prompts = gold(12)
    calibration = begin(prompts)

    def stop_meanwhile(*, chat, prompts):
        stop_calibration(calibration=calibration, actor=mei, at=noon)
        return {}

    monkeypatch.setattr("sandbox.services.calibrating.ask_judge", stop_meanwhile)
    assert go_on(calibration, prompts, Reader(), noon) is True
    assert go_on(calibration, prompts, Reader(), noon) is True

    calibration.refresh_from_db()
    assert (calibration.ended_at, calibration.problem, calibration.levels) == (noon, "It was stopped.", {})
    assert AuditEntry.objects.filter(action="sandbox.stop_calibration").count() == 1


def test_only_a_model_that_passed_may_be_switched_on(outside, mei, noon):
    with pytest.raises(ActionRefused, match="Calibrate it first"):
        let_judge(provider=outside, may_judge=True, actor=mei, at=noon)
    assert not AuditEntry.objects.exists()

    agreeing(outside)
    assert let_judge(provider=outside, may_judge=True, actor=mei, at=noon).may_judge
    assert let_judge(provider=outside, may_judge=True, actor=mei, at=noon).may_judge
    assert not let_judge(provider=outside, may_judge=False, actor=mei, at=noon).may_judge

    entries = AuditEntry.objects.filter(action="sandbox.let_judge").order_by("pk")
    assert [entry.after for entry in entries] == [{"may_judge": True}, {"may_judge": False}]


def test_another_model_behind_the_same_name_has_to_show_it_anew(judge, mei, noon, settings):
    settings.PRAXIS_INTERNAL_HOSTS = ["10.0.0.7"]
    facts = ProviderFacts(name="Renamed", data_region="EU", base_url="https://10.0.0.7/v1", model="m")
    judge.base_url = facts.base_url
    judge.save()

    same = save_provider(provider=judge, facts=facts, key=None, actor=mei, at=noon)
    assert same.may_judge
    other = save_provider(
        provider=judge, facts=ProviderFacts(**{**vars(facts), "model": "n"}), key=None, actor=mei, at=noon
    )

    assert not other.may_judge
    assert not other.calibrations.exists()


def test_a_model_that_is_silent_for_a_turn_at_a_time_is_not_asked_for_ever(begin, noon):
    prompts = gold(12)
    calibration = begin(prompts)
    turns = 0

    def one_try_and_the_turn_is_over():
        clock = iter([noon] * 3 + [noon + timedelta(minutes=2)] * 9)
        return continue_calibration(
            calibration=calibration,
            gold=prompts,
            now=lambda: next(clock),
            until=noon + timedelta(minutes=1),
            provider_of=lambda _provider: Reader(silent_after=0),
        )

    while not one_try_and_the_turn_is_over():
        turns += 1
        assert turns < 5

    calibration.refresh_from_db()
    assert turns == 2
    assert calibration.problem.startswith("The model could not be reached.")


def test_measuring_again_in_vain_takes_nothing_away(begin, judge, mei, noon):
    stop_calibration(calibration=begin(gold(4)), actor=mei, at=noon)

    assert let_judge(provider=judge, may_judge=True, actor=mei, at=noon).may_judge
