"""Budgets as they stand: which count for a person, and what is left of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lms.people.models import OrgUnit, User
from lms.people.selectors import company_day, today_of
from sandbox.models import Budget, BudgetUse


@dataclass(frozen=True)
class Remaining:
    """What a person has left of one budget, reservations taken off.

    Attributes:
        runs: Runs left; None without a limit.
        tokens: Tokens left; None without a limit.
    """

    budget: Budget
    runs: int | None
    tokens: int | None

    @property
    def words(self) -> str:
        """Say what is left, such as "18 of 20 runs left today"."""
        today = self.budget.period == Budget.Period.DAY
        if self.runs is not None:
            left = ngettext(
                "%(left)d of %(limit)d run left", "%(left)d of %(limit)d runs left", self.budget.runs or 0
            )
            values = {"left": self.runs, "limit": self.budget.runs}
        else:
            left = _("%(left)s of %(limit)s tokens left")
            values = {"left": self.tokens, "limit": self.budget.tokens}
        return f"{left % values} {_('today') if today else _('this month')}"


def budgets_of(person: User) -> list[Budget]:
    """Return the budgets that a person's runs count into, their own first; two queries."""
    units: list[int] = []
    if person.org_unit_id:
        unit = OrgUnit.objects.get(pk=person.org_unit_id)
        steps = range(OrgUnit.steplen, len(unit.path) + 1, OrgUnit.steplen)
        units = list(
            OrgUnit.objects.filter(path__in=[unit.path[:end] for end in steps]).values_list("pk", flat=True)
        )
    order = {Budget.Scope.PERSON: 0, Budget.Scope.GROUP: 1, Budget.Scope.COMPANY: 2}
    chosen = Budget.objects.filter(~Q(scope=Budget.Scope.GROUP) | Q(unit__in=units))
    return sorted(chosen, key=lambda each: (order[Budget.Scope(each.scope)], each.period, each.pk))


def remaining_of(person: User, now: datetime) -> list[Remaining]:
    """Return what a person has left of each limited budget of their own; four queries.

    What is left of a unit's budget would tell two people in a small unit what the other one practiced. When it is
    used up, `reserve` says so.
    """
    own = [each for each in budgets_of(person) if each.scope == Budget.Scope.PERSON]
    budgets = [each for each in own if each.runs is not None or each.tokens is not None]
    wanted = Q(pk__in=[])
    for budget in budgets:
        wanted |= Q(
            budget=budget, subject=subject_of(budget, person), begins_on=period_of(budget, person, now)
        )
    uses = {use.budget_id: use for use in BudgetUse.objects.filter(wanted)}
    return [_remaining(budget, uses.get(budget.pk)) for budget in budgets]


def _remaining(budget: Budget, use: BudgetUse | None) -> Remaining:
    runs = use.runs_used + use.runs_reserved if use else 0
    tokens = use.tokens_used + use.tokens_reserved if use else 0
    return Remaining(
        budget,
        runs=None if budget.runs is None else max(0, budget.runs - runs),
        tokens=None if budget.tokens is None else max(0, budget.tokens - tokens),
    )


def tightest(remaining: Iterable[Remaining]) -> Remaining | None:
    """Return the budget to show: the one with the smallest share left; None without limits."""

    def share(each: Remaining) -> float:
        shares = []
        if each.runs is not None:
            shares.append(each.runs / max(1, each.budget.runs or 0))
        if each.tokens is not None:
            shares.append(each.tokens / max(1, each.budget.tokens or 0))
        return min(shares)

    return min(remaining, key=share, default=None)


def subject_of(budget: Budget, person: User) -> int:
    """Return whose use of a budget it is: the person's, the unit's, or everybody's."""
    if budget.scope == Budget.Scope.PERSON:
        return person.pk
    return budget.unit_id or 0


def period_of(budget: Budget, person: User, at: datetime) -> date:
    """Return the first day of the period: where the person lives, or the company's where many count together."""
    today = today_of(person, at) if budget.scope == Budget.Scope.PERSON else company_day(at)
    return today if budget.period == Budget.Period.DAY else today.replace(day=1)
