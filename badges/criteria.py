"""The rules of an achievement, decided on plain facts: no database, no clock, no settings.

A rule is a tree: ``all``, ``any`` and ``at_least`` join conditions, and each condition asks for one thing that somebody
has done or holds. It is stored as JSON, such as::

    {"all": [{"path_completed": {"id": "6f0d…"}},
             {"exercise_score": {"id": "91ab…", "part": "prompt", "at_least": 70}},
             {"community_contribution": {"at_least": 3}}]}
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

DEEPEST = 5
MOST = 30
PARTS = ("prompt", "outcome", "review")
MOST_CONTRIBUTIONS = 1000
CONTRIBUTION = re.compile(r"[a-z][a-z_]{0,39}")


class BrokenRule(ValueError):
    """The JSON is no rule; the message says where and why."""


@dataclass(frozen=True)
class Condition:
    """One thing that is asked for.

    Attributes:
        kind: One of `KINDS`.
        object_id: The path, lesson, exercise or achievement it is about; None for contributions, which are counted.
        part: Which score of an exercise, or which contribution; empty elsewhere, and when every contribution counts.
        at_least: The score, from 0 to 100, or the number of contributions, from 1; 0 elsewhere.
    """

    kind: str
    object_id: UUID | None = None
    part: str = ""
    at_least: int = 0


@dataclass(frozen=True)
class Group:
    """Several nodes of which so many must hold."""

    needed: int
    parts: tuple["Condition | Group", ...]

    @property
    def wants_all(self) -> bool:
        """Whether every part must hold."""
        return self.needed == len(self.parts)


Node = Condition | Group


@dataclass(frozen=True)
class Facts:
    """What is known of one person.

    Attributes:
        completed: Paths, lessons and exercises they have completed.
        scores: Their best score for each exercise and part, from 0 to 100.
        held: Achievements of theirs that are valid now.
        attested: Achievements of which somebody above them has said that they do this at work.
        measured: Achievements in whose review a measured result of theirs was confirmed.
        contributed: To how many different things they have contributed in each way; under the empty name in any way.
    """

    completed: frozenset[UUID] = frozenset()
    scores: Mapping[tuple[UUID, str], int] = field(default_factory=dict)
    held: frozenset[UUID] = frozenset()
    attested: frozenset[UUID] = frozenset()
    measured: frozenset[UUID] = frozenset()
    contributed: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """How far somebody is.

    Attributes:
        is_met: Whether the rule holds.
        done: Conditions that hold and count; at most `needed`.
        needed: How many conditions it takes.
        missing: What would still have to hold; of alternatives all that are open. Empty when it is met.
    """

    is_met: bool
    done: int
    needed: int
    missing: tuple[Condition, ...] = ()


_HOLDS: dict[str, Callable[[Condition, Facts], bool]] = {
    "path_completed": lambda asked, facts: asked.object_id in facts.completed,
    "lesson_mastered": lambda asked, facts: asked.object_id in facts.completed,
    "exercise_score": lambda asked, facts: _score(asked, facts) >= asked.at_least,
    "badge_held": lambda asked, facts: asked.object_id in facts.held,
    "manager_attested": lambda asked, facts: asked.object_id in facts.attested,
    "measured_outcome": lambda asked, facts: asked.object_id in facts.measured,
    "community_contribution": lambda asked, facts: facts.contributed.get(asked.part, 0) >= asked.at_least,
}
KINDS = tuple(_HOLDS)


def _score(asked: Condition, facts: Facts) -> int:
    return facts.scores.get((asked.object_id, asked.part), -1) if asked.object_id else -1


def evaluate(node: Node, facts: Facts) -> Outcome:
    """Return how far somebody is with a rule. More facts never make less of it."""
    if isinstance(node, Condition):
        holds = _HOLDS[node.kind](node, facts)
        return Outcome(holds, int(holds), 1, () if holds else (node,))
    outcomes = [evaluate(part, facts) for part in node.parts]
    met = [each for each in outcomes if each.is_met]
    if len(met) >= node.needed:
        needed = sum(sorted(each.needed for each in met)[: node.needed])
        return Outcome(is_met=True, done=needed, needed=needed)
    # Of alternatives, the nearest ones tell how much is left: what is met first, then what lacks least.
    nearest = sorted(outcomes, key=lambda each: (not each.is_met, each.needed - each.done))[: node.needed]
    return Outcome(
        is_met=False,
        done=sum(each.done for each in nearest),
        needed=sum(each.needed for each in nearest),
        missing=tuple(condition for each in outcomes for condition in each.missing),
    )


def is_met_by_any_condition(node: Node) -> bool:
    """Whether each condition alone is enough, so that nobody is ever on the way."""
    if isinstance(node, Condition):
        return True
    return node.needed == 1 and all(is_met_by_any_condition(part) for part in node.parts)


def conditions_of(node: Node) -> Iterator[Condition]:
    """Yield every condition of a rule, in its order."""
    if isinstance(node, Condition):
        yield node
    else:
        for part in node.parts:
            yield from conditions_of(part)


def parse_rule(data: Any) -> Node:
    """Return the rule that JSON says.

    Raises:
        BrokenRule: It says none; the message names the place.
    """
    node = _node(data, "the rule", 1)
    number = sum(1 for _condition in conditions_of(node))
    if number > MOST:
        raise BrokenRule(f"The rule asks for {number} things; {MOST} are the most.")
    return node


def _node(data: Any, place: str, depth: int) -> Node:
    if depth > DEEPEST:
        raise BrokenRule(f"{place} is nested too deeply; {DEEPEST} levels are the most.")
    if not isinstance(data, dict) or len(data) != 1:
        raise BrokenRule(
            f"{place} must be one of all, any, at_least, {', '.join(KINDS)}, with what it asks for."
        )
    [(name, value)] = data.items()
    if name in {"all", "any"}:
        parts = _parts(value, place, depth)
        return Group(len(parts) if name == "all" else 1, parts)
    if name == "at_least":
        return _at_least(value, place, depth)
    if name not in KINDS:
        raise BrokenRule(f"{place} has the unknown condition “{name}”. There are: {', '.join(KINDS)}.")
    return _condition(name, value, place)


def _at_least(value: Any, place: str, depth: int) -> Group:
    if not isinstance(value, dict) or set(value) != {"of", "number"}:
        raise BrokenRule(f"{place}: at_least takes a number, and of which conditions.")
    parts = _parts(value["of"], place, depth)
    if type(value["number"]) is not int or not 1 <= value["number"] <= len(parts):
        raise BrokenRule(f"{place}: at_least takes a number from 1 to {len(parts)}.")
    return Group(value["number"], parts)


def _parts(value: Any, place: str, depth: int) -> tuple[Node, ...]:
    if not isinstance(value, list) or not value:
        raise BrokenRule(f"{place} has no conditions. Add at least one.")
    return tuple(_node(each, f"{place}, part {number}", depth + 1) for number, each in enumerate(value, 1))


def _condition(kind: str, value: Any, place: str) -> Condition:
    if kind == "community_contribution":
        return _contribution(value, place)
    expected = {"id", "part", "at_least"} if kind == "exercise_score" else {"id"}
    if not isinstance(value, dict) or set(value) != expected:
        raise BrokenRule(f"{place}: {kind} takes {', '.join(sorted(expected))}.")
    if kind == "exercise_score":
        if value["part"] not in PARTS:
            raise BrokenRule(f"{place}: an exercise has the scores {', '.join(PARTS)}.")
        if type(value["at_least"]) is not int or not 0 <= value["at_least"] <= 100:
            raise BrokenRule(f"{place}: a score is a whole number from 0 to 100.")
    return Condition(kind, _identity(value["id"], place), value.get("part", ""), value.get("at_least", 0))


def _contribution(value: Any, place: str) -> Condition:
    if not isinstance(value, dict) or not {"at_least"} <= set(value) <= {"at_least", "kind"}:
        raise BrokenRule(f"{place}: community_contribution takes at_least, and a kind where only one counts.")
    if type(value["at_least"]) is not int or not 1 <= value["at_least"] <= MOST_CONTRIBUTIONS:
        raise BrokenRule(f"{place}: contributions are a whole number from 1 to {MOST_CONTRIBUTIONS}.")
    kind = value.get("kind")
    if kind is not None and not (isinstance(kind, str) and CONTRIBUTION.fullmatch(kind)):
        raise BrokenRule(f"{place} names no kind of contribution. Choose it again.")
    return Condition("community_contribution", None, kind or "", value["at_least"])


def _identity(value: Any, place: str) -> UUID:
    try:
        return UUID(value)
    except (TypeError, ValueError, AttributeError):
        raise BrokenRule(f"{place} names nothing that exists. Choose it again.") from None


def to_json(node: Node) -> dict[str, Any]:
    """Return a rule as it is stored; `parse_rule` reads it back."""
    if isinstance(node, Group):
        parts = [to_json(part) for part in node.parts]
        if node.wants_all:
            return {"all": parts}
        return {"any": parts} if node.needed == 1 else {"at_least": {"number": node.needed, "of": parts}}
    if node.kind == "community_contribution":
        only = {"kind": node.part} if node.part else {}
        return {node.kind: {"at_least": node.at_least, **only}}
    value: dict[str, Any] = {"id": str(node.object_id)}
    if node.kind == "exercise_score":
        value |= {"part": node.part, "at_least": node.at_least}
    return {node.kind: value}


def badges_in_a_circle(rules: Mapping[UUID, Sequence[UUID]]) -> list[UUID]:
    """Return achievements that wait for each other, in their order; empty when nobody waits for themselves.

    Args:
        rules: For each achievement those that its rule asks for.
    """
    for start in rules:
        trail = _trail_back_to(start, start, rules, ())
        if trail:
            return trail
    return []


def _trail_back_to(
    start: UUID, here: UUID, rules: Mapping[UUID, Sequence[UUID]], seen: tuple[UUID, ...]
) -> list[UUID]:
    for following in rules.get(here, ()):
        if following == start:
            return [*seen, here]
        if following not in (*seen, here):
            trail = _trail_back_to(start, following, rules, (*seen, here))
            if trail:
                return trail
    return []
