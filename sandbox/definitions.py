"""What an exercise asks, as plain values: what the rubric, the checks and the review work from.

A `Definition` is read from the frozen rubric version that an attempt was made under, so that feedback can be
replayed years later. JSON in, frozen dataclasses out; nothing here knows the database.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

CRITERIA = ("task", "context", "constraints", "format", "role", "examples", "grounding", "data_hygiene")
"""The eight criteria of the prompt rubric, in the order in which they are shown."""


class Span(NamedTuple):
    """A stretch of a text, in characters (Unicode code points): from `start` up to, not including, `end`."""

    start: int
    end: int


@dataclass(frozen=True)
class Fact:
    """Something that a good prompt or answer mentions.

    Attributes:
        name: What it is, as feedback says it: "the salary band".
        words: Any of these says it, whatever the case; whole words, or longer phrases.
    """

    name: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Pitfall:
    """A mistake that models make on this task, which the learner should find when it is made.

    Attributes:
        explanation: What the mistake is, and how it could have been noticed, in a sentence or two.
        words: The answer has made it when it holds any of these and the material does not.
    """

    explanation: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Material:
    """What the learner works with; data, never instructions.

    Attributes:
        name: Such as "Job description".
        kind: ``text``, ``table`` (CSV with a heading line) or ``file``. Texts and tables go to the model with every
            prompt. A file is the learner's to open, and to decide what of it may be sent: what is copied from it is
            looked at like anything else.
    """

    name: str
    kind: str
    body: str


@dataclass(frozen=True)
class PlantedAnswer:
    """An answer with mistakes that an author planted, to be reviewed when no model answers.

    Attributes:
        text: The answer as it is shown.
        mistakes: Where each mistake stands in `text`, with what is wrong there.
    """

    text: str
    mistakes: tuple[tuple[Span, str], ...]


@dataclass(frozen=True)
class Definition:
    """What feedback on an attempt is worked out from.

    Attributes:
        situation: Title, brief and goals as plain text.
        weights: Points of each criterion that applies, by key; the others are not applicable. Their sum need
            not be 100: a score is a share of what applies.
        facts: What a good prompt says of the situation (for the criterion `context`).
        checks: Outcome checks in the order they are shown, each ``{"check": name, ...its settings}``.
    """

    language: str = "en"
    situation: str = ""
    weights: Mapping[str, int] = field(default_factory=dict)
    facts: tuple[Fact, ...] = ()
    checks: tuple[Mapping[str, Any], ...] = ()
    pitfalls: tuple[Pitfall, ...] = ()
    materials: tuple[Material, ...] = ()
    reference_prompt: str = ""
    planted_answer: PlantedAnswer | None = None

    @property
    def material_text(self) -> str:
        """All materials, one below the other."""
        return "\n\n".join(material.body for material in self.materials)

    @property
    def named_material_text(self) -> str:
        """All materials, each below its name: names are read and sent as well."""
        return "\n\n".join(f"{material.name}\n{material.body}" for material in self.materials)

    @property
    def attached(self) -> tuple[Material, ...]:
        """What goes to the model with every prompt."""
        return tuple(material for material in self.materials if material.kind != "file")

    @property
    def released_text(self) -> str:
        """What an author wrote for everybody to use, so that nothing in it is private."""
        return "\n\n".join([self.situation, *(material.body for material in self.attached)])

    def to_json(self) -> dict[str, Any]:
        """Return what `from_json` reads."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Definition":
        """Return the definition that was stored with `to_json`.

        Raises:
            KeyError: A member is missing.
        """
        planted = data["planted_answer"]
        return cls(
            language=data["language"],
            situation=data["situation"],
            weights=dict(data["weights"]),
            facts=tuple(Fact(each["name"], tuple(each["words"])) for each in data["facts"]),
            checks=tuple(dict(each) for each in data["checks"]),
            pitfalls=tuple(Pitfall(each["explanation"], tuple(each["words"])) for each in data["pitfalls"]),
            materials=tuple(Material(each["name"], each["kind"], each["body"]) for each in data["materials"]),
            reference_prompt=data["reference_prompt"],
            planted_answer=planted
            and PlantedAnswer(
                planted["text"], tuple((Span(*span), wrong) for span, wrong in planted["mistakes"])
            ),
        )
