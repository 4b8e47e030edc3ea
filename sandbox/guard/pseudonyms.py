"""Placeholders in place of values on the way out, and values in place of placeholders on the way back.

The mapping lives in memory for one request: it is what the whole effort keeps from leaving, so it is never stored,
logged or printed.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from sandbox.guard.findings import PLACEHOLDER, Finding, Inspection
from sandbox.guard.inspection import Placeholders
from sandbox.guard.kinds import Severity


class Pseudonyms:
    """Which placeholder stands for which value, over all texts of one conversation.

    The same value has the same placeholder in each of them, so the model can follow who is who. A placeholder that the
    learner already wrote is given to nothing else.
    """

    def __init__(self, mapping: Mapping[str, str]) -> None:
        self._mapping = dict(mapping)
        self._by_place: dict[tuple[str, str], str] = {}

    def __repr__(self) -> str:
        """Return how many there are, not what they stand for."""
        return f"<Pseudonyms for {len(self._mapping)} values>"

    @classmethod
    def for_inspections(cls, inspections: Iterable[Inspection]) -> "Pseudonyms":
        """Return placeholders for everything found in the texts of a conversation, in their order."""
        inspections = list(inspections)
        placeholders = Placeholders(
            reserved=(name for inspection in inspections for name in PLACEHOLDER.findall(inspection.text))
        )
        pseudonyms = cls({})
        for inspection in inspections:
            for finding in inspection.findings:
                value = inspection.value_of(finding)
                placeholder = placeholders.of(finding.kind, value)
                pseudonyms._mapping.setdefault(
                    placeholder, value
                )  # the spelling that came first is given back
                pseudonyms._by_place[finding.kind, value] = placeholder
        return pseudonyms

    @property
    def mapping(self) -> Mapping[str, str]:
        """Placeholder to value, as it was first written. Keep it in memory only."""
        return MappingProxyType(self._mapping)

    def hide(self, text: str, findings: Inspection | Iterable[Finding]) -> str:
        """Return the text with placeholders where the findings are.

        Args:
            text: The text that was inspected.
            findings: Which of its findings to replace; of an inspection all but the hints.

        Raises:
            KeyError: A finding is none of those that these pseudonyms were made for.
        """
        if isinstance(findings, Inspection):
            findings = (finding for finding in findings.findings if finding.severity > Severity.HINT)
        pieces = []
        position = 0
        for finding in sorted(findings, key=lambda finding: finding.span):
            pieces += [
                text[position : finding.span.start],
                self._by_place[finding.kind, text[slice(*finding.span)]],
            ]
            position = finding.span.end
        return "".join([*pieces, text[position:]])

    def restorer(self) -> "Restorer":
        """Return what puts the values back into one answer, as it streams in."""
        return Restorer(self._mapping)


class Restorer:
    """Puts values in place of placeholders in a text that comes in pieces, cut anywhere.

    Text waits only while it may still become one of the placeholders; everything else goes through at once. Values are
    not searched in turn.
    """

    def __init__(self, mapping: Mapping[str, str]) -> None:
        self._mapping = dict(mapping)
        self._beginnings = {name[:length] for name in mapping for length in range(1, len(name))}
        self._waiting = ""

    def feed(self, delta: str) -> str:
        """Return what can be shown now that another piece has come."""
        shown = []
        position = 0
        while position < len(delta):
            if not self._waiting:
                bracket = delta.find("[", position)
                if bracket < 0:
                    break
                shown.append(delta[position:bracket])
                position = bracket
            shown.append(self._take(delta[position]))
            position += 1
        return "".join([*shown, delta[position:]])

    def finish(self) -> str:
        """Return what still waited when the answer ended."""
        waiting, self._waiting = self._waiting, ""
        return waiting

    def _take(self, character: str) -> str:
        """Return what one more character releases."""
        candidate = self._waiting + character
        self._waiting = ""
        if candidate in self._mapping:
            return self._mapping[candidate]
        if candidate in self._beginnings:
            self._waiting = candidate
            return ""
        if character in self._beginnings:  # another bracket: this one may begin a placeholder
            self._waiting = character
            return candidate[:-1]
        return candidate


def restore(text: str, mapping: Mapping[str, str]) -> str:
    """Return a whole text with the values of `mapping` in place of their placeholders."""
    return PLACEHOLDER.sub(lambda match: mapping.get(match[0], match[0]), text)
