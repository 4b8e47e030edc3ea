"""Figures: a name, a value, a unit and a bound, one line each."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median


@dataclass(frozen=True)
class Figure:
    """One result.

    Attributes:
        bound: ``>= n`` or ``<= n``; empty for a figure that only informs.
    """

    name: str
    value: float
    unit: str
    bound: str = ""

    @property
    def holds(self) -> bool:
        """Whether the value keeps its bound; one without a bound always does."""
        if not self.bound:
            return True
        sign, limit = self.bound.split()
        return self.value >= float(limit) if sign == ">=" else self.value <= float(limit)

    def __str__(self) -> str:
        value = f"{self.value:.1f}".removesuffix(".0")
        return f"{self.name} {value} {self.unit} {self.bound or '-'}{'' if self.holds else '  MISSED'}"


def median_ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """Return the median of the ratios of each round, in percent.

    The two of one round were measured within seconds of each other, so that a neighbour's load cancels out.
    """
    return 100 * median(our / their for our, their in zip(ours, theirs, strict=True))


def write(figures: Sequence[Figure], file: Path) -> None:
    """Write all figures as JSON."""
    file.parent.mkdir(parents=True, exist_ok=True)
    rows = [{**asdict(figure), "holds": figure.holds} for figure in figures]
    file.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
