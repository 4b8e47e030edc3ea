"""In how many ways a prompt says what its result shall be like, wherever it does.

"Summarize the article" is told apart from "Summarize the article in five lines for our neighbors" by what stands beside
the request, often sentences away. A way counts once: length earns nothing.
"""

from functools import cached_property

from sandbox.definitions import Span
from sandbox.rubric.criteria.base import outside
from sandbox.rubric.criteria.format import layouts
from sandbox.rubric.reading import Reading

_WAYS = (
    "constraints.length",
    "constraints.scope",
    "constraints.negative",
    "format.detail",
    "examples.given",
    "grounding.restrict",
    "grounding.unknown",
    "grounding.cite",
    "context.audience",
    "context.purpose",
)


class Specifics:
    """What one prompt says of its result; each look-up runs once, however many sentences ask."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._said = {way: spans for way in _WAYS if (spans := reading.find(way))}
        said = [span for spans in self._said.values() for span in spans]
        self._facts = outside(reading.facts.values(), said)

    def count_beside(self, asking: Span) -> int:
        """Return in how many ways it is said by other words than those that ask; facts and a layout are one each."""
        ways = sum(any(not touch(span, asking) for span in spans) for spans in self._said.values())
        facts = any(not touch(span, asking) for span in self._facts)
        return ways + facts + self.has_layout

    def holds(self, asking: Span) -> bool:
        """Whether what asks is part of such a saying itself: "where a date is missing, write 'open'"."""
        return asking in self._held

    @cached_property
    def has_layout(self) -> bool:
        """Whether the layout of the result stands in the prompt."""
        return bool(layouts(self._reading))

    @cached_property
    def is_about_exercise(self) -> bool:
        """Whether any word of the prompt belongs to the exercise."""
        reading = self._reading
        return any(map(reading.is_subject, reading.content_words(0, len(reading.text))))

    @cached_property
    def _held(self) -> frozenset[Span]:
        asking = [*self._reading.find("task.verb"), *self._reading.find("task.request")]
        said = [span for spans in self._said.values() for span in spans]
        return frozenset(asking).difference(outside(asking, said))


def touch(one: Span, other: Span) -> bool:
    """Whether two spans share a character."""
    return one.start < other.end and other.start < one.end
