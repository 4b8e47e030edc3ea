"""What administrators see of practice: models, budgets, and counts. Nothing here is about one person."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q, Sum

from lms.people.models import OrgUnit, User
from lms.people.selectors import company_day
from sandbox.guard.kinds import KINDS
from sandbox.models import Budget, BudgetUse, CompanyWord, GuardCount, PracticeMonth, Provider
from sandbox.small_groups import groups_to_show

DAYS_COUNTED = 30
COMPANY = ""
"""The path above all units."""


@dataclass(frozen=True)
class BudgetLine:
    """A budget and what is used of it now, answers under way included.

    Attributes:
        runs: None where it is not shown.
        tokens: None where it is not shown.
    """

    budget: Budget
    runs: int | None = None
    tokens: int | None = None

    @property
    def is_shown(self) -> bool:
        """Whether use may be shown: never that of a person, nor of so few that it would be about one."""
        return self.runs is not None

    @property
    def is_of_few(self) -> bool:
        """Whether use is hidden because it would be about few people."""
        return not self.is_shown and self.budget.scope != Budget.Scope.PERSON


@dataclass(frozen=True)
class GuardLine:
    """How often the guard found something of a kind.

    Attributes:
        name: What the kind is called.
        refused: Times in a prompt that was not sent.
        passed: Times in a prompt that was sent, after the learner had looked at it or with it replaced.
    """

    name: str
    refused: int
    passed: int


@dataclass(frozen=True)
class PracticeOverview:
    """The practice page of Manage.

    Attributes:
        providers: In the order in which they are offered.
        words: How many words and phrases of the company the guard knows.
        guard: Of the last 30 days, the kind found most often first.
        months: Of the latest month that was counted, the exercise that most people tried first.
    """

    providers: list[Provider]
    budgets: list[BudgetLine]
    words: int
    guard: list[GuardLine]
    months: list[PracticeMonth]


def practice_overview(now: datetime) -> PracticeOverview:
    """Return all that the page shows; eight queries, however much there is."""
    today = company_day(now)
    return PracticeOverview(
        providers=list(Provider.objects.order_by("position", "pk")),
        budgets=budget_lines(today),
        words=company_word_count(),
        guard=_guard_lines(since=today - timedelta(days=DAYS_COUNTED)),
        months=_latest_month(),
    )


def _latest_month() -> list[PracticeMonth]:
    latest = PracticeMonth.objects.order_by("-begins_on").values("begins_on")[:1]
    return list(PracticeMonth.objects.filter(begins_on=latest).select_related("exercise"))


def company_word_count() -> int:
    """Return how many words and phrases the guard knows; which ones, nobody can tell."""
    return CompanyWord.objects.count()


def budget_lines(today: date) -> list[BudgetLine]:
    """Return the budgets, those for the most people first, with what is used of them; four queries.

    Args:
        today: The day it is in the zone of the company.
    """
    order = {Budget.Scope.COMPANY: 0, Budget.Scope.GROUP: 1, Budget.Scope.PERSON: 2}
    budgets = list(Budget.objects.select_related("unit"))
    paths = {
        budget.pk: budget.unit.path if budget.unit else COMPANY
        for budget in budgets
        if budget.scope != Budget.Scope.PERSON
    }
    shown = groups_to_show(_people_in(set(paths.values())))
    uses = _uses(paths, today)
    lines = [
        _line(budget, uses.get(budget.pk)) if paths.get(budget.pk) in shown else BudgetLine(budget)
        for budget in budgets
    ]
    return sorted(
        lines, key=lambda line: (order[Budget.Scope(line.budget.scope)], paths.get(line.budget.pk, ""))
    )


def _line(budget: Budget, use: BudgetUse | None) -> BudgetLine:
    if use is None:
        return BudgetLine(budget, 0, 0)
    return BudgetLine(budget, use.runs_used + use.runs_reserved, use.tokens_used + use.tokens_reserved)


def _uses(paths: dict[int, str], today: date) -> dict[int, BudgetUse]:
    """Return the use of each of these budgets in the period that today is in."""
    days = Q(budget__period=Budget.Period.DAY, begins_on=today)
    months = Q(budget__period=Budget.Period.MONTH, begins_on=today.replace(day=1))
    return {use.budget_id: use for use in BudgetUse.objects.filter(days | months, budget__in=paths)}


def _people_in(paths: set[str]) -> dict[str, int]:
    """Return how many people work in each of these units and below them now; two queries."""
    direct = dict(User.objects.current().order_by().values_list("org_unit").annotate(people=Count("pk")))
    total: Counter[str] = Counter({COMPANY: sum(direct.values())})
    for pk, path in OrgUnit.objects.filter(pk__in=[pk for pk in direct if pk]).values_list("pk", "path"):
        for end in range(OrgUnit.steplen, len(path) + 1, OrgUnit.steplen):
            total[path[:end]] += direct[pk]
    return {path: total[path] for path in paths}


def _guard_lines(*, since: date) -> list[GuardLine]:
    """Return what was found after a day."""
    found = (
        GuardCount.objects.filter(day__gt=since)
        .values("kind")
        .annotate(
            refused=Sum("count", filter=Q(action="refused"), default=0),
            passed=Sum("count", filter=Q(action="passed"), default=0),
        )
    )
    lines = [
        GuardLine(
            str(KINDS[row["kind"]].label) if row["kind"] in KINDS else row["kind"],
            row["refused"],
            row["passed"],
        )
        for row in found
    ]
    return sorted(lines, key=lambda line: (-line.refused - line.passed, line.name))
