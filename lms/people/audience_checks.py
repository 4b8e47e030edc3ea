"""What is wrong with a rule although it can be understood: parts that exclude each other.

Only what follows from the rule itself is found here; whether a unit or a person exists is a question to the database,
see `lms.people.selectors.missing_from`.
"""

from collections.abc import Iterable, Iterator
from itertools import combinations

from django.utils.translation import gettext as _

from lms.people.audience_rules import (
    AllOf,
    AnyOf,
    AtLocation,
    EmployedAs,
    Has,
    HasRole,
    HiredAfter,
    HiredBefore,
    HiredWithin,
    Not,
    Rule,
    describe,
)

ONE_OF_EACH = (HasRole, AtLocation, EmployedAs)  # a person has one of these at a time


def leaves(rule: Rule) -> Iterator[Rule]:
    """Yield every part that names a fact, in order of the rule."""
    match rule:
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from leaves(part)
        case Not(part):
            yield from leaves(part)
        case _:
            yield rule


def depends_on_days(rule: Rule) -> bool:
    """Return whether people enter or leave because a day passes, although nothing about them changes."""
    return any(isinstance(leaf, HiredWithin | Has) for leaf in leaves(rule))


def contradictions(rule: Rule) -> list[str]:
    """Return a sentence for each pair of parts that nobody can fulfil together; empty when there is none."""
    found = []
    match rule:
        case AllOf(parts):
            found += [sentence for pair in combinations(parts, 2) if (sentence := _clash(*pair))]
            found += _each(parts)
        case AnyOf(parts):
            found += _each(parts)
        case Not(part):
            found += contradictions(part)
        case _:
            pass
    return found


def _each(parts: Iterable[Rule]) -> list[str]:
    return [sentence for part in parts for sentence in contradictions(part)]


def _clash(one: Rule, other: Rule) -> str:
    texts = {"one": describe(one), "other": describe(other)}
    if Not(one) == other or Not(other) == one:
        return _("“%(one)s” and “%(other)s” exclude each other. Take one of them out.") % texts
    if (
        isinstance(one, ONE_OF_EACH)
        and type(one) is type(other)
        and not set(_values(one)) & set(_values(other))
    ):
        return (
            _(
                "“%(one)s” and “%(other)s” never hold together: a person has one of these at a time. "
                "Put both names into one condition, or into two groups."
            )
            % texts
        )
    days = {type(part): part.on for part in (one, other) if isinstance(part, HiredBefore | HiredAfter)}
    if len(days) == 2 and (days[HiredBefore] - days[HiredAfter]).days < 2:
        return _("“%(one)s” and “%(other)s” leave no day in between. Change one of the two days.") % texts
    return ""


def _values(part: Rule) -> tuple[str, ...]:
    match part:
        case HasRole(values) | AtLocation(values) | EmployedAs(values):
            return values
        case _:
            return ()
