"""What counts as a contribution to a community, named by the app that records it and read by whoever counts it.

Whoever records contributions declares each once, in its `consumers` or when it is ready::

    declare_contribution(
        "workflow_shared", verb=Verb.SHARED, object_type=ObjectType.WORKFLOW, label=_("share a workflow")
    )

Nothing counts, and nothing is offered to those who write rules, before it is declared.
"""

import re
from dataclasses import dataclass

from django.utils.functional import Promise

from lms.records.models import LearningRecord

NAME = re.compile(r"[a-z][a-z_]{0,39}")


@dataclass(frozen=True)
class Contribution:
    """One way to contribute.

    Attributes:
        name: Stands in rules, so that it never changes.
        verb: Of the records that count, one of `LearningRecord.Verb`.
        object_type: Of the same records, one of `LearningRecord.ObjectType`.
        label: What somebody does, as in "share a workflow".
    """

    name: str
    verb: str
    object_type: str
    label: Promise | str


_contributions: dict[str, Contribution] = {}


def declare_contribution(name: str, *, verb: str, object_type: str, label: Promise | str) -> Contribution:
    """Let records of one verb about one type of object count as contributions.

    Raises:
        ValueError: The name is taken or is none, or no record can have that verb or type.
    """
    if not NAME.fullmatch(name):
        raise ValueError(f"{name} is no name of a contribution: small letters and underscores, at most 40.")
    declared = Contribution(
        name, LearningRecord.Verb(verb).value, LearningRecord.ObjectType(object_type).value, label
    )
    known = _contributions.setdefault(name, declared)
    if (known.verb, known.object_type) != (declared.verb, declared.object_type):
        raise ValueError(f"A contribution named {name} exists already.")
    return known


def contributions(name: str = "") -> list[Contribution]:
    """Return the declared contributions in the order of their names: all, or those of one name."""
    return [_contributions[each] for each in sorted(_contributions) if name in {"", each}]


def is_contribution(record: LearningRecord, name: str = "") -> bool:
    """Return whether a record counts as a contribution: as any, or as the one of that name."""
    return any(
        (each.verb, each.object_type) == (record.verb, record.object_type) for each in contributions(name)
    )
