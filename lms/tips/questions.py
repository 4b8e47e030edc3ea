"""The question of a tip, read from what its author wrote. Pure but for Wagtail's blocks."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID


@dataclass(frozen=True)
class Option:
    """One answer that can be chosen; texts are rich text as the author wrote it."""

    id: UUID
    text: str
    is_right: bool
    feedback: str


@dataclass(frozen=True)
class Asked:
    """The question of a tip.

    Attributes:
        id: Stable over republishing.
        title: Of the tip it belongs to.
    """

    id: UUID
    title: str
    text: str
    options: tuple[Option, ...]

    def option(self, choice: UUID) -> Option | None:
        """Return the option of that id; None when there is none."""
        return next((each for each in self.options if each.id == choice), None)

    @property
    def right(self) -> Option:
        """The right answer."""
        return next(each for each in self.options if each.is_right)


def question_of(tip: Any) -> Asked | None:
    """Return the question of a tip; None when it asks nothing."""
    for block in tip.question:
        options = tuple(
            Option(
                id=_identity(each.id),
                text=str(each.value["text"]),
                is_right=bool(each.value["is_right"]),
                feedback=str(each.value["feedback"]),
            )
            for each in block.value["answers"].bound_blocks
        )
        return Asked(_identity(block.id), tip.title, str(block.value["question"]), options)
    return None


def _identity(written: str | None) -> UUID:
    """Return the id of a block; one that was never saved, as in a preview, has none yet."""
    return UUID(written) if written else UUID(int=0)
