"""The rule of an audience: who is meant, written as a small JSON tree.

Groups are ``{"all": [...]}``, ``{"any": [...]}`` and ``{"not": rule}``; every other part names one fact,
such as ``{"role": ["sales"]}``. `parse_rule` turns the tree into the values below, or says of every wrong part
where it stands and what to write. An empty ``all`` means everyone, an empty ``any`` nobody.
`lms.people.selectors` turns the values into one query.
"""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from lms.core.errors import ActionRefused

MAX_DEPTH = 8
MAX_PARTS = 200
MAX_NAMES = 500
MAX_DAYS = 36_600
EMPLOYMENT_TYPES = ("full_time", "part_time", "contract", "intern", "temporary")


@dataclass(frozen=True)
class AllOf:
    """Every part holds; everyone when there is none."""

    parts: tuple["Rule", ...]


@dataclass(frozen=True)
class AnyOf:
    """At least one part holds; nobody when there is none."""

    parts: tuple["Rule", ...]


@dataclass(frozen=True)
class Not:
    """The part does not hold."""

    part: "Rule"


@dataclass(frozen=True)
class HasRole:
    """Has one of these job roles."""

    codes: tuple[str, ...]


@dataclass(frozen=True)
class InUnit:
    """Works in one of these units or anywhere below them."""

    codes: tuple[str, ...]


@dataclass(frozen=True)
class AtLocation:
    """Works at one of these locations, written exactly as HR writes them."""

    names: tuple[str, ...]


@dataclass(frozen=True)
class ReportsTo:
    """Stands below this person in the reporting line, at any distance unless `directly`."""

    manager: uuid.UUID
    directly: bool = False


@dataclass(frozen=True)
class HiredWithin:
    """Was hired today or at most this many days ago."""

    days: int


@dataclass(frozen=True)
class HiredBefore:
    """Was hired earlier than this day."""

    on: date


@dataclass(frozen=True)
class HiredAfter:
    """Was hired later than this day."""

    on: date


@dataclass(frozen=True)
class EmployedAs:
    """Is employed in one of these ways."""

    types: tuple[str, ...]


@dataclass(frozen=True)
class IsOneOf:
    """Is one of these people."""

    people: tuple[uuid.UUID, ...]


Rule = (
    AllOf
    | AnyOf
    | Not
    | HasRole
    | InUnit
    | AtLocation
    | ReportsTo
    | HiredWithin
    | HiredBefore
    | HiredAfter
    | EmployedAs
    | IsOneOf
)


@dataclass(frozen=True)
class Problem:
    """One part that cannot be understood.

    Attributes:
        where: The way to the part, such as ``rule.all[1].role``.
        message: What is wrong and what to write instead.
    """

    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


class InvalidRule(ActionRefused):
    """The tree is not a rule; `problems` lists every part that is wrong, in order of the tree."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Keep the problems and make one text of them."""
        self.problems = tuple(problems)
        super().__init__(" ".join(str(problem) for problem in self.problems))


def parse_rule(tree: Any) -> Rule:
    """Return the rule that a JSON tree describes.

    Raises:
        InvalidRule: Some part is wrong, or the tree is deeper or larger than the limits.
    """
    parser = _Parser()
    rule = parser.rule(tree, "rule", depth=1)
    if parser.problems or rule is None:
        raise InvalidRule(parser.problems)
    return rule


