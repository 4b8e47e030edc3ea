"""An exercise as it is published, and a learner who tries it."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from sandbox.models import Exercise, Provider
from sandbox.services.trying import try_prompt

STREAMS: dict[str, Any] = {
    "goals": [{"type": "goal", "value": "at most 60 words"}],
    "materials": [
        {
            "type": "material",
            "value": {
                "name": "Thread",
                "kind": "text",
                "body": "2 March: the kettle leaks. 3 March: Lena promised a replacement in 5 days.",
            },
        }
    ],
    "criteria": [
        {"type": "criterion", "value": {"criterion": name, "weight": weight}}
        for name, weight in {"task": 30, "context": 30, "constraints": 20, "format": 20}.items()
    ],
    "facts": [{"type": "fact", "value": {"name": "who reads it", "words": ["colleague", "late shift"]}}],
    "checks": [
        {"type": "max_words", "value": {"words": 60}},
        {"type": "no_new_numbers", "value": {}},
    ],
    "pitfalls": [],
}  # fmt: skip
PLANTED = (
    "Lena promised a replacement in 5 days. [[A refund of €40 was agreed.||Nobody offered a refund.]] "
    "The courier is open."
)
PROMPT = "Summarize the thread for a colleague on the late shift in at most 60 words, as three bullets."

ExerciseFactory = Callable[..., Exercise]


@pytest.fixture
def exercise_factory(db: None) -> ExerciseFactory:
    """Return a function that publishes an exercise; every field can be given."""
    count = 0

    def create(title: str = "", **fields: Any) -> Exercise:
        nonlocal count
        count += 1
        roles = fields.pop("roles", [])
        streams = {name: json.dumps(fields.pop(name, value)) for name, value in STREAMS.items()}
        exercise = Exercise(
            title=title or f"Exercise {count}",
            slug=fields.pop("slug", f"exercise-{count}"),
            task="Hand over a case",
            summary="Hand a case over to the late shift.",
            brief="<p>You hand this case to a colleague.</p>",
            may_i="Yes, without the customer’s name.",
            planted_answer=fields.pop("planted_answer", PLANTED),
            reference_prompt="List what was promised, with the date, and quote each line.",
            review_by=date(2027, 5, 31),
            **streams,
            **fields,
        )
        exercise.roles.set(roles)
        exercise.save()
        exercise.save_revision().publish()
        exercise.refresh_from_db()
        return exercise

    return create


@pytest.fixture
def exercise(exercise_factory: ExerciseFactory) -> Exercise:
    return exercise_factory("Hand over the Harper case", slug="hand-over")


@pytest.fixture
def model(db: None) -> Provider:
    """The model that runs on this machine."""
    return Provider.objects.get(kind="embedded")


@pytest.fixture
def outside(db: None) -> Provider:
    """A model elsewhere that gets no private data."""
    return Provider.objects.create(
        name="Outside", kind="openai", base_url="https://models.example/v1", model="m", data_region="EU",
        policy="block", is_enabled=True,
    )  # fmt: skip


@pytest.fixture
def tried(ada: Any, exercise: Exercise, noon: Any) -> Callable[..., Any]:
    """Return a function that lets Ada try a prompt; the planted answer comes at once."""

    def attempt(prompt: str = PROMPT, **fields: Any) -> Any:
        return try_prompt(**{"learner": ada, "exercise": exercise, "prompt": prompt, "at": noon, **fields})

    return attempt
