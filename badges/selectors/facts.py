"""What is known of people, for the rules of achievements: as plain facts of some, or as one question about all."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from functools import reduce
from operator import add, and_, or_
from typing import Any
from uuid import UUID

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.db.models.lookups import GreaterThanOrEqual

from badges.criteria import PARTS, Condition, Facts, Node, conditions_of
from badges.models import Attestation, Award
from lms.people.models import User
from lms.records.models import LearningRecord

LEARNED = {"path_completed", "lesson_mastered", "exercise_score"}
"""Conditions about what was completed; an id says by itself whether it is a path, a lesson or an exercise."""


def facts_about(
    *,
    people: Collection[int],
    nodes: Iterable[Node],
    at: datetime,
    since: Mapping[int, datetime] | None = None,
) -> dict[int, Facts]:
    """Return what rules may ask about people, by their keys; whoever has done nothing is there, too.

    Args:
        people: Their keys.
        nodes: The rules.
        at: Now; what is held must be valid then.
        since: From when on what somebody has completed, and what was said about them, counts, by their key; from the
            beginning when absent.

    Cost: three queries at most.
    """
    asked: dict[str, set[UUID]] = defaultdict(set)
    for node in nodes:
        for condition in conditions_of(node):
            asked["learned" if condition.kind in LEARNED else condition.kind].add(condition.object_id)
    since = since or {}
    completed, scores = _learned(people, asked["learned"], since)
    valid = Award.objects.valid_at(at).filter(achievement__public_id__in=asked["badge_held"])
    held = _by_person(valid.filter(recipient__in=people).values_list("recipient", "achievement__public_id"))
    words = Attestation.objects.filter(achievement__public_id__in=asked["manager_attested"])
    said = words.filter(person__in=people).values_list("person", "achievement__public_id", "at")
    attested = _by_person(
        (person, object_id) for person, object_id, at in said if person not in since or at >= since[person]
    )
    return {
        key: Facts(frozenset(completed[key]), scores[key], frozenset(held[key]), frozenset(attested[key]))
        for key in people
    }


def _learned(
    people: Collection[int], object_ids: Collection[UUID], since: Mapping[int, datetime]
) -> tuple[dict[int, set[UUID]], dict[int, dict[tuple[UUID, str], int]]]:
    completed: dict[int, set[UUID]] = defaultdict(set)
    scores: dict[int, dict[tuple[UUID, str], int]] = defaultdict(dict)
    records = _completions().filter(actor__in=people, object_id__in=object_ids)
    for actor, object_id, result, at in records.values_list("actor", "object_id", "result", "at"):
        if actor in since and at < since[actor]:
            continue
        completed[actor].add(object_id)
        for part, score in (result.get("score") or {}).items():
            if part in PARTS:
                scores[actor][object_id, part] = max(score, scores[actor].get((object_id, part), 0))
    return completed, scores


def _by_person(rows: Iterable[tuple[int, UUID]]) -> dict[int, set[UUID]]:
    grouped: dict[int, set[UUID]] = defaultdict(set)
    for person, object_id in rows:
        grouped[person].add(object_id)
    return grouped


def people_who_meet(node: Node, *, at: datetime) -> QuerySet[User]:
    """Return everyone for whom a rule holds, as one query; the same people for whom `evaluate` says so.

    Args:
        node: The rule.
        at: Now.
    """
    people: QuerySet[User] = User.objects.filter(question(node, at=at, person="pk"))
    return people


def question(node: Node, *, at: datetime, person: str, since: Any = None) -> Q:
    """Return whether a rule holds for whom a row is about.

    Args:
        node: The rule.
        at: Now.
        person: Name of the column that holds their key.
        since: From when on what they have completed counts, as an expression of the outer row; None from the beginning.
    """
    if isinstance(node, Condition):
        return Q(_exists(node, at, OuterRef(person), since))
    parts = [question(part, at=at, person=person, since=since) for part in node.parts]
    if node.wants_all:
        return reduce(and_, parts)
    if node.needed == 1:
        return reduce(or_, parts)
    counted = [Case(When(part, then=1), default=0, output_field=IntegerField()) for part in parts]
    return Q(GreaterThanOrEqual(reduce(add, counted), Value(node.needed)))


def _exists(condition: Condition, at: datetime, person: OuterRef, since: Any) -> Exists:
    if condition.kind == "badge_held":
        held = Award.objects.valid_at(at).filter(achievement__public_id=condition.object_id)
        return Exists(held.filter(recipient=person))
    if condition.kind == "manager_attested":
        words = Attestation.objects.filter(achievement__public_id=condition.object_id)
        return Exists(words.filter(person=person))
    records = _completions().filter(actor=person, object_id=condition.object_id)
    if since is not None:
        records = records.filter(at__gte=since)
    if condition.kind == "exercise_score":
        records = records.filter(**{f"result__score__{condition.part}__gte": condition.at_least})
    return Exists(records)


def _completions() -> QuerySet[LearningRecord]:
    return LearningRecord.objects.filter(verb=LearningRecord.Verb.COMPLETED)
