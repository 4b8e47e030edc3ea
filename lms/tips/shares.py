"""How many of some people did something, as far as it may be told. Pure.

A number is told only when at least `FLOOR` people stand on either side of it: fewer would say something about each of
them. What is a share of something untold is untold as well, since the one would give away the other.
"""

from dataclasses import dataclass
from math import sqrt

FLOOR = 5
Z = 1.96
"""For an interval that holds the true share in 95 of 100 cases."""

TOLD, FEW, NEARLY_ALL, UNTOLD = "told", "few", "nearly_all", "untold"


@dataclass(frozen=True)
class Share:
    """Some of some people.

    Attributes:
        kind: ``told``; ``few``, when they are fewer than the floor; ``nearly_all``, when the others are; ``untold``,
            when there are too few of all of them.
        part: How many; only when told.
        whole: Of how many; None when untold.
        low: Lower end of the 95 % interval of the share, 0.0 to 1.0; only when told.
        high: Upper end.
    """

    kind: str
    part: int | None = None
    whole: int | None = None
    low: float | None = None
    high: float | None = None

    @property
    def is_told(self) -> bool:
        """Whether its number stands there."""
        return self.kind == TOLD

    @property
    def rest(self) -> int | None:
        """The others; None when untold."""
        return None if self.part is None or self.whole is None else self.whole - self.part

    @property
    def ratio(self) -> float | None:
        """The share, 0.0 to 1.0; None when untold."""
        return None if self.part is None or not self.whole else self.part / self.whole

    @property
    def at_least(self) -> int:
        """How many they are at least, when they are nearly all."""
        return (self.whole or 0) - FLOOR + 1


def count_of(number: int) -> int | None:
    """Return a number of people; None when there are fewer than the floor."""
    return number if number >= FLOOR else None


def share_of(part: int, whole: int | None) -> Share:
    """Return a share as far as it may be told; of fewer than twice the floor, one side is always too small.

    Args:
        part: How many.
        whole: Of how many; None when that is untold.
    """
    if whole is None or whole < 2 * FLOOR:
        return Share(UNTOLD)
    if part < FLOOR:
        return Share(FEW, whole=whole)
    if whole - part < FLOOR:
        return Share(NEARLY_ALL, whole=whole)
    low, high = interval(part, whole)
    return Share(TOLD, part, whole, low, high)


def interval(part: int, whole: int) -> tuple[float, float]:
    """Return the 95 % interval of a share. Source: Wilson, 1927, the score interval; it holds for small numbers too."""
    ratio = part / whole
    scale = 1 + Z**2 / whole
    middle = (ratio + Z**2 / (2 * whole)) / scale
    half = Z / scale * sqrt(ratio * (1 - ratio) / whole + Z**2 / (4 * whole**2))
    return max(0.0, middle - half), min(1.0, middle + half)
