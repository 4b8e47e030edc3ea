"""Which tip somebody gets: rules that can be told in a sentence, and a small share drawn by lot. Pure.

Of the tips that somebody may get, the rules prefer what is about a skill they found hard, then what is for their role,
then what is for everybody; of equals, the one at their level; of those, one by a lot that is the same whenever it is
drawn for this person and week. One in seven is drawn from all that they may get instead: what comes of those tells,
without guessing, which tips work (`propensity` says how likely each choice was).
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

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
    """

    key: int
    roles: frozenset[int]
    skills: frozenset[int]
    level: str


@dataclass(frozen=True)
class Listener:
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
    had: Mapping[int, date] = field(default_factory=dict)
    weak_skills: Collection[int] = frozenset()
    unwanted: Collection[int] = frozenset()
    disliked_skills: Collection[int] = frozenset()


@dataclass(frozen=True)
class Choice:
    """The tip that somebody gets.

    Attributes:
        why: One of the values of `TipDelivery.Why`.
        propensity: How likely it was before the lot was drawn, above 0.0 up to 1.0.
    """

    tip: int
    why: str
    propensity: float


@dataclass(frozen=True)
class Pool:
    """The tips that can be sent this week, sorted once for many people."""

    candidates: Sequence[Candidate]

    @cached_property
    def by_role(self) -> dict[int | None, list[Candidate]]:
        """For each role that some tip is for, the tips it may get; under None those for everybody."""
        everybody = [each for each in self.candidates if not each.roles]
        roles = {role for each in self.candidates for role in each.roles}
        found: dict[int | None, list[Candidate]] = {None: everybody}
        for role in roles:
            found[role] = [each for each in self.candidates if not each.roles or role in each.roles]
        return found

    def for_role(self, role: int | None) -> list[Candidate]:
        """Return what somebody of a role may get, apart from what they have had."""
        return self.by_role.get(role, self.by_role[None])

    def roles_without_a_tip(self, roles: Collection[int]) -> set[int]:
        """Return which of some roles have no tip of their own; they get what is for everybody."""
        return {role for role in roles if role not in self.by_role}


def choose(pool: Pool, listener: Listener, week: date) -> Choice | None:
    """Return the tip that somebody gets in a week; the same whenever it is asked. None when there is none.

    Whoever has had everything within half a year gets what they had longest ago, if that is eight weeks or more.

    Args:
        pool: What can be sent.
        listener: To whom.
        week: Its Monday.
    """
    reach = [each for each in pool.for_role(listener.role) if each.key not in listener.unwanted]
    oldest = week - timedelta(weeks=WEEKS_BEFORE_AGAIN)
    fresh = [each for each in reach if each.key not in listener.had or listener.had[each.key] < oldest]
    if not fresh:
        return _again(reach, listener, week)
    lot = _lot(listener.identity, week)
    best = _preferred(fresh, listener, lot)
    if lot[0] < LOT_SHARE:
        drawn = fresh[min(int(lot[1] * len(fresh)), len(fresh) - 1)]
        return Choice(drawn.key, "chance", _propensity(drawn, best, len(fresh)))
    return Choice(best.key, _why(best, listener), _propensity(best, best, len(fresh)))


def _again(reach: Sequence[Candidate], listener: Listener, week: date) -> Choice | None:
    latest = week - timedelta(weeks=WEEKS_WHEN_NOTHING_IS_LEFT)
    old = [(listener.had[each.key], each.key) for each in reach if listener.had[each.key] <= latest]
    return Choice(min(old)[1], "again", 1.0) if old else None


def _preferred(fresh: Sequence[Candidate], listener: Listener, lot: tuple[float, float, float]) -> Candidate:
    """Return what the rules prefer; the lot decides among equals."""
    weights = {each.key: _weight(each, listener) for each in fresh}
    most = max(weights.values())
    equals = [each for each in fresh if weights[each.key] == most]
    return equals[min(int(lot[2] * len(equals)), len(equals) - 1)]


def _weight(each: Candidate, listener: Listener) -> tuple[bool, bool, bool, int]:
    distance = abs(LEVELS.index(each.level) - LEVELS.index(listener.level))
    return (
        not each.skills.isdisjoint(listener.weak_skills),
        each.skills.isdisjoint(listener.disliked_skills),
        bool(each.roles),
        -distance,
    )


def _why(best: Candidate, listener: Listener) -> str:
    if not best.skills.isdisjoint(listener.weak_skills):
        return "skill"
    return "role" if best.roles else "everybody"


def _propensity(chosen: Candidate, best: Candidate, number: int) -> float:
    by_lot = LOT_SHARE / number
    return by_lot + (1.0 - LOT_SHARE if chosen.key == best.key else 0.0)


def _lot(identity: bytes, week: date) -> tuple[float, float, float]:
    """Return three numbers from 0.0 up to 1.0 that look random and are always the same for a person and week."""
    digest = hashlib.blake2b(identity + week.isoformat().encode(), digest_size=12).digest()
    one, two, three = (int.from_bytes(digest[at : at + 4], "big") / 2**32 for at in (0, 4, 8))
    return one, two, three
