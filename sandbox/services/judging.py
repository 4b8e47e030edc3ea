"""Second opinions: asked for by the learner, given by a model that agrees with people, changing no score."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from lms.core.coroutines import result_of
from lms.core.errors import ActionRefused
from lms.core.nudges import nudge_on_commit
from lms.people.models import User
from sandbox.conversation import estimated_tokens
from sandbox.definitions import Definition
from sandbox.judge import (
    JUDGE_VERSION,
    MOST_TOKENS,
    SCHEMA,
    CriterionOpinion,
    OpinionUnreadable,
    judge_messages,
    read_opinion,
)
from sandbox.model_access import learners_provider
from sandbox.models import Attempt, Provider, SecondOpinion
from sandbox.providers.base import ChatProvider, Delta, ProviderFailed, Reason, Usage, estimate_usage
from sandbox.selectors.judging import calibration_of, judge_among
from sandbox.services.budgeting import reserve, settle
from sandbox.services.guarding import outgoing
from sandbox.services.trying import look_at_prompt

logger = logging.getLogger(__name__)

TASK = "sandbox.tasks.give_second_opinions"
SECONDS_TO_ANSWER = 120.0
LEASE = timedelta(minutes=5)
"""Longer than any model is waited for; whoever has not ended an opinion by then is dead."""

ProviderOf = Callable[[Provider], ChatProvider]


@dataclass(frozen=True)
class Judgment:
    """What came of asking a model about a prompt.

    Attributes:
        opinions: Empty when its answer could not be read.
        failure: What to tell the learner when no answer came; empty when one did.
        tokens: Used in all.
    """

    opinions: tuple[CriterionOpinion, ...] = ()
    failure: str = ""
    tokens: int = 0


@transaction.atomic
def ask_for_opinion(*, attempt: Attempt, learner: User, at: datetime) -> SecondOpinion:
    """Let a model look at a prompt as well; one that was asked for before, or is under way, stays as it is.

    Raises:
        ActionRefused: No model gives opinions, the text is gone, or it holds what this model must not get.
        BudgetExhausted: A budget has not enough left.
    """
    Attempt.objects.select_for_update().values_list("pk").get(pk=attempt.pk)  # two clicks ask once
    given: SecondOpinion | None = SecondOpinion.objects.filter(attempt=attempt).first()
    if given is not None and given.state != SecondOpinion.State.FAILED:
        return given
    provider = judge_among(Provider.objects.usable())
    if provider is None:
        raise ActionRefused(_("No model gives second opinions right now."))
    if not attempt.prompt:
        raise ActionRefused(_("The text of this attempt was removed, so there is nothing to look at."))
    look = look_at_prompt(
        prompt=attempt.prompt,
        exercise=attempt.exercise,
        providers=[provider],
        accepted=frozenset(attempt.accepted),
    )
    if not look.may_send:
        raise ActionRefused(
            _("Your prompt holds private data that %(name)s must not get. Nothing was sent.")
            % {"name": provider.name}
        )
    definition = Definition.from_json(attempt.rubric.definition)
    tokens = estimated_tokens(judge_messages(attempt.prompt, definition)) + MOST_TOKENS
    uses = reserve(person=learner, tokens=tokens, at=at)
    if given is not None:
        given.delete()
    nudge_on_commit(TASK)
    opinion: SecondOpinion = SecondOpinion.objects.create(
        attempt=attempt,
        provider=provider,
        model_name=provider.name,
        judge_version=JUDGE_VERSION,
        reserved={"tokens": tokens, "uses": uses},
        asked_for_at=at,
    )
    return opinion


def give_opinions(
    *, now: Callable[[], datetime], until: datetime, provider_of: ProviderOf = learners_provider
) -> int:
    """Give the opinions that wait, one after the other; returns how many came to their end.

    Args:
        now: The clock; a model may take two minutes for each.
        until: When to leave the rest to the next call.
        provider_of: How a stored provider becomes one that answers.
    """
    number = 0
    while now() < until and (opinion := _take(now())) is not None:
        try:
            judgment = _judged(opinion, provider_of)
        except Exception as error:  # noqa: BLE001  whatever it is, the learner is told and the tokens are settled
            # Without the message: it may quote what a person practices.
            logger.error("A second opinion failed with %s", type(error).__name__)
            judgment = Judgment(
                failure=_("Something went wrong on our side. Your prompt and its scores are kept. Try again.")
            )
        _end(opinion, judgment, now())
        number += 1
    return number


def _take(at: datetime) -> SecondOpinion | None:
    with transaction.atomic():
        due = SecondOpinion.objects.due(at).select_for_update(of=("self",), skip_locked=True)
        opinion: SecondOpinion | None = due.select_related("attempt__rubric", "provider").first()
        if opinion is not None:
            opinion.state, opinion.leased_until = SecondOpinion.State.ASKED, at + LEASE
            opinion.save(update_fields=["state", "leased_until"])
    return opinion


def _judged(opinion: SecondOpinion, provider_of: ProviderOf) -> Judgment:
    provider, attempt = opinion.provider, opinion.attempt
    calibration = (
        calibration_of(provider) if provider and provider.is_enabled and provider.may_judge else None
    )
    if provider is None or calibration is None:
        return Judgment(
            failure=_("This model gives no opinions any more. Your prompt and its scores are kept.")
        )
    definition = Definition.from_json(attempt.rubric.definition)
    try:
        # Whatever was looked at before: nothing leaves past the guard.
        (prompt,), _pseudonyms = outgoing(texts=[attempt.prompt], definition=definition, provider=provider)
        chat = provider_of(provider)
    except ActionRefused as refusal:
        return Judgment(failure=refusal.message)
    said = ask_judge(chat=chat, prompts={"": (prompt, definition)})[""]
    # Learners see what it thinks where it agrees with people, and nothing else.
    return replace(said, opinions=tuple(each for each in said.opinions if each.key in calibration.trusted))


def ask_judge(*, chat: ChatProvider, prompts: Mapping[str, tuple[str, Definition]]) -> dict[str, Judgment]:
    """Ask a model about prompts, all at once, and return what it says of each; no query.

    Args:
        chat: The model; its address has been resolved.
        prompts: Each with the exercise it was written for, by any name.
    """
    return result_of(_ask_all(chat, prompts))


async def _ask_all(chat: ChatProvider, prompts: Mapping[str, tuple[str, Definition]]) -> dict[str, Judgment]:
    said = await asyncio.gather(*(_ask(chat, *each) for each in prompts.values()))
    return dict(zip(prompts, said, strict=True))


async def _ask(chat: ChatProvider, prompt: str, definition: Definition) -> Judgment:
    messages = judge_messages(prompt, definition)
    schema = SCHEMA if chat.capabilities.json_schema else None
    text, usage = "", None
    try:
        stream = chat.stream(messages, max_tokens=MOST_TOKENS, temperature=0.0, json_schema=schema)
        async with asyncio.timeout(SECONDS_TO_ANSWER), contextlib.aclosing(stream) as pieces:
            async for piece in pieces:
                if isinstance(piece, Delta):
                    text += piece.text
                else:
                    usage = piece
    except ProviderFailed as failed:
        return Judgment(failure=failed.sentence, tokens=_tokens(failed.usage))
    except TimeoutError:
        spent = _tokens(estimate_usage(messages, text, "timeout"))
        return Judgment(failure=ProviderFailed(Reason.TIMEOUT_TOTAL).sentence, tokens=spent)
    tokens = _tokens(usage or estimate_usage(messages, text, "stop"))
    try:
        return Judgment(read_opinion(text, prompt), tokens=tokens)
    except OpinionUnreadable:
        return Judgment(tokens=tokens)


def _tokens(usage: Usage | None) -> int:
    return usage.tokens_in + usage.tokens_out if usage else 0


@transaction.atomic
def _end(opinion: SecondOpinion, judgment: Judgment, at: datetime) -> None:
    """Write what came of it, and settle its tokens; nothing happens to one that was deleted or ended meanwhile."""
    failure = judgment.failure
    if not failure and not judgment.opinions:
        failure = _("The model said nothing that can be used. Your prompt and its scores are kept.")
    ended = SecondOpinion.objects.filter(pk=opinion.pk, state=SecondOpinion.State.ASKED).update(
        state=SecondOpinion.State.FAILED if failure else SecondOpinion.State.GIVEN,
        criteria=[each.to_json() for each in judgment.opinions],
        failure_sentence=failure[:400],
        ended_at=at,
        leased_until=None,
    )
    if ended:
        settle(held_by=opinion, tokens=judgment.tokens, counts=bool(judgment.tokens))


__all__ = ["Judgment", "ask_for_opinion", "ask_judge", "give_opinions"]
