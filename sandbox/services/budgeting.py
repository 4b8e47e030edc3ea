"""Budgets: reserved before a model is asked, settled when it has answered. No deficit, whoever asks at once."""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from lms.core.errors import ActionRefused
from lms.people.models import User
from sandbox.models import Budget, BudgetUse, Run, SecondOpinion
from sandbox.selectors.budgets import budgets_of, period_of, subject_of


class BudgetExhausted(ActionRefused):
    """A budget that the person counts into has not enough left."""


@transaction.atomic
def reserve(*, person: User, tokens: int, at: datetime) -> list[int]:
    """Reserve a run and so many tokens in every budget of a person; all of them or none.

    Each budget is one UPDATE that changes nothing when not enough is left, so requests at the same moment can never
    get more than there is.

    Returns:
        Primary keys of the uses in which it stands, for `settle`.

    Raises:
        BudgetExhausted: One budget has not enough left; nothing is reserved.
    """
    uses = []
    for budget in sorted(budgets_of(person), key=lambda each: each.pk):
        use, _created = BudgetUse.objects.get_or_create(
            budget=budget, subject=subject_of(budget, person), begins_on=period_of(budget, person, at)
        )
        enough = BudgetUse.objects.filter(pk=use.pk)
        if budget.runs is not None:
            enough = enough.filter(runs_used__lte=budget.runs - 1 - F("runs_reserved"))
        if budget.tokens is not None:
            enough = enough.filter(tokens_used__lte=budget.tokens - tokens - F("tokens_reserved"))
        if not enough.update(
            runs_reserved=F("runs_reserved") + 1, tokens_reserved=F("tokens_reserved") + tokens
        ):
            raise BudgetExhausted(_exhausted(budget))
        uses.append(use.pk)
    return uses


def settle(*, held_by: Run | SecondOpinion, tokens: int, counts: bool) -> bool:
    """Turn what was reserved into what it used; returns whether it was still open. Doing it twice changes nothing.

    Args:
        held_by: What reserved it; its end is stored in the same transaction.
        tokens: Used in all.
        counts: Whether it counts as a run: one that never reached a model does not.
    """
    if not type(held_by).objects.filter(pk=held_by.pk, is_settled=False).update(is_settled=True):
        return False
    held_by.is_settled = True
    held = held_by.reserved.get("tokens", 0)
    # Never more than was reserved: a limit that was kept stays kept.
    used = min(tokens, held)
    BudgetUse.objects.filter(pk__in=held_by.reserved.get("uses", [])).update(
        runs_reserved=F("runs_reserved") - 1,
        runs_used=F("runs_used") + (1 if counts else 0),
        tokens_reserved=F("tokens_reserved") - held,
        tokens_used=F("tokens_used") + used,
    )
    return True


def _exhausted(budget: Budget) -> str:
    whose = {
        Budget.Scope.PERSON: _("Your runs"),
        Budget.Scope.GROUP: _("The runs of your unit"),
        Budget.Scope.COMPANY: _("The runs of the company"),
    }[Budget.Scope(budget.scope)]
    until = _("tomorrow") if budget.period == Budget.Period.DAY else _("next month")
    return _(
        "%(whose)s are used up; they begin anew %(until)s. Your prompt is kept here, and you still get "
        "feedback on it without an answer."
    ) % {"whose": whose, "until": until}
