"""What choosing needs to know: the tips there are, and what some people have had, found hard and called not useful."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Count, Max, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from lms.notifications.models import Delivery
from lms.records.models import LearningRecord
from lms.tips.choosing import LEVELS, WEEKS_BEFORE_AGAIN, Candidate, Pool
from lms.tips.models import RecallCard, Tip, TipAnswer, TipDelivery
from lms.tips.recall import Waiting, first_to_come_back
from lms.tips.selectors.keys import Among, among

NEVER_HAD = Q(state=Delivery.State.DROPPED, opened_at=None, usefulness="")
"""Of deliveries: those that were dropped, of tips that their recipients have not looked at either.

One that could not be sent counts as had: it could be read on Today all the same.
"""
PATHS_FOR_LEVEL = ((3, LEVELS[2]), (1, LEVELS[1]))
"""How many completed paths make somebody ready for a level."""


def sendable_pool(on: date) -> Pool:
    """Return the tips that may be sent on a day; three queries."""
    tips = list(Tip.objects.sendable(on).order_by("pk").values_list("pk", "level", "question"))
    roles = _pairs(Tip.roles.through)
    skills = _pairs(Tip.skills.through)
    return Pool(
        [
            Candidate(pk, roles.get(pk, frozenset()), skills.get(pk, frozenset()), level, bool(question))
            for pk, level, question in tips
        ]
    )


def _pairs(through: type) -> dict[int, frozenset[int]]:
    found: dict[int, set[int]] = {}
    [other] = [each for each in through._meta.fields if each.is_relation and each.name != "tip"]  # type: ignore[attr-defined]
    for tip, value in through.objects.values_list("tip_id", other.attname):  # type: ignore[attr-defined]
        found.setdefault(tip, set()).add(value)
    return {tip: frozenset(values) for tip, values in found.items()}


@dataclass
class Past:
    """What came before, of some people, by their keys; perhaps of others between them, too.

    Attributes:
        had: Tips they have had within half a year, with the last week of each.
        unwanted: Tips they called not useful.
        missed: Tips whose question they last answered wrongly.
        due: For each with a question that comes back this week, the card of that question.
        levels: Their levels, where it is not the lowest.
    """

    had: dict[int, dict[int, date]] = field(default_factory=dict)
    unwanted: dict[int, set[int]] = field(default_factory=dict)
    missed: dict[int, set[int]] = field(default_factory=dict)
    due: dict[int, Waiting] = field(default_factory=dict)
    levels: dict[int, str] = field(default_factory=dict)


def past_of(people: Collection[int], week: date, *, asking: Collection[int] = ()) -> Past:
    """Return what came before of some people; four queries, or four for each thousand who are spread widely.

    Args:
        people: Their keys.
        week: The Monday of the week to come.
        asking: Keys of the tips whose questions may come back; with none, nobody asks which do.
    """
    past = Past()
    for these in among(people):
        _add_past(past, these, week)
        if asking:
            _add_due(past, these, week, asking)
    return past


def _add_past(past: Past, these: Among, week: date) -> None:
    since = week - timedelta(weeks=WEEKS_BEFORE_AGAIN)
    not_useful = Q(usefulness=TipDelivery.Usefulness.NOT_USEFUL)  # that is never forgotten
    rows = TipDelivery.objects.filter(these("recipient"), Q(week__gte=since) | not_useful)
    rows = rows.exclude(NEVER_HAD)
    for person, tip, in_week, usefulness in rows.order_by("week").values_list(
        "recipient", "tip", "week", "usefulness"
    ):
        past.had.setdefault(person, {})[tip] = in_week
        if usefulness == TipDelivery.Usefulness.NOT_USEFUL:
            past.unwanted.setdefault(person, set()).add(tip)
    answers = TipAnswer.objects.filter(these("delivery__recipient"), answered_at__date__gte=since)
    for person, tip, is_right in answers.order_by("answered_at").values_list(
        "delivery__recipient", "tip", "is_right"
    ):
        missed = past.missed.setdefault(person, set())
        (missed.discard if is_right else missed.add)(tip)
    past.levels.update(_levels(these))


def _add_due(past: Past, these: Among, week: date, asking: Collection[int]) -> None:
    # An answer moves the week in which a card is due: rows from then on were not answered.
    rows = TipDelivery.objects.filter(recall=OuterRef("pk"), week__gte=OuterRef("due_week"), week__lt=week)
    returns = rows.exclude(NEVER_HAD).order_by().values("recall")
    cards = RecallCard.objects.filter(these("person"), due_week__lte=week).annotate(
        asked=Coalesce(Subquery(returns.annotate(number=Count("pk")).values("number")), 0),
        last_asked=Subquery(returns.annotate(last=Max("week")).values("last")),
    )
    waiting: dict[int, list[Waiting]] = {}
    for person, *card in cards.values_list("person", *Waiting._fields[:3], "pk", "tip"):
        found = Waiting(*card)
        if found.tip in asking:
            waiting.setdefault(person, []).append(found)
    for person, theirs in waiting.items():
        first = first_to_come_back(theirs, week)
        if first is not None:
            past.due[person] = first


def _levels(these: Among) -> dict[int, str]:
    paths = LearningRecord.objects.filter(
        these("actor"),
        verb=LearningRecord.Verb.COMPLETED,
        object_type=LearningRecord.ObjectType.PATH,
    )
    counts = paths.order_by().values_list("actor").annotate(Count("object_id", distinct=True))
    return {person: _level(number) for person, number in counts}


def _level(paths: int) -> str:
    return next((level for least, level in PATHS_FOR_LEVEL if paths >= least), LEVELS[0])


def skills_of(pool: Pool, tips: Mapping[int, object] | set[int]) -> set[int]:
    """Return the skills that some tips are about; those that are no longer sent have none."""
    wanted = set(tips)
    if not wanted:
        return set()
    return {skill for each in pool.candidates if each.key in wanted for skill in each.skills}
