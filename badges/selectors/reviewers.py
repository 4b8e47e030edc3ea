"""Whether enough people are left to decide about what waits for reviewers."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from badges.models import Nomination, Review
from badges.reviewing import Standing, hindrance
from lms.people.models import ReportingLine, User
from lms.people.permissions import ADMINS, REVIEWERS


@dataclass(frozen=True)
class Short:
    """What waits for one achievement and cannot be decided; not whose it is, which concerns reviewers alone.

    Attributes:
        name: Of the achievement.
        count: How many nominations.
        missing: How many more reviewers the one needs that lacks most.
    """

    name: str
    count: int
    missing: int


def reviewers_missing(nominations: Sequence[Nomination]) -> dict[int, int]:
    """Return how many more reviewers each submitted nomination needs, by their keys; 0 where enough could decide.

    Whoever is in conflict is left out, and after an appeal whoever decided before. Who has decided in
    this round counts; the break-glass account does not, as it is for emergencies.

    Args:
        nominations: With their versions.

    Cost: three queries, however many nominations.
    """
    may_review = User.objects.current().filter(groups__name__in=[REVIEWERS, ADMINS], is_active=True)
    reviewers = list(may_review.only("pk", "manager").distinct())
    lines = ReportingLine.objects.filter(
        manager__in=reviewers, report__in=[each.nominee_id for each in nominations]
    )
    above = set(lines.values_list("manager", "report"))
    rounds: dict[int, list[tuple[int | None, int]]] = defaultdict(list)
    reviews = Review.objects.filter(nomination__in=nominations)
    for nomination, reviewer, number in reviews.values_list("nomination", "reviewer", "round"):
        rounds[nomination].append((reviewer, number))
    return {each.pk: _missing(each, reviewers, above, rounds[each.pk]) for each in nominations}


def _missing(
    nomination: Nomination,
    reviewers: Sequence[User],
    above: set[tuple[int | None, int]],
    decided: Sequence[tuple[int | None, int]],
) -> int:
    parties = {nomination.nominee_id, nomination.nominated_by_id} - {None}
    could = 0
    for reviewer in reviewers:
        standing = Standing(
            is_nominee=reviewer.pk == nomination.nominee_id,
            is_nominator=reviewer.pk == nomination.nominated_by_id,
            is_above=(reviewer.pk, nomination.nominee_id) in above,
            is_below=reviewer.manager_id in parties,
            reviewed_rounds=frozenset(number for who, number in decided if who == reviewer.pk),
        )
        reason = hindrance(standing, round_now=nomination.round, appeal_round=nomination.appeal_round)
        could += reason is None
    opinions = sum(1 for _who, number in decided if number == nomination.round)
    return max(0, nomination.version.reviewers_needed - opinions - could)


def short_of_reviewers() -> list[Short]:
    """Return what waits and cannot be decided, by achievement; four queries."""
    waiting = Nomination.objects.filter(state=Nomination.State.SUBMITTED).select_related("version")
    nominations = list(waiting.order_by("version__name", "pk"))
    missing = reviewers_missing(nominations) if nominations else {}
    found: dict[str, list[int]] = defaultdict(list)
    for nomination in nominations:
        if missing[nomination.pk]:
            found[nomination.version.name].append(missing[nomination.pk])
    return [Short(name, len(numbers), max(numbers)) for name, numbers in found.items()]
