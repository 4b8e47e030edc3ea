"""Which tip somebody gets: rules that can be told in a sentence, and a small share drawn by lot. Pure.

Of the tips that somebody may get, the rules prefer what is about a skill they found hard, then what is for their role,
then what is for everybody; of equals, the one at their level; of those, one by a lot that is the same whenever it is
drawn for this person and week. One in seven is drawn from all that they may get instead: what comes of those tells,
without guessing, which tips work (`propensity` says how likely each choice was).
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from struct import Struct
from types import MappingProxyType
from typing import NamedTuple

_THREE_NUMBERS = Struct(">III")
LOT_SHARE = 0.15
"""How many are drawn from all that somebody may get, 0.0 to 1.0."""
WEEKS_BEFORE_AGAIN = 26
WEEKS_WHEN_NOTHING_IS_LEFT = 8
LEVELS = ("basic", "intermediate", "advanced")


@dataclass(frozen=True)
class Candidate:
    """A tip that can be sent.

    Attributes:
        key: Its primary key.
        roles: Keys of the roles it is for; empty for everybody.
        skills: Keys of the skills it is about.
        level: One of `LEVELS`.
        asks: Whether it has a question.
    """

    key: int
    roles: frozenset[int]
    skills: frozenset[int]
    level: str
    asks: bool = False


class Listener(NamedTuple):
    """Somebody who gets a tip.

    Attributes:
        identity: Names them and nobody else; the lot is drawn from it.
        role: Key of their role; None for none.
        level: One of `LEVELS`.
        had: Tips they have had, with the Monday of the last week in which they had each.
        weak_skills: What they found hard.
        unwanted: Tips that they called not useful.
        disliked_skills: What those were about.
    """

    identity: bytes
    role: int | None
    level: str = LEVELS[0]
    had: Mapping[int, date] = MappingProxyType({})
    weak_skills: Collection[int] = frozenset()
    unwanted: Collection[int] = frozenset()
    disliked_skills: Collection[int] = frozenset()

    @property
    def has_wishes(self) -> bool:
        """Whether it matters to them what a tip is about."""
        return bool(self.weak_skills or self.disliked_skills)


class Choice(NamedTuple):
    """The tip that somebody gets.

    Attributes:
        why: One of the values of `TipDelivery.Why`.
        propensity: How likely it was before the lot was drawn, above 0.0 up to 1.0.
    """

    tip: int
    why: str
    propensity: float


class Reach:
    """What somebody of one role may get, sorted once for everybody of that role."""

    def __init__(self, candidates: Sequence[Candidate]) -> None:
        """Take the tips for the role and those for everybody."""
        self.candidates = candidates
        self.keys = frozenset(each.key for each in candidates)
        self._ranks: dict[str, list[list[Candidate]]] = {}

    def ranks(self, level: str) -> list[list[Candidate]]:
        """Return the candidates in groups of equals for somebody of a level, the preferred ones first."""
        if level not in self._ranks:
            groups: dict[tuple[bool, int], list[Candidate]] = {}
            for each in self.candidates:
                groups.setdefault(_rank(each, level), []).append(each)
            self._ranks[level] = [groups[rank] for rank in sorted(groups, reverse=True)]
        return self._ranks[level]


class Pool:
    """The tips that can be sent this week, sorted once for many people."""

    def __init__(self, candidates: Sequence[Candidate]) -> None:
        """Take the tips."""
        self.candidates = candidates
        self._everybody = Reach([each for each in candidates if not each.roles])
        roles = {role for each in candidates for role in each.roles}
        self._by_role = {
            role: Reach([each for each in candidates if not each.roles or role in each.roles])
            for role in roles
        }

    @property
    def sizes(self) -> dict[int, int]:
        """How many tips somebody may get, for each role that has tips of its own."""
        return {role: len(reach.keys) for role, reach in self._by_role.items()}

    @property
    def asking(self) -> frozenset[int]:
        """Keys of those that ask something."""
        return frozenset(each.key for each in self.candidates if each.asks)

    def for_role(self, role: int | None) -> Reach:
        """Return what somebody of a role may get, apart from what they have had."""
        return self._everybody if role is None else self._by_role.get(role, self._everybody)

    def roles_without_a_tip(self, roles: Collection[int]) -> set[int]:
        """Return which of some roles have no tip of their own; they get what is for everybody."""
        return {role for role in roles if role not in self._by_role}


def choose(pool: Pool, listener: Listener, week: date) -> Choice | None:
    """Return the tip that somebody gets in a week; the same whenever it is asked. None when there is none.

    Whoever has had everything within half a year gets what they had longest ago, if that is eight weeks or more.

    Args:
        pool: What can be sent.
        listener: To whom.
        week: Its Monday.
    """
    reach = pool.for_role(listener.role)
    oldest = week - timedelta(weeks=WEEKS_BEFORE_AGAIN)
    gone = {key for key, had_in in listener.had.items() if had_in >= oldest}
    gone.update(listener.unwanted)
    number = len(reach.keys) - len(reach.keys & gone)
    if number == 0:
        return _again(reach, listener, week)
    lot = _lot(listener.identity, week)
    equals = _preferred(reach, listener, gone)
    if lot[0] < LOT_SHARE:
        fresh = [each for each in reach.candidates if each.key not in gone]
        drawn = fresh[min(int(lot[1] * number), number - 1)]
        by_rule = (1.0 - LOT_SHARE) / len(equals) if any(each is drawn for each in equals) else 0.0
        return Choice(drawn.key, "chance", LOT_SHARE / number + by_rule)
    best = equals[min(int(lot[2] * len(equals)), len(equals) - 1)]
    by_rule = (1.0 - LOT_SHARE) / len(equals)
    return Choice(best.key, _why(best, listener), LOT_SHARE / number + by_rule)


def _again(reach: Reach, listener: Listener, week: date) -> Choice | None:
    latest = week - timedelta(weeks=WEEKS_WHEN_NOTHING_IS_LEFT)
    wanted = reach.keys.difference(listener.unwanted)
    old = [(listener.had[key], key) for key in wanted if listener.had[key] <= latest]
    return Choice(min(old)[1], "again", 1.0) if old else None


def _preferred(reach: Reach, listener: Listener, gone: Collection[int]) -> list[Candidate]:
    """Return what the rules prefer: one tip, or several that are equal to them."""
    equals: list[Candidate] = []
    most: tuple[bool, bool] | None = None
    for group in reach.ranks(listener.level):
        fresh = [each for each in group if each.key not in gone]
        if fresh and not listener.has_wishes:
            equals = fresh
            break
        wishes = [_wish(each, listener) for each in fresh]
        if wishes and (most is None or max(wishes) > most):
            most = max(wishes)
            equals = [each for each, wish in zip(fresh, wishes, strict=True) if wish == most]
    return equals


def _wish(each: Candidate, listener: Listener) -> tuple[bool, bool]:
    """Return whether a tip is about something somebody found hard, and about nothing they disliked."""
    return (
        not each.skills.isdisjoint(listener.weak_skills),
        each.skills.isdisjoint(listener.disliked_skills),
    )


def _rank(each: Candidate, level: str) -> tuple[bool, int]:
    """Return what comes after wishes: for a role before for everybody, then the nearest level."""
    return bool(each.roles), -abs(LEVELS.index(each.level) - LEVELS.index(level))


def _why(best: Candidate, listener: Listener) -> str:
    if not best.skills.isdisjoint(listener.weak_skills):
        return "skill"
    return "role" if best.roles else "everybody"


def _lot(identity: bytes, week: date) -> tuple[float, float, float]:
    """Return three numbers from 0.0 up to 1.0 that look random and are always the same for a person and week."""
    digest = hashlib.blake2b(identity + week.isoformat().encode(), digest_size=12).digest()
    one, two, three = _THREE_NUMBERS.unpack(digest)
    return one / 2**32, two / 2**32, three / 2**32
