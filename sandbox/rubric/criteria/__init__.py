"""The eight criteria, one module each, behind one small base class."""

from typing import Any

from sandbox.definitions import CRITERIA
from sandbox.rubric.criteria.base import Criterion, Judgment
from sandbox.rubric.criteria.constraints import Constraints
from sandbox.rubric.criteria.context import Context
from sandbox.rubric.criteria.data_hygiene import DataHygiene
from sandbox.rubric.criteria.examples import Examples
from sandbox.rubric.criteria.format import Format
from sandbox.rubric.criteria.grounding import Grounding
from sandbox.rubric.criteria.role import Role
from sandbox.rubric.criteria.task import Task

_BY_KEY: dict[str, Criterion] = {
    criterion.key: criterion
    for criterion in (
        Task(),
        Context(),
        Constraints(),
        Format(),
        Role(),
        Examples(),
        Grounding(),
        DataHygiene(),
    )
}

ALL: tuple[Criterion, ...] = tuple(_BY_KEY[key] for key in CRITERIA)
"""In the order in which they are shown."""

LABELS: dict[str, Any] = {criterion.key: criterion.label for criterion in ALL}
"""What each is called."""

__all__ = ["ALL", "LABELS", "Criterion", "Judgment"]
