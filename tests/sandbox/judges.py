"""Models that give opinions, for tests: what they say, and that they have shown to agree with people."""

import json

import pytest
from django.utils import timezone

from sandbox.judge import JUDGE_VERSION, JUDGED
from sandbox.models import Calibration, Provider


def opinion_text(**levels: tuple[int, str]) -> str:
    """Return what a model says that gives these levels, each with a quote."""
    entries = [
        {"criterion": key, "level": level, "quote": quote, "reason": f"Because of {key}."}
        for key, (level, quote) in levels.items()
    ]
    return json.dumps({"criteria": entries})


def agreeing(provider: Provider, *, kappa: float = 0.7, **by_criterion: float) -> Calibration:
    """Write that a model agrees with people, on some criteria more or less than on the others."""
    kappas = {key: by_criterion.get(key, kappa) for key in JUDGED}
    return Calibration.objects.create(
        provider=provider,
        gold_digest="0" * 64,
        judge_version=JUDGE_VERSION,
        total=1,
        levels={"a-001": {"task": 1}},
        kappa=kappa,
        by_criterion={
            key: {"n": 1, "kappa": each, "low": each, "high": each} for key, each in kappas.items()
        },
        began_at=timezone.now(),
        ended_at=timezone.now(),
    )


@pytest.fixture
def judge(outside: Provider) -> Provider:
    """A model elsewhere that may give opinions."""
    outside.policy, outside.may_judge = "warn", True
    outside.save()
    agreeing(outside)
    return outside
