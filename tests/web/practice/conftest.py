"""Ada practices: an attempt with a planted answer, a template, a shared copy."""

from types import SimpleNamespace

import pytest

from sandbox.services.keeping import save_template, share_run
from sandbox.services.trying import try_prompt
from tests.sandbox.exercises import PROMPT


@pytest.fixture
def practiced(ada, exercise, noon):
    """Everything that Ada can have in the practice area."""
    first = try_prompt(learner=ada, exercise=exercise, prompt="Summarize this.", at=noon)
    second = try_prompt(learner=ada, exercise=exercise, prompt=PROMPT, at=noon)
    run = second.runs[0]
    return SimpleNamespace(
        first=first.attempt,
        attempt=second.attempt,
        run=run,
        template=save_template(owner=ada, title="Hand over", body="Summarize {{case}}.", at=noon),
        copy=share_run(run=run, prompt=PROMPT, answer=run.answer, note="", at=noon),
    )
