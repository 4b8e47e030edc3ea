"""An answer on its way: claimed by one process, written as it comes, ended once, its tokens settled with its end."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from sandbox.checks import find_mistakes, outcome_total, run_checks
from sandbox.definitions import Definition
from sandbox.models import Provider, Run
from sandbox.querysets import UNWATCHED_AFTER, RunQuerySet
from sandbox.services.budgeting import settle

LEASE = timedelta(seconds=30)
"""A process that has not written for so long is dead; another one ends the run."""


@dataclass(frozen=True)
class Ending:
    """How an answer ended.

    Attributes:
        state: One of `Run.State` that is an end.
        failure: Short code of what went wrong; empty otherwise.
        sentence: The same for the learner: what happened, what was kept, what to do.
    """

    state: str
    answer: str
    tokens_in: int = 0
    tokens_out: int = 0
    is_estimate: bool = False
    failure: str = ""
    sentence: str = ""


def claim_run(*, at: datetime, places_of: Callable[[Provider], int]) -> Run | None:
    """Take the run that has waited longest for a model with a free place; None when there is none.

    Args:
        at: Now.
        places_of: How many answers a model gives at once.

    Cost: one query while nobody waits.
    """
    waiting = Run.objects.queued().exclude(provider=None)
    return _claim(at, places_of) if waiting.exists() else None


@transaction.atomic
def _claim(at: datetime, places_of: Callable[[Provider], int]) -> Run | None:
    """Claim a run while the models that somebody waits for are locked: two processes never give one place away."""
    wanted = Run.objects.queued().order_by().values("provider")
    # Without the key: whoever queues another run refers to the model, and does not wait for this.
    locked = Provider.objects.select_for_update(no_key=True).filter(pk__in=wanted)
    providers = list(locked.order_by("pk"))
    streaming = Run.objects.filter(state=Run.State.STREAMING, provider__in=providers).order_by()
    busy = dict(streaming.values_list("provider").annotate(Count("pk")))
    free = [each.pk for each in providers if busy.get(each.pk, 0) < places_of(each)]
    waiting = Run.objects.queued().filter(provider__in=free)
    # Locked too: whoever stops it just now either comes first, or finds it streaming.
    run: Run | None = waiting.select_related("provider").select_for_update(of=("self",)).first()
    if run is not None:
        run.state, run.started_at, run.leased_until = Run.State.STREAMING, at, at + LEASE
        run.save(update_fields=["state", "started_at", "leased_until"])
    return run


@transaction.atomic
def write_progress(*, answers: Mapping[Run, str], at: datetime) -> set[UUID]:
    """Keep what has come so far of many answers and prolong their leases.

    Args:
        answers: What has come for each run, the same runs from call to call.
        at: Now.

    Returns:
        The public ids of those for which nobody waits any more.

    Cost: one query, and one more for every 100 answers.
    """
    streaming = _locked(run.pk for run in answers).filter(state=Run.State.STREAMING)
    watched_at = dict(streaming.values_list("pk", "watched_at"))
    under_way = [run for run in answers if run.pk in watched_at]  # one that has ended stays as it ended
    for run in under_way:
        run.answer, run.leased_until = answers[run], at + LEASE
        if run.answer and not run.first_token_at:
            run.first_token_at = at
    Run.objects.bulk_update(under_way, ["answer", "leased_until", "first_token_at"], batch_size=100)
    wanted = {run for run in under_way if watched_at[run.pk] >= at - UNWATCHED_AFTER}
    return {run.public_id for run in answers if run not in wanted}


def _locked(run_ids: Iterable[int]) -> RunQuerySet:
    """Lock runs in the order of their keys: no two processes wait for each other in a circle."""
    return Run.objects.filter(pk__in=list(run_ids)).order_by("pk").select_for_update()


@transaction.atomic
def end_run(*, run: Run, ending: Ending, definition: Definition, at: datetime) -> bool:
    """Write the end of an answer, check it and settle its tokens; returns whether it had not ended yet."""
    results = run_checks(ending.answer, definition, run.attempt.prompt) if ending.answer else ()
    own = Run.objects.filter(pk=run.pk, state__in=Run.UNDER_WAY)
    ended = own.update(
        state=ending.state,
        answer=ending.answer,
        failure=ending.failure,
        failure_sentence=ending.sentence[:400],
        tokens_in=ending.tokens_in,
        tokens_out=ending.tokens_out,
        is_estimate=ending.is_estimate,
        ended_at=at,
        leased_until=None,
        outcome=[result.to_json() for result in results],
        outcome_score=outcome_total(results) if ending.state == Run.State.DONE else None,
    )
    if ended:
        used = ending.tokens_in + ending.tokens_out
        settle(held_by=run, tokens=used, counts=bool(used))
    return bool(ended)


def finish_planted(*, run: Run, definition: Definition, at: datetime) -> None:
    """Store the planted answer as one that has come."""
    planted = definition.planted_answer
    assert planted is not None, "only called where an answer was planted"
    results = run_checks(planted.text, definition, run.attempt.prompt)
    run.state, run.answer = Run.State.DONE, planted.text
    run.started_at = run.ended_at = at
    run.outcome = [result.to_json() for result in results]
    run.outcome_score = outcome_total(results)
    run.save()


@transaction.atomic
def watch_runs(*, run_ids: Collection[int], at: datetime) -> None:
    """Note that somebody waits for answers; two queries for all of them."""
    locked = list(_locked(run_ids).values_list("pk", flat=True))
    Run.objects.filter(pk__in=locked).update(watched_at=at)


@transaction.atomic
def stop_run(*, run: Run, at: datetime) -> None:
    """Stop an answer: one that waits ends at once, one on its way at its next piece. Doing it twice changes nothing."""
    waiting = Run.objects.filter(pk=run.pk, state=Run.State.QUEUED)
    sentence = _("You stopped it before the model began. Your prompt is kept.")
    if waiting.update(state=Run.State.STOPPED, ended_at=at, failure_sentence=sentence):
        settle(held_by=run, tokens=0, counts=False)
    else:
        Run.objects.filter(pk=run.pk, state=Run.State.STREAMING).update(wants_to_stop=True)


def stopped_among(run_ids: Collection[UUID]) -> list[UUID]:
    """Return which of these runs their learners have stopped; one query."""
    stopped = Run.objects.filter(public_id__in=run_ids, wants_to_stop=True)
    return list(stopped.values_list("public_id", flat=True))


def end_left_behind(*, at: datetime) -> int:
    """End runs whose process died or that nobody waits for any more, and settle them; returns how many."""
    total = 0
    for run in Run.objects.left_behind(at):
        with transaction.atomic():
            was_streaming = run.state == Run.State.STREAMING
            used = run.reserved.get("tokens", 0) if was_streaming else 0
            sentence = (
                _("The answer broke off. What came so far and what you wrote are kept. Try again.")
                if was_streaming
                else _("You left before the model began. Your prompt is kept.")
            )
            own = Run.objects.left_behind(at).filter(pk=run.pk, state=run.state)
            ended = own.update(
                state=Run.State.FAILED if was_streaming else Run.State.STOPPED,
                failure="left_behind" if was_streaming else "",
                failure_sentence=sentence,
                ended_at=at,
                leased_until=None,
            )
            if ended:
                settle(held_by=run, tokens=used, counts=was_streaming)
                total += 1
    return total


def places_before(run: Run) -> int:
    """Return how many runs wait for the same model in front of one; one query."""
    waiting = Run.objects.queued().filter(provider=run.provider_id)
    return waiting.filter(queued_at__lt=run.queued_at).count()


def known_mistakes(run: Run, definition: Definition) -> tuple[list[tuple[int, int, str]], bool]:
    """Return where an answer is known to be wrong, and whether that is all that is wrong.

    A planted answer has exactly the mistakes that its author planted; of a model's answer the checks and the expected
    mistakes find some.
    """
    if run.is_planted and definition.planted_answer:
        return [(*span, why) for span, why in definition.planted_answer.mistakes], True
    found = find_mistakes(run.answer, definition, run.attempt.prompt)
    return [(*mistake.span, mistake.explanation) for mistake in found], False


__all__ = [
    "Ending",
    "claim_run",
    "end_left_behind",
    "end_run",
    "finish_planted",
    "known_mistakes",
    "places_before",
    "stop_run",
    "stopped_among",
    "watch_runs",
    "write_progress",
]
