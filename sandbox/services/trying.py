"""Trying a prompt: look at it, give feedback, and queue it for the models that shall answer."""

import json
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from lms.core.errors import ActionRefused
from lms.people.models import User
from lms.people.selectors import today_of
from sandbox.conversation import estimated_tokens, messages_for
from sandbox.definitions import Definition
from sandbox.exercise_definition import definition_of
from sandbox.models import Attempt, Exercise, PracticeSettings, Provider, RubricVersion, Run
from sandbox.rubric import PromptFeedback, score_prompt
from sandbox.services.answering import finish_planted
from sandbox.services.budgeting import BudgetExhausted, reserve
from sandbox.services.guarding import Look, count_findings, look_at
from sandbox.storable import storable

LONGEST_PROMPT = 12_000
MOST_MODELS_AT_ONCE = 2


class PromptRefused(ActionRefused):
    """The prompt holds something that the learner must decide about first; nothing was sent or stored."""

    def __init__(self, look: Look) -> None:
        """Keep what was found, for the page."""
        reasons = {reason: None for decision in look.decisions for reason in decision.reasons}
        words = [str(reason.words) for reason in reasons] or [
            _("What is marked never leaves. Replace it with its placeholder; your task stays the same.")
        ]
        super().__init__(" ".join(words), field="prompt")
        self.look = look


class NothingToTry(ActionRefused):
    """The prompt is empty or too long, or the exercise is not there any more."""


@dataclass(frozen=True)
class Tried:
    """What came of trying a prompt.

    Attributes:
        runs: The answers to wait for or to read; empty when no model answers and no answer was planted.
        budget_message: Why no model was asked; empty when one was, or when there is none.
    """

    attempt: Attempt
    feedback: PromptFeedback
    runs: list[Run] = field(default_factory=list)
    budget_message: str = ""


def rubric_version_of(*, exercise: Exercise) -> RubricVersion:
    """Return the frozen version of what an exercise asks now, made when it is first used; one query, else three."""
    definition = definition_of(exercise).to_json()
    digest = sha256(json.dumps(definition, sort_keys=True).encode()).hexdigest()
    version = RubricVersion.objects.filter(exercise=exercise, digest=digest).first()
    if version is not None:
        return version
    with transaction.atomic():
        Exercise.objects.select_for_update().get(pk=exercise.pk)  # two first attempts make one version
        number = RubricVersion.objects.filter(exercise=exercise).aggregate(Max("number"))["number__max"] or 0
        return RubricVersion.objects.get_or_create(
            exercise=exercise, digest=digest, defaults={"number": number + 1, "definition": definition}
        )[0]


def look_at_prompt(
    *, prompt: str, exercise: Exercise, providers: Sequence[Provider], accepted: frozenset[str] = frozenset()
) -> Look:
    """Return what the guard says of a prompt before it is sent; nothing is stored.

    Raises:
        GuardUnavailable: It could not be looked at.
    """
    material = definition_of(exercise).released_text
    return look_at(text=prompt, material=material, providers=providers, accepted=accepted)


def try_prompt(
    *,
    learner: User,
    exercise: Exercise,
    prompt: str,
    at: datetime,
    providers: Sequence[Provider] = (),
    accepted: Collection[str] = (),
    continues: Run | None = None,
    is_blind: bool = False,
) -> Tried:
    """Keep an attempt with its feedback, and queue it for models; the guard sees it before anything is stored.

    Args:
        learner: Who tries.
        exercise: The exercise, as it is published.
        prompt: What they wrote.
        at: Moment of trying.
        providers: Models that shall answer, at most two.
        accepted: Digests of values that the learner called fictional.
        continues: An earlier answer of theirs to go on from; None for a new conversation.
        is_blind: Hide which of two models said what until one is preferred.

    Raises:
        NothingToTry: The prompt is empty or too long, or an answer is still under way.
        PromptRefused: It holds what must not leave.
        GuardUnavailable: It could not be looked at; nothing was sent.
    """
    prompt = clean_prompt(prompt)
    providers = list(providers)[:MOST_MODELS_AT_ONCE]
    look = look_at_prompt(prompt=prompt, exercise=exercise, providers=providers, accepted=frozenset(accepted))
    today = today_of(learner, at)
    _require_releasable(continues, exercise, providers)
    if not look.may_send:
        count_findings(look=look, action="refused", on=today)
        raise PromptRefused(look)
    if look.inspection.findings:
        count_findings(look=look, action="passed", on=today)
    version = rubric_version_of(exercise=exercise)
    definition = Definition.from_json(version.definition)
    feedback = score_prompt(
        prompt,
        definition,
        has_private_data=bool(look.inspection.warnings),
        answers=_own_answers(learner, exercise),
    )
    with transaction.atomic():
        User.objects.select_for_update().values_list("pk").get(pk=learner.pk)
        _refuse_while_answering(learner)
        attempt = Attempt.objects.create(
            learner=learner,
            exercise=exercise,
            rubric=version,
            number=(_own(learner, exercise).aggregate(Max("number"))["number__max"] or 0) + 1,
            continues=continues,
            prompt=prompt,
            accepted=sorted(accepted),
            feedback=feedback.to_json(),
            prompt_score=feedback.total,
            tried_at=at,
        )
        runs, message = _queue(attempt, definition, providers, is_blind=is_blind, at=at)
        if not runs and definition.planted_answer:
            runs = [_planted(attempt, definition, at)]
    return Tried(attempt, feedback, runs, message)


