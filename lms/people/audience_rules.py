"""The rule of an audience: who is meant, written as a small JSON tree.

Groups are ``{"all": [...]}``, ``{"any": [...]}`` and ``{"not": rule}``; every other part names one fact, as in
``{"role": ["sales"]}``. Higher apps add facts of their own, see `audience_facts`. `parse_rule` turns the tree into
the values below, or says of every wrong part where it stands and what to write. An empty ``all`` means everyone, an
empty ``any`` nobody.
`lms.people.selectors` turns the values into one query.
"""

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NoReturn

from lms.core.errors import ActionRefused
from lms.people.audience_facts import registered_facts
from lms.people.vocabulary import EMPLOYMENT_TYPES

MAX_DEPTH = 8
MAX_PARTS = 200
MAX_NAMES = 500
MAX_DAYS = 36_600


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
class LeadsPeople:
    """Has at least one person who works here now below them in the reporting line."""


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


@dataclass(frozen=True)
class Has:
    """Has at least one of these values of a fact that a higher app registered."""

    fact: str
    values: tuple[str, ...]


Rule = (
    AllOf
    | AnyOf
    | Not
    | HasRole
    | InUnit
    | AtLocation
    | ReportsTo
    | LeadsPeople
    | HiredWithin
    | HiredBefore
    | HiredAfter
    | EmployedAs
    | IsOneOf
    | Has
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
    if rule is None or parser.problems:
        raise InvalidRule(parser.problems)
    return rule


def _refuse(where: str, message: str) -> NoReturn:
    raise InvalidRule([Problem(where, message)])


class _Parser:
    """Walks a tree once; a part that is wrong is noted and the walk goes on with the next."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.parts = 0
        self.readers: dict[str, Callable[[Any, str, int], Rule]] = {
            "all": lambda value, where, depth: AllOf(self.group(value, where, depth)),
            "any": lambda value, where, depth: AnyOf(self.group(value, where, depth)),
            "not": lambda value, where, depth: Not(self.part(value, where, depth + 1)),
            "role": lambda value, where, _: HasRole(_texts(value, where, "job role codes")),
            "unit": lambda value, where, _: InUnit(_texts(value, where, "unit codes")),
            "location": lambda value, where, _: AtLocation(_texts(value, where, "names of locations")),
            "leads_people": lambda value, where, _: _leads(value, where),
            "hired_within_days": lambda value, where, _: HiredWithin(_days(value, where)),
            "hired_before": lambda value, where, _: HiredBefore(_day(value, where)),
            "hired_after": lambda value, where, _: HiredAfter(_day(value, where)),
            "employment_type": lambda value, where, _: EmployedAs(_employment_types(value, where)),
            "people": lambda value, where, _: IsOneOf(_public_ids(value, where)),
        }

    def rule(self, tree: Any, where: str, depth: int) -> Rule | None:
        try:
            return self.part(tree, where, depth)
        except InvalidRule as invalid:
            self.problems.extend(invalid.problems)
            return None

    def part(self, tree: Any, where: str, depth: int) -> Rule:
        self.parts += 1
        if depth > MAX_DEPTH:
            _refuse(where, f"this is nested more than {MAX_DEPTH} deep. Write a flatter rule.")
        if not isinstance(tree, dict):
            _refuse(where, f'{tree!r} is not a part of a rule. Write {{"role": ["sales"]}} or the like.')
        if "reports_to" in tree:
            return _reporting(tree, where)
        if len(tree) != 1:
            _refuse(where, f'it has {len(tree)} keys. Write one, and join parts with {{"all": [...]}}.')
        [(key, value)] = tree.items()
        if key in registered_facts():
            return Has(key, _texts(value, f"{where}.{key}", "values"))
        if key not in self.readers:
            known = ", ".join([*self.readers, "reports_to", *registered_facts()])
            _refuse(where, f"{key!r} is not known. Write one of: {known}.")
        return self.readers[key](value, f"{where}.{key}", depth)

    def group(self, value: Any, where: str, depth: int) -> tuple[Rule, ...]:
        if not isinstance(value, list):
            _refuse(where, "it needs a list of parts. Write [ ] around them.")
        if self.parts + len(value) > MAX_PARTS:
            _refuse(where, f"the rule has more than {MAX_PARTS} parts. Split it up.")
        parts = [self.rule(part, f"{where}[{index}]", depth + 1) for index, part in enumerate(value)]
        return tuple(part for part in parts if part is not None)


def _texts(value: Any, where: str, what: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        _refuse(where, f"it needs a list of {what}, with at least one.")
    if len(value) > MAX_NAMES:
        _refuse(where, f"it lists {len(value)}, the most is {MAX_NAMES}. Use members instead.")
    for index, text in enumerate(value):
        if not isinstance(text, str) or not text.strip() or "\0" in text:
            _refuse(f"{where}[{index}]", f"{text!r} does not belong to {what}. Write text.")
    return tuple(value)


def _employment_types(value: Any, where: str) -> tuple[str, ...]:
    types = _texts(value, where, "employment types")
    for index, name in enumerate(types):
        if name not in EMPLOYMENT_TYPES:
            known = ", ".join(EMPLOYMENT_TYPES)
            _refuse(f"{where}[{index}]", f"{name!r} is not known. Write one of: {known}.")
    return types


def _public_id(value: Any, where: str) -> uuid.UUID:
    try:
        return uuid.UUID(value)
    except (ValueError, AttributeError, TypeError):
        _refuse(where, f"{value!r} is not the public id of a person. Choose the person again.")


def _public_ids(value: Any, where: str) -> tuple[uuid.UUID, ...]:
    texts = _texts(value, where, "public ids of people")
    return tuple(_public_id(text, f"{where}[{index}]") for index, text in enumerate(texts))


def _reporting(tree: dict[str, Any], where: str) -> Rule:
    if extra := sorted(map(str, set(tree) - {"reports_to", "directly"})):
        _refuse(where, f"beside reports_to only directly may stand. Remove {', '.join(extra)}.")
    directly = tree.get("directly", False)
    if not isinstance(directly, bool):
        _refuse(f"{where}.directly", f"{directly!r} is neither true nor false. Write one.")
    return ReportsTo(_public_id(tree["reports_to"], f"{where}.reports_to"), directly)


def _leads(value: Any, where: str) -> Rule:
    if value is not True:
        _refuse(where, f'{value!r} is not true. Write true, or put {{"not": ...}} around it.')
    return LeadsPeople()


def _days(value: Any, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAX_DAYS:
        _refuse(where, f"{value!r} is not a number of days. Write 0 to {MAX_DAYS}.")
    return value


def _day(value: Any, where: str) -> date:
    try:
        return date.fromisoformat(value)
    except (ValueError, TypeError):
        _refuse(where, f"{value!r} is not a day. Write it as 2026-03-31.")


def describe(  # noqa: C901, PLR0911, PLR0912 one case per kind of part
    rule: Rule, *, names: Mapping[object, str] | None = None
) -> str:
    """Return the rule in words, such as "role is sales and not (location is Porto)".

    Args:
        rule: A parsed rule.
        names: What to call people, by public id, and roles and units, as in ``"role:sales"`` and ``"unit:CS"``; what
            is not in it is called by its id or code.
    """
    known: Mapping[object, str] = names or {}

    def called(kind: str, codes: Iterable[str]) -> str:
        return _listed(known.get(f"{kind}:{code}", code) for code in codes)

    def person(public_id: uuid.UUID) -> str:
        return known.get(public_id, str(public_id))

    match rule:
        case AllOf(parts):
            return _joined(parts, " and ", "everyone", known)
        case AnyOf(parts):
            return _joined(parts, " or ", "nobody", known)
        case Not(Not(part)):
            return describe(part, names=known)
        case Not(part):
            return f"not ({describe(part, names=known)})"
        case HasRole(codes):
            return f"role is {called('role', codes)}"
        case InUnit(codes):
            return f"in unit {called('unit', codes)} or below"
        case AtLocation(locations):
            return f"location is {_listed(locations)}"
        case ReportsTo(manager, directly):
            return f"reports {'directly ' if directly else ''}to {person(manager)}"
        case LeadsPeople():
            return "leads people"
        case HiredWithin(days):
            return f"hired within the last {days} day{'' if days == 1 else 's'}"
        case HiredBefore(on):
            return f"hired before {on.isoformat()}"
        case HiredAfter(on):
            return f"hired after {on.isoformat()}"
        case EmployedAs(types):
            return f"employed {_listed(kind.replace('_', ' ') for kind in types)}"
        case IsOneOf(public_ids):
            return f"is {_listed(person(public_id) for public_id in public_ids)}"
        case Has(key, values):
            choices = dict(registered_facts()[key].choices())
            return f"{registered_facts()[key].words} {_listed(choices.get(value, value) for value in values)}"


def _joined(parts: tuple[Rule, ...], word: str, when_empty: str, names: Mapping[object, str]) -> str:
    texts = [describe(part, names=names) for part in parts]
    if len(parts) < 2:
        return "".join(texts) or when_empty
    return word.join(
        f"({text})" if isinstance(part, AllOf | AnyOf) and len(part.parts) > 1 else text
        for part, text in zip(parts, texts, strict=True)
    )


def _listed(names: Iterable[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last
