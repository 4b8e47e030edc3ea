"""Counting what was practiced in a month, in totals that are about nobody."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import fmean

from django.conf import settings
from django.db import transaction

from lms.people.selectors import company_day
from lms.people.time_zones import zone_or_default
from sandbox.models import Attempt, PracticeMonth, Review
from sandbox.small_groups import FEWEST_PEOPLE


@dataclass
class _Tally:
    """One exercise in one month: the prompt scores of each person, first to latest."""

    scores: dict[int, list[int | None]] = field(default_factory=dict)


@transaction.atomic
def count_last_month(*, now: datetime) -> int:
    """Write how each exercise was practiced in the month before this one; returns for how many.

    An exercise that fewer than ten people tried is left out, and so is a mean over fewer than ten. A month is
    counted once: counted again after somebody has deleted an attempt, the difference would be about that person.
    """
    this_month = company_day(now).replace(day=1)
    month = (this_month - timedelta(days=1)).replace(day=1)
    if PracticeMonth.objects.filter(begins_on=month).exists():
        return 0
    begin, end = _midnight(month), _midnight(this_month)
    reviewed = _reviewers(begin, end)
    rows = [
        _row(exercise, month, tally, len(reviewed.get(exercise, ())))
        for exercise, tally in _tallies(begin, end).items()
        if len(tally.scores) >= FEWEST_PEOPLE
    ]
    return len(PracticeMonth.objects.bulk_create(rows, ignore_conflicts=True))


def _tallies(begin: datetime, end: datetime) -> dict[int, _Tally]:
    tried = Attempt.objects.filter(tried_at__gte=begin, tried_at__lt=end).order_by("number")
    tallies: dict[int, _Tally] = {}
    for exercise, learner, score in tried.values_list("exercise", "learner", "prompt_score").iterator():
        tallies.setdefault(exercise, _Tally()).scores.setdefault(learner, []).append(score)
    return tallies


def _reviewers(begin: datetime, end: datetime) -> dict[int, set[int]]:
    reviewed = Review.objects.filter(reviewed_at__gte=begin, reviewed_at__lt=end)
    people: dict[int, set[int]] = {}
    for exercise, learner in reviewed.values_list(
        "run__attempt__exercise", "run__attempt__learner"
    ).iterator():
        people.setdefault(exercise, set()).add(learner)
    return people


def _row(exercise: int, month: date, tally: _Tally, reviewed: int) -> PracticeMonth:
    pairs = [
        (scores[0], scores[-1])
        for scores in tally.scores.values()
        if len(scores) > 1 and scores[0] is not None and scores[-1] is not None
    ]
    is_shown = len(pairs) >= FEWEST_PEOPLE
    return PracticeMonth(
        exercise_id=exercise,
        begins_on=month,
        learners=len(tally.scores),
        attempts=sum(map(len, tally.scores.values())),
        reviewed=_or_none(reviewed),
        tried_again=len(pairs) if is_shown else None,
        first_score=_mean(first for first, _latest in pairs) if is_shown else None,
        latest_score=_mean(latest for _first, latest in pairs) if is_shown else None,
    )


def _or_none(number: int) -> int | None:
    return number if number >= FEWEST_PEOPLE else None


def _mean(scores: Iterable[int | None]) -> float:
    return fmean(score for score in scores if score is not None)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone_or_default("", settings.PRAXIS_TIME_ZONE))