def _require_releasable(continues: Run | None, exercise: Exercise, providers: Sequence[Provider]) -> None:
    """Let earlier turns go along only to models that may read them; they were written for another one, perhaps.

    Raises:
        NothingToTry: They hold something that one of these models must not get.
    """
    outside = [each for each in providers if not each.is_local]
    while continues is not None and outside:
        text = f"{continues.attempt.prompt}\n\n{continues.answer}"
        if not look_at_prompt(prompt=text, exercise=exercise, providers=outside).may_send:
            raise NothingToTry(
                _(
                    "What was said before holds private data, which this model must not get. Untick “Go on from the "
                    "answer”, or choose the model on this machine."
                ),
                field="prompt",
            )
        continues = continues.attempt.continues


def clean_prompt(prompt: str) -> str:
    """Return a prompt without control characters, its line breaks as one character each.

    Raises:
        NothingToTry: Nothing is left, or it is too long.
    """
    text = storable(prompt).strip()
    if not text:
        raise NothingToTry(_("Write a prompt first: what you need, and for whom."), field="prompt")
    if len(text) > LONGEST_PROMPT:
        raise NothingToTry(
            _(
                "Your prompt has %(length)s characters; %(most)s is the most. It is kept here. Leave out what the "
                "model does not need."
            )
            % {"length": f"{len(text):,}", "most": f"{LONGEST_PROMPT:,}"},
            field="prompt",
        )
    return text


def _queue(
    attempt: Attempt, definition: Definition, providers: Sequence[Provider], *, is_blind: bool, at: datetime
) -> tuple[list[Run], str]:
    """Reserve and queue a run for each model; without budget the attempt stays, with the reason.

    When one is left and two are wanted, the first that was chosen answers.
    """
    question = estimated_tokens(messages_for(attempt, definition))
    runs: list[Run] = []
    message = ""
    for provider in providers:
        tokens = question + provider.max_tokens
        try:
            uses = reserve(person=attempt.learner, tokens=tokens, at=at)
        except BudgetExhausted as refusal:
            message = refusal.message if not runs else _only_one(runs[0].model_name)
            break
        runs.append(
            Run(
                attempt=attempt,
                provider=provider,
                model_name=provider.name,
                reserved={"tokens": tokens, "uses": uses},
                queued_at=at,
                watched_at=at,
            )
        )
    if is_blind and len(runs) > 1:
        _hide(runs)
    return Run.objects.bulk_create(runs), message


def _hide(runs: list[Run]) -> None:
    """Hide which model gives which answer; they are shown in the order of their keys, so that one is drawn."""
    for run in runs:
        run.is_blind = True
    secrets.SystemRandom().shuffle(runs)


def _only_one(name: str) -> str:
    return _("There is budget left for one answer only, so %(name)s answers alone.") % {"name": name}


def _planted(attempt: Attempt, definition: Definition, at: datetime) -> Run:
    run = Run(
        attempt=attempt,
        model_name=_("an answer that we prepared"),
        is_planted=True,
        is_settled=True,
        queued_at=at,
        watched_at=at,
    )
    finish_planted(run=run, definition=definition, at=at)
    return run


def _refuse_while_answering(learner: User) -> None:
    if Run.objects.under_way().visible_to(learner).exists():
        raise NothingToTry(
            _("An answer of yours is still coming. Wait for it or stop it, then send the next prompt."),
            field="prompt",
        )


def _own(learner: User, exercise: Exercise) -> Any:
    return Attempt.objects.visible_to(learner).filter(exercise=exercise)


def _own_answers(learner: User, exercise: Exercise) -> list[str]:
    """Return the latest answers they got: pasting one back is not a prompt of one's own."""
    runs = Run.objects.visible_to(learner).filter(attempt__exercise=exercise, state=Run.State.DONE)
    return list(runs.order_by("-pk").values_list("answer", flat=True)[:5])


def keeps_text(learner_id: int) -> bool:
    """Return whether a person wants their prompts and answers kept; one query."""
    return not PracticeSettings.objects.filter(learner=learner_id, keeps_text=False).exists()
