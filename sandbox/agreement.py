"""How far two raters agree beyond chance: quadratic weighted kappa, with an interval. Pure.

Source: J. Cohen, "Weighted kappa", Psychological Bulletin 70 (1968).
"""

import random
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

LEVELS = (0, 1, 2)
RESAMPLES = 1000


class Agreement(NamedTuple):
    """Agreement of two raters on one criterion.

    Attributes:
        n: How many both rated.
        exact: Share on which they gave the same level, 0.0 to 1.0.
        kappa: Quadratic weighted kappa, -1.0 to 1.0; None where one of them always gave the same level.
        low: Lower end of the 95 % bootstrap interval; None without a kappa.
        high: Its upper end.
    """

    n: int
    exact: float
    kappa: float | None
    low: float | None
    high: float | None


def agreement(first: Sequence[int], second: Sequence[int], *, seed: int = 1) -> Agreement:
    """Return how far two raters agree on the same things, in the same order.

    Raises:
        ValueError: They rated different numbers of things, or none.
    """
    if len(first) != len(second) or not first:
        raise ValueError("Two raters agree on the same things only; give both ratings of each.")
    pairs = list(zip(first, second, strict=True))
    exact = sum(one == other for one, other in pairs) / len(pairs)
    kappa = weighted_kappa(pairs)
    if kappa is None:
        return Agreement(len(pairs), exact, None, None, None)
    drawn = random.Random(seed)  # noqa: S311 - the same interval each time, no secret
    again = [weighted_kappa(drawn.choices(pairs, k=len(pairs))) for _ in range(RESAMPLES)]
    found = sorted(each for each in again if each is not None)
    low, high = (found[round(share * (len(found) - 1))] for share in (0.025, 0.975))
    return Agreement(len(pairs), exact, kappa, low, high)


def weighted_kappa(pairs: Sequence[tuple[int, int]]) -> float | None:
    """Return quadratic weighted kappa; None where chance alone would agree fully."""
    total = len(pairs)
    rows, columns = (Counter(pair[side] for pair in pairs) for side in (0, 1))
    observed = sum((one - other) ** 2 for one, other in pairs) / total
    expected = sum((one - other) ** 2 * rows[one] * columns[other] for one in LEVELS for other in LEVELS) / (
        total * total
    )
    return None if expected == 0 else 1 - observed / expected
