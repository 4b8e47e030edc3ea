"""The gold set, and the command that measures a model against it."""

import json
from collections import Counter
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from courses.gold import gold_set
from courses.management.commands import sandbox_calibrate
from courses.services import calibrate, continue_calibrations
from sandbox.definitions import CRITERIA
from sandbox.judge import JUDGED
from sandbox.models import Calibration
from sandbox.providers.scripted import ScriptedProvider
from sandbox.services import calibrating


class Rater(ScriptedProvider):
    """A model that says of each prompt what one of the raters said, with the whole prompt as its words."""

    def __init__(self):
        super().__init__([])
        self.known = {each.prompt: each.ratings[0] for each in gold_set().prompts}

    def stream(self, messages, **options):
        prompt = json.loads(messages[-1].content)["prompt"]
        entries = [
            {"criterion": key, "level": self.known[prompt][key], "quote": prompt, "reason": ""}
            for key in JUDGED
        ]
        self.script = [json.dumps({"criteria": entries})]
        return super().stream(messages, **options)


@pytest.fixture
def rater(monkeypatch):
    """Let every model speak as a rater does."""
    model = Rater()
    monkeypatch.setattr(calibrating, "chat_provider", lambda _provider: model)
    defaults = calibrating.continue_calibration.__kwdefaults__
    monkeypatch.setitem(defaults, "provider_of", lambda _provider: model)
    return model


def test_every_prompt_is_of_an_exercise_and_rated_by_two_people_on_every_criterion():
    prompts = gold_set().prompts

    assert len(prompts) == len({each.identity for each in prompts}) == 240
    assert Counter(len(each.ratings) for each in prompts) == {2: 240}
    assert {tuple(rating) for each in prompts for rating in each.ratings} == {CRITERIA}
    assert {level for each in prompts for rating in each.ratings for level in rating.values()} == {0, 1, 2}
    assert len({each.definition.situation for each in prompts}) == 16


def run(name="Outside"):
    output = StringIO()
    call_command("sandbox_calibrate", name, stdout=output)
    return output.getvalue()


def test_a_model_that_speaks_as_one_rater_agrees_with_the_other_as_far_as_that_one_does(outside, rater):
    said = run()

    calibration = Calibration.objects.get()
    assert (calibration.total, calibration.readable, calibration.is_passed) == (240, 240, True)
    assert calibration.kappa is not None
    assert 0.9 < calibration.kappa < 1.0
    assert "readable 240 of 240" in said
    assert "It may give second opinions" in said


def test_a_model_that_says_nothing_usable_ends_the_command_with_an_error(outside, rater, monkeypatch):
    monkeypatch.setattr(rater, "stream", ScriptedProvider(["no"]).stream)

    with pytest.raises(CommandError, match="does not agree with people well enough"):
        run()

    assert Calibration.objects.get().kappa == 0.0


def test_an_unknown_name_is_answered_with_the_names_there_are(outside):
    with pytest.raises(CommandError, match=r"No model is called “Inside”\. There are: .*Outside"):
        run("Inside")


def test_a_worker_carries_on_what_was_begun_in_manage(outside, rater, mei, noon):
    calibrate(provider=outside, actor=mei.as_actor, at=noon)

    continue_calibrations(now=lambda: noon)
    continue_calibrations(now=lambda: noon)

    assert Calibration.objects.get().is_passed
    assert len(rater.asked) == 240


@pytest.mark.parametrize("change", ["stop", "remove"])
def test_whoever_stops_it_or_removes_the_model_ends_the_command(
    outside, rater, mei, noon, monkeypatch, change
):
    def meanwhile(**_values):
        if change == "stop":
            calibrating.stop_calibration(calibration=Calibration.objects.get(), actor=mei, at=noon)
        else:
            outside.delete()
        return True

    monkeypatch.setattr(sandbox_calibrate, "continue_calibration", meanwhile)

    with pytest.raises(
        CommandError, match="It was stopped" if change == "stop" else "was removed or changed"
    ):
        run()