class _Parser:
    """Walks a tree once and collects problems instead of stopping at the first."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.parts = 0
        self.readers: dict[str, Callable[[Any, str, int], Rule | None]] = {
            "all": lambda value, where, depth: self.group(AllOf, value, where, depth),
            "any": lambda value, where, depth: self.group(AnyOf, value, where, depth),
            "not": self.negation,
            "role": lambda value, where, _: self.names(HasRole, value, where, "job role codes"),
            "unit": lambda value, where, _: self.names(InUnit, value, where, "unit codes"),
            "location": lambda value, where, _: self.names(AtLocation, value, where, "names of locations"),
            "hired_within_days": self.days,
            "hired_before": lambda value, where, _: self.day(HiredBefore, value, where),
            "hired_after": lambda value, where, _: self.day(HiredAfter, value, where),
            "employment_type": self.employment_types,
            "people": self.people,
        }

    def refuse(self, where: str, message: str) -> None:
        self.problems.append(Problem(where, message))

    def rule(self, tree: Any, where: str, depth: int) -> Rule | None:  # noqa: PLR0911 one refusal per mistake
        self.parts += 1
        if depth > MAX_DEPTH:
            return self.refuse(where, f"this is nested more than {MAX_DEPTH} deep. Write a flatter rule.")
        if self.parts > MAX_PARTS:
            if self.parts == MAX_PARTS + 1:
                self.refuse(where, f"the rule has more than {MAX_PARTS} parts. Split it up.")
            return None
        if not isinstance(tree, dict):
            return self.refuse(
                where, f'{tree!r} is not a part of a rule. Write {{"role": ["sales"]}} or the like.'
            )
        if "reports_to" in tree:
            return self.reporting(tree, where)
        if len(tree) != 1:
            return self.refuse(
                where, f'it has {len(tree)} keys. Write one, and join parts with {{"all": [...]}}.'
            )
        [(key, value)] = tree.items()
        if key not in self.readers:
            known = ", ".join([*self.readers, "reports_to"])
            return self.refuse(where, f"{key!r} is not known. Write one of: {known}.")
        return self.readers[key](value, f"{where}.{key}", depth)

    def group(self, kind: type[AllOf] | type[AnyOf], value: Any, where: str, depth: int) -> Rule | None:
        if not isinstance(value, list):
            return self.refuse(where, "it needs a list of parts. Write [ ] around them.")
        parts = [self.rule(part, f"{where}[{index}]", depth + 1) for index, part in enumerate(value)]
        return kind(tuple(part for part in parts if part is not None))

    def negation(self, value: Any, where: str, depth: int) -> Rule | None:
        part = self.rule(value, where, depth + 1)
        return None if part is None else Not(part)

    def strings(self, value: Any, where: str, what: str) -> tuple[str, ...] | None:
        if not isinstance(value, list) or not value:
            return self.refuse(where, f"it needs a list of {what}, with at least one.")
        if len(value) > MAX_NAMES:
            return self.refuse(where, f"it lists {len(value)}, the most is {MAX_NAMES}. Use members instead.")
        for index, name in enumerate(value):
            if not isinstance(name, str) or not name.strip() or "\0" in name:
                return self.refuse(f"{where}[{index}]", f"{name!r} does not belong to {what}. Write text.")
        return tuple(value)

    def names(
        self, kind: type[HasRole] | type[InUnit] | type[AtLocation], value: Any, where: str, what: str
    ) -> Rule | None:
        names = self.strings(value, where, what)
        return None if names is None else kind(names)

    def employment_types(self, value: Any, where: str, _depth: int) -> Rule | None:
        types = self.strings(value, where, "employment types")
        for index, name in enumerate(types or ()):
            if name not in EMPLOYMENT_TYPES:
                known = ", ".join(EMPLOYMENT_TYPES)
                return self.refuse(f"{where}[{index}]", f"{name!r} is not known. Write one of: {known}.")
        return None if types is None else EmployedAs(types)

    def public_id(self, value: Any, where: str) -> uuid.UUID | None:
        try:
            return uuid.UUID(value)
        except (ValueError, AttributeError, TypeError):
            return self.refuse(where, f"{value!r} is not the public id of a person. Choose the person again.")

    def people(self, value: Any, where: str, _depth: int) -> Rule | None:
        texts = self.strings(value, where, "public ids of people")
        if texts is None:
            return None
        found = [self.public_id(text, f"{where}[{index}]") for index, text in enumerate(texts)]
        return IsOneOf(tuple(public_id for public_id in found if public_id is not None))

    def reporting(self, tree: dict[str, Any], where: str) -> Rule | None:
        if extra := sorted(map(str, set(tree) - {"reports_to", "directly"})):
            return self.refuse(
                where, f"beside reports_to only directly may stand. Remove {', '.join(extra)}."
            )
        directly = tree.get("directly", False)
        if not isinstance(directly, bool):
            return self.refuse(f"{where}.directly", f"{directly!r} is neither true nor false. Write one.")
        manager = self.public_id(tree["reports_to"], f"{where}.reports_to")
        return None if manager is None else ReportsTo(manager, directly)

    def days(self, value: Any, where: str, _depth: int) -> Rule | None:
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAX_DAYS:
            return self.refuse(where, f"{value!r} is not a number of days. Write 0 to {MAX_DAYS}.")
        return HiredWithin(value)

    def day(self, kind: type[HiredBefore] | type[HiredAfter], value: Any, where: str) -> Rule | None:
        try:
            return kind(date.fromisoformat(value))
        except (ValueError, TypeError):
            return self.refuse(where, f"{value!r} is not a day. Write it as 2026-03-31.")


def describe(  # noqa: C901, PLR0911, PLR0912 one case per kind of part
    rule: Rule, *, people: dict[uuid.UUID, str] | None = None
) -> str:
    """Return the rule in words, such as "role is sales and not (location is Porto)".

    Args:
        rule: A parsed rule.
        people: Names by public id; people not in it are called by their id.
    """
    names = people or {}

    def called(public_id: uuid.UUID) -> str:
        return names.get(public_id, str(public_id))

    match rule:
        case AllOf(parts):
            return _joined(parts, " and ", "everyone", names)
        case AnyOf(parts):
            return _joined(parts, " or ", "nobody", names)
        case Not(Not(part)):
            return describe(part, people=names)
        case Not(part):
            return f"not ({describe(part, people=names)})"
        case HasRole(codes):
            return f"role is {_listed(codes)}"
        case InUnit(codes):
            return f"in unit {_listed(codes)} or below"
        case AtLocation(locations):
            return f"location is {_listed(locations)}"
        case ReportsTo(manager, directly):
            return f"reports {'directly ' if directly else ''}to {called(manager)}"
        case HiredWithin(days):
            return f"hired within the last {days} day{'' if days == 1 else 's'}"
        case HiredBefore(on):
            return f"hired before {on.isoformat()}"
        case HiredAfter(on):
            return f"hired after {on.isoformat()}"
        case EmployedAs(types):
            return f"employed {_listed(kind.replace('_', ' ') for kind in types)}"
        case IsOneOf(public_ids):
            return f"is {_listed(called(public_id) for public_id in public_ids)}"


def _joined(parts: tuple[Rule, ...], word: str, when_empty: str, people: dict[uuid.UUID, str]) -> str:
    texts = [describe(part, people=people) for part in parts]
    if len(parts) < 2:
        return "".join(texts) or when_empty
    return word.join(
        f"({text})" if isinstance(part, AllOf | AnyOf) and len(part.parts) > 1 else text
        for part, text in zip(parts, texts, strict=True)
    )


def _listed(names: Iterable[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last
