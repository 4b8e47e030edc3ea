"""Facts that audiences can ask for and that higher apps know: a completed path, a skill, a credential.

An audience is a matter of this app, but what a person has learned is not. So whoever knows such a fact registers it
here, from its `AppConfig.ready`, and from then on it can stand in every rule.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils.functional import Promise


@dataclass(frozen=True)
class AudienceFact:
    """One kind of fact.

    Attributes:
        key: What stands in the rule, as in ``{"completed_path": ["0b9c..."]}``; stored, so never renamed.
        label: What a form calls it, such as "has completed a path".
        words: Beginning of the sentence about it, such as "has completed".
        choices: Returns all values with their names, in order of name; one query.
        condition: Returns what is true of people who have at least one of the values; an ``EXISTS``, never a join.
    """

    key: str
    label: str | Promise
    words: str | Promise
    choices: Callable[[], list[tuple[str, str]]]
    condition: Callable[[tuple[str, ...], date], Q]


_facts: dict[str, AudienceFact] = {}


def register_fact(fact: AudienceFact) -> None:
    """Let rules ask for a fact.

    Raises:
        ValueError: Another fact has this key.
    """
    if _facts.setdefault(fact.key, fact) is not fact:
        raise ValueError(f"A fact named {fact.key} exists already.")


def registered_facts() -> dict[str, AudienceFact]:
    """Return all registered facts by key, in order of registration."""
    return dict(_facts)
