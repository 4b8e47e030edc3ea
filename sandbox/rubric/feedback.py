"""What the rubric says of a prompt, and how it is stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from sandbox.definitions import Span


class Note(NamedTuple):
    """Something to know about the feedback as a whole.

    Attributes:
        key: ``empty``, ``language_unknown``, ``reference_used``, ``answer_used`` or ``private_data``.
        text: The same in a sentence or two for the learner.
    """

    key: str
    text: str


@dataclass(frozen=True)
class CriterionFeedback:
    """What one criterion says.

    Attributes:
        level: 0 nothing, 1 a beginning, 2 there; None when it does not apply or cannot be judged.
        weight: Points it can bring; 0 when it does not apply.
        evidence: Where the prompt shows it, in order.
        missing: What is not there, in a sentence; empty when nothing is.
        hint: The next step, in a sentence; empty when there is none. Never the prompt, rewritten.
    """

    key: str
    label: str
    level: int | None
    weight: int
    evidence: tuple[Span, ...] = ()
    missing: str = ""
    hint: str = ""

    @property
    def lost(self) -> float:
        """Points that this criterion could still bring."""
        return 0.0 if self.level is None else self.weight * (2 - self.level) / 2


@dataclass(frozen=True)
class PromptFeedback:
    """What the rubric says of one prompt.

    Attributes:
        version: Of the rubric that said it.
        language: Code of the language whose words were looked for; None when there is no lexicon of it.
        total: Share of the points that apply, 0 to 100; None when a number would say nothing.
        criteria: All eight, in the order of `CRITERIA`.
    """

    version: str
    language: str | None
    total: int | None
    criteria: tuple[CriterionFeedback, ...]
    notes: tuple[Note, ...] = ()

    def criterion(self, key: str) -> CriterionFeedback:
        """Return what one criterion says.

        Raises:
            KeyError: There is no such criterion.
        """
        return {each.key: each for each in self.criteria}[key]

    def to_json(self) -> dict[str, Any]:
        """Return what `from_json` reads."""
        return {
            "version": self.version,
            "language": self.language,
            "total": self.total,
            "criteria": [
                {
                    "key": each.key,
                    "label": each.label,
                    "level": each.level,
                    "weight": each.weight,
                    "evidence": [list(span) for span in each.evidence],
                    "missing": each.missing,
                    "hint": each.hint,
                }
                for each in self.criteria
            ],
            "notes": [{"key": note.key, "text": note.text} for note in self.notes],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "PromptFeedback":
        """Return the feedback that was stored with `to_json`.

        Raises:
            KeyError: A member is missing.
        """
        return cls(
            version=data["version"],
            language=data["language"],
            total=data["total"],
            criteria=tuple(
                CriterionFeedback(
                    key=each["key"],
                    label=each["label"],
                    level=each["level"],
                    weight=each["weight"],
                    evidence=tuple(Span(*span) for span in each["evidence"]),
                    missing=each["missing"],
                    hint=each["hint"],
                )
                for each in data["criteria"]
            ),
            notes=tuple(Note(note["key"], note["text"]) for note in data["notes"]),
        )


def next_hint(feedback: PromptFeedback) -> CriterionFeedback | None:
    """Return the criterion to work on next: the one that loses most points, the first of equals.

    Returns:
        None when nothing that can be judged is missing.
    """
    best = max(feedback.criteria, key=lambda each: each.lost, default=None)
    return best if best and best.lost else None
