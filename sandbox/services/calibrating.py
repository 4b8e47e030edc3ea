"""Finding out how far a model agrees with people, before it may tell learners what it thinks of their prompts."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from lms.core.errors import ActionRefused
from lms.core.services import write_audit_entry
from lms.people.models import User
from sandbox.agreement import agreement
from sandbox.gold import GoldPrompt
from sandbox.judge import JUDGE_VERSION, JUDGED
from sandbox.model_access import chat_provider
from sandbox.models import Calibration, Provider
from sandbox.providers.base import ChatProvider
from sandbox.selectors.judging import calibration_of
from sandbox.services.judging import ask_judge

LEASE = timedelta(minutes=5)
AT_ONCE = 4
TRIES = 3
JUDGED_SHARE = 0.8
"""A criterion on which a model shows no words for more than a fifth of the prompts is not one it can judge."""


def start_calibration(
    *, provider: Provider, gold_digest: str, total: int, actor: str, at: datetime
) -> Calibration:
    """Begin to ask a model about the gold set; nothing is asked yet.

    Args:
        provider: The model.
        gold_digest: Of the gold set.
        total: How many prompts it has.
        actor: Who wants to know, as the audit trail names them.
        at: Moment of beginning.

    Raises:
        ActionRefused: It is being asked already, or it cannot be reached.
    """
    chat_provider(provider)
    try:
        with transaction.atomic():
            calibration = Calibration.objects.create(
                provider=provider,
                gold_digest=gold_digest,
                judge_version=JUDGE_VERSION,
                total=total,
                began_at=at,
            )
            _audit("sandbox.start_calibration", provider, actor, at, after={"prompts": total})
    except IntegrityError:
        raise ActionRefused(_("This model is being asked about them already.")) from None
    return calibration


def continue_calibration(
    *,
    calibration: Calibration,
    gold: Sequence[GoldPrompt],
    now: Callable[[], datetime],
    until: datetime,
    provider_of: Callable[[Provider], ChatProvider] = chat_provider,
) -> bool:
    """Ask a model about the next prompts of the gold set, a few at once; returns whether it has come to an end.

    What was asked is kept after every few, so whoever goes on later, or in place of one that died, asks nothing twice.
    A model that does not answer at all ends it; one prompt that it does not answer counts as unreadable.

    Args:
        calibration: One that has begun.
        gold: The whole gold set.
        now: The clock.
        until: When to leave the rest to the next call.
        provider_of: How a stored provider becomes one that answers.
    """
    going_on = Calibration.objects.filter(pk=calibration.pk, ended_at=None)
    if not Calibration.objects.due(now()).filter(pk=calibration.pk).update(leased_until=now() + LEASE):
        return not going_on.exists()
    calibration.refresh_from_db()
    try:
        chat = provider_of(calibration.provider)
    except ActionRefused as refusal:
        return _end(calibration, now(), problem=refusal.message)
    at_once = 1 if calibration.provider.is_local else AT_ONCE  # learners want its other place
    tries = calibration.tries  # kept with the rest: a model that is silent for a minute is not asked for ever
    while batch := [each for each in gold if each.identity not in calibration.levels][:at_once]:
        if now() >= until:
            Calibration.objects.filter(pk=calibration.pk).update(leased_until=None)
            return False
        for each in batch:
            tries[each.identity] = tries.get(each.identity, 0) + 1
        questions = {each.identity: (each.prompt, each.definition) for each in batch}
        judgments = ask_judge(chat=chat, prompts=questions)
        failures = [each.failure for each in judgments.values() if each.failure]
        if len(failures) == len(batch) and min(tries[each] for each in judgments) >= TRIES:
            return _end(calibration, now(), problem=failures[0])
        for identity, judgment in judgments.items():
            if not judgment.failure or tries[identity] >= TRIES:
                calibration.levels[identity] = {each.key: each.level for each in judgment.opinions}
        kept = {"levels": calibration.levels, "tries": tries, "leased_until": now() + LEASE}
        if not going_on.update(**kept):
            return True  # it was ended by somebody else, or its model was removed
    return _end(calibration, now(), gold=gold)


def _end(
    calibration: Calibration, at: datetime, *, gold: Sequence[GoldPrompt] = (), problem: str = ""
) -> bool:
    by_criterion = {} if problem else agreement_with(calibration.levels, gold)
    kappas = [each["kappa"] or 0.0 for each in by_criterion.values()]
    Calibration.objects.filter(pk=calibration.pk, ended_at=None).update(
        by_criterion=by_criterion,
        kappa=sum(kappas) / len(kappas) if kappas else None,
        problem=problem[:400],
        leased_until=None,
        ended_at=at,
    )
    return True


def agreement_with(
    levels: Mapping[str, Mapping[str, int]], gold: Sequence[GoldPrompt]
) -> dict[str, dict[str, Any]]:
    """Return how far judged levels agree with people, by criterion: with the rater with whom they agree less.

    Args:
        levels: By prompt and criterion, as a model judged them.
        gold: The gold set.

    Returns:
        ``n``, ``kappa``, ``low`` and ``high`` (see `Agreement`) of each criterion; a kappa of None where too few
        prompts were judged, or one of the two always says the same.
    """
    return {key: _agreement_on(key, levels, gold) for key in JUDGED}


def _agreement_on(
    key: str, levels: Mapping[str, Mapping[str, int]], gold: Sequence[GoldPrompt]
) -> dict[str, Any]:
    judged = [each for each in gold if key in levels.get(each.identity, {})]
    if not judged or len(judged) < JUDGED_SHARE * len(gold):
        return {"n": len(judged), "kappa": None, "low": None, "high": None}
    said = [levels[each.identity][key] for each in judged]
    raters = zip(*(each.ratings for each in judged), strict=True)
    found = [agreement(said, [rating[key] for rating in ratings]) for ratings in raters]
    least = min(found, key=lambda each: -1.0 if each.kappa is None else each.kappa)
    return {"n": least.n, "kappa": least.kappa, "low": least.low, "high": least.high}


@transaction.atomic
def stop_calibration(*, calibration: Calibration, actor: User, at: datetime) -> None:
    """End a calibration early. Doing it twice changes nothing."""
    if Calibration.objects.filter(pk=calibration.pk, ended_at=None).update(
        ended_at=at, problem=_("It was stopped."), leased_until=None
    ):
        _audit("sandbox.stop_calibration", calibration.provider, actor.as_actor, at)


@transaction.atomic
def let_judge(*, provider: Provider, may_judge: bool, actor: User, at: datetime) -> Provider:
    """Let a model give second opinions, or no longer.

    Raises:
        ActionRefused: It has not shown that it agrees with people.
    """
    row: Provider = Provider.objects.select_for_update().get(pk=provider.pk)
    if may_judge and calibration_of(row) is None:
        raise ActionRefused(
            _(
                "Calibrate it first: it may give opinions when it agrees with people (kappa of %(mark)s or more)."
            )
            % {"mark": Calibration.PASS_MARK}
        )
    if row.may_judge != may_judge:
        row.may_judge = may_judge
        row.save(update_fields=["may_judge"])
        told = ({"may_judge": not may_judge}, {"may_judge": may_judge})
        _audit("sandbox.let_judge", row, actor.as_actor, at, *told)
    return row


def _audit(
    action: str,
    provider: Provider,
    actor: str,
    at: datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    write_audit_entry(
        actor=actor,
        action=action,
        object_type="sandbox.provider",
        object_id=str(provider.public_id),
        before=before,
        after=after,
        at=at,
    )
