"""What is known of people, for the rules of achievements: as plain facts of some, or as one question about all."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from operator import add, and_, or_
from typing import Any
from uuid import UUID

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    IntegerField,
    JSONField,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Replace
from django.db.models.lookups import GreaterThanOrEqual

from badges.criteria import PARTS, Condition, Facts, Node, conditions_of
from badges.models import Attestation, Award, Nomination
from lms.people.models import User
from lms.records.contributions import Contribution, contributions, is_contribution
from lms.records.models import LearningRecord

Verb = LearningRecord.Verb
CONTRIBUTION = "community_contribution"
LEARNED = {"path_completed", "lesson_mastered", "exercise_score", "measured_outcome"}
"""Conditions about what was completed or measured; an id says by itself whether it is a path, a lesson or another."""
DONE, CONTRIBUTED, HELD, SAID = "done", "contributed", "held", "said"


def is_asked_for_by(node: Node, record: LearningRecord) -> bool:
    """Return whether a rule asks for what a record is about; no query."""
    return any(
        is_contribution(record, each.part)
        if each.kind == CONTRIBUTION
        else each.object_id == record.object_id
        for each in conditions_of(node)
    )


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
        since: From when on what somebody has done, and what was said about them, counts, by their key; from the
            beginning when absent.

    Cost: one query, however many rules and people there are.
    """
    asked: dict[str, set[UUID]] = defaultdict(set)
    kinds = set()
    for node in nodes:
        for condition in conditions_of(node):
            kinds.add(condition.kind)
            if condition.object_id is not None:
                asked["learned" if condition.kind in LEARNED else condition.kind].add(condition.object_id)
    declared = contributions() if CONTRIBUTION in kinds else []
    since = since or {}
    known = {key: _Known() for key in people}
    for source, key, verb, object_type, object_id, result, moment in _rows(people, asked, declared, at):
        if source == HELD or key not in since or moment >= since[key]:
            known[key].learn(source, verb, object_type, object_id, result, declared)
    return {key: each.as_facts() for key, each in known.items()}


def _rows(
    people: Collection[int], asked: Mapping[str, set[UUID]], declared: Iterable[Contribution], at: datetime
) -> QuerySet[Any, tuple[Any, ...]]:
    """Return all that rules ask about people, in one query: of four tables in the same columns."""
    nothing = Value(None, output_field=JSONField())
    in_ledger = ("actor", "verb", "object_type", "object_id", "result", "at")
    learned = LearningRecord.objects.filter(
        Q(verb=Verb.COMPLETED) | _is_confirmed(), actor__in=people, object_id__in=asked["learned"]
    )
    contributed = _contributions(declared).filter(actor__in=people)
    held = Award.objects.valid_at(at).filter(
        achievement__public_id__in=asked["badge_held"], recipient__in=people
    )
    words = Attestation.objects.filter(
        achievement__public_id__in=asked["manager_attested"], person__in=people
    )
    of_achievement = (Value(""), Value(""), "achievement__public_id", nothing)
    return (
        learned.order_by()
        .values_list(Value(DONE), *in_ledger)
        .union(
            contributed.order_by().values_list(Value(CONTRIBUTED), *in_ledger),
            held.order_by().values_list(Value(HELD), "recipient", *of_achievement, "valid_from"),
            words.order_by().values_list(Value(SAID), "person", *of_achievement, "at"),
            all=True,
        )
    )


@dataclass
class _Known:
    """What is known of one person so far."""

    completed: set[UUID] = field(default_factory=set)
    scores: dict[tuple[UUID, str], int] = field(default_factory=dict)
    held: set[UUID] = field(default_factory=set)
    attested: set[UUID] = field(default_factory=set)
    measured: set[UUID] = field(default_factory=set)
    contributed: dict[str, set[UUID]] = field(default_factory=lambda: defaultdict(set))

    def learn(
        self,
        source: str,
        verb: str,
        object_type: str,
        object_id: UUID,
        result: dict[str, Any] | None,
        declared: Iterable[Contribution],
    ) -> None:
        """Add one row."""
        if source == CONTRIBUTED:
            ways = [each.name for each in declared if (each.verb, each.object_type) == (verb, object_type)]
            for way in ("", *ways):
                self.contributed[way].add(object_id)
        elif source in {HELD, SAID}:
            (self.held if source == HELD else self.attested).add(object_id)
        elif verb == Verb.MEASURED:
            self.measured.add(object_id)
        else:
            self.completed.add(object_id)
            for part, score in ((result or {}).get("score") or {}).items():
                if part in PARTS:
                    self.scores[object_id, part] = max(score, self.scores.get((object_id, part), 0))

    def as_facts(self) -> Facts:
        """Return it as rules read it."""
        return Facts(
            completed=frozenset(self.completed),
            scores=self.scores,
            held=frozenset(self.held),
            attested=frozenset(self.attested),
            measured=frozenset(self.measured),
            contributed={way: len(things) for way, things in self.contributed.items()},
        )


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
        since: From when on what they have done, and what was said about them, counts, as an expression of the outer
            row; None from the beginning.
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
        held = Award.objects.valid_at(at).filter(achievement__public_id=_id_of(condition))
        return Exists(held.filter(recipient=person))
    if condition.kind == "manager_attested":
        words = Attestation.objects.filter(achievement__public_id=_id_of(condition), person=person)
        return Exists(words if since is None else words.filter(at__gte=since))
    records = _records(condition).filter(actor=person)
    if since is not None:
        records = records.filter(at__gte=since)
    if condition.kind == CONTRIBUTION:
        things = records.order_by().values("actor").annotate(things=Count("object_id", distinct=True))
        return Exists(things.filter(things__gte=condition.at_least))
    return Exists(records)


def _records(condition: Condition) -> QuerySet[LearningRecord]:
    """Return what the ledger says about one condition."""
    if condition.kind == CONTRIBUTION:
        return _contributions(contributions(condition.part))
    learned = _is_confirmed() if condition.kind == "measured_outcome" else Q(verb=Verb.COMPLETED)
    records = LearningRecord.objects.filter(learned, object_id=_id_of(condition))
    if condition.kind == "exercise_score":
        records = records.filter(**{f"result__score__{condition.part}__gte": condition.at_least})
    return records


def _is_confirmed() -> Q:
    """Return whether a record is about a measured result that still counts.

    The ledger keeps every one. When the award that came of its nomination was taken back, so was the result.
    """
    named = KeyTextTransform("nomination", OuterRef("context"))
    taken_back = Nomination.objects.taken_back().filter(
        nominee=OuterRef("actor"), achievement__public_id=OuterRef("object_id")
    )
    # Without hyphens: one database keeps ids with them, another one without.
    own = taken_back.alias(key=_bare(Cast("public_id", CharField()))).filter(key=_bare(named))
    return Q(~Exists(own), verb=Verb.MEASURED)


def _bare(identity: Cast | KeyTextTransform) -> Replace:
    return Replace(identity, Value("-"), Value(""))


def _id_of(condition: Condition) -> UUID:
    assert condition.object_id is not None, "only contributions are about nothing in particular"
    return condition.object_id


def _contributions(declared: Iterable[Contribution]) -> QuerySet[LearningRecord]:
    ways = (Q(verb=each.verb, object_type=each.object_type) for each in declared)
    return LearningRecord.objects.filter(reduce(or_, ways, Q(pk=None)))
