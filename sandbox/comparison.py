"""Two attempts side by side: which words changed, and which criteria moved."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

from sandbox.rubric import PromptFeedback

_PIECE = re.compile(r"\s+|\w+|[^\w\s]")
_EXACT_LIMIT = 1200
"""Pieces up to which every word may begin a match. Beyond it, words that stand everywhere do not: to try each would
take a minute on a long prompt that repeats itself."""


class Change(NamedTuple):
    """A stretch of words.

    Attributes:
        kind: Whether it stands in both prompts, in the later one only, or in the earlier one only.
    """

    kind: Literal["same", "added", "removed"]
    text: str


class ScoreChange(NamedTuple):
    """How one criterion moved.

    Attributes:
        before: Level of the earlier prompt; None when it did not apply or could not be judged.
        after: Level of the later one.
    """

    key: str
    label: str
    before: int | None
    after: int | None

    @property
    def delta(self) -> int | None:
        """Levels gained, negative when lost; None when one of the two has no level."""
        if self.before is None or self.after is None:
            return None
        return self.after - self.before


def compare_prompts(before: str, after: str) -> tuple[Change, ...]:
    """Return the words of both prompts in reading order, what was removed before what was added in its place.

    What is same and removed is the earlier prompt again, what is same and added is the later one.
    """
    old, new = _PIECE.findall(before), _PIECE.findall(after)
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    old_end, new_end = len(old) - tail, len(new) - tail
    changes = [Change("same", "".join(old[:head]))]
    changes += _changes(old[head:old_end], new[head:new_end])
    changes.append(Change("same", "".join(old[old_end:])))
    return _merged(changes)


def compare_scores(before: PromptFeedback, after: PromptFeedback) -> tuple[ScoreChange, ...]:
    """Return how each criterion moved, in the order in which they are shown.

    Raises:
        ValueError: They were scored by different versions of the rubric, so their levels do not mean the same.
    """
    if before.version != after.version:
        raise ValueError(f"Rubric {before.version} and rubric {after.version} cannot be compared.")
    earlier = {criterion.key: criterion.level for criterion in before.criteria}
    return tuple(
        ScoreChange(criterion.key, criterion.label, earlier.get(criterion.key), criterion.level)
        for criterion in after.criteria
    )


def _common(old: Sequence[str], new: Sequence[str]) -> int:
    """Return how many pieces are the same from the beginning."""
    return next(
        (count for count, (left, right) in enumerate(zip(old, new, strict=False)) if left != right),
        min(len(old), len(new)),
    )


def _changes(old: list[str], new: list[str]) -> list[Change]:
    matcher = SequenceMatcher(
        isjunk=str.isspace, a=old, b=new, autojunk=max(len(old), len(new)) > _EXACT_LIMIT
    )
    changes = []
    for tag, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        if tag == "equal":
            changes.append(Change("same", "".join(old[old_start:old_end])))
        else:
            changes.append(Change("removed", "".join(old[old_start:old_end])))
            changes.append(Change("added", "".join(new[new_start:new_end])))
    return changes


def _merged(changes: Sequence[Change]) -> tuple[Change, ...]:
    """Return the changes without empty ones, neighbors of one kind joined."""
    merged: list[Change] = []
    for change in changes:
        if merged and change.text and merged[-1].kind == change.kind:
            merged[-1] = Change(change.kind, merged[-1].text + change.text)
        elif change.text:
            merged.append(change)
    return tuple(merged)
