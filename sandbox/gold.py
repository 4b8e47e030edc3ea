"""Prompts that people have rated, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.definitions import Definition


@dataclass(frozen=True)
class GoldPrompt:
    """A prompt that people have rated.

    Attributes:
        definition: Of the exercise it was written for.
        ratings: Levels by criterion, 0 to 2, one mapping for each rater.
    """

    identity: str
    prompt: str
    definition: Definition
    ratings: tuple[Mapping[str, int], ...]


@dataclass(frozen=True)
class GoldSet:
    """All of them.

    Attributes:
        digest: SHA-256 of what was written and rated; changes whenever a prompt or a rating does.
    """

    prompts: tuple[GoldPrompt, ...]
    digest: str
