"""What an inspection brings to light, and what says that it could not be done.

Nothing here shows a value when it is printed or logged: a finding knows where it stands, not what it says.
"""

import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from sandbox.definitions import Span
from sandbox.guard.kinds import KINDS, Severity
from sandbox.guard.reading import fold

PLACEHOLDER = re.compile(
    rf"\[(?:{'|'.join(sorted({kind.stem for kind in KINDS.values()}, reverse=True))})_[1-9]\d{{0,5}}\]"
)
"""What stands in a text in place of a value."""

PERSON, PLACE, ORGANIZATION = "PERSON", "PLACE", "ORGANIZATION"


class NameFinder(Protocol):
    """Finds names in a text; see `sandbox.guard.names` for one that does."""

    def __call__(self, text: str, /) -> Iterable[tuple[Span, str]]:
        """Return each name with its label: ``PERSON``, ``PLACE`` or ``ORGANIZATION``."""
        ...


class InspectionFailed(Exception):
    """The text could not be inspected, so nobody knows what is in it and it must not leave."""


class TextTooLong(InspectionFailed):
    """The text is longer than what is inspected in one go."""

    def __init__(self, length: int, limit: int) -> None:
        super().__init__(f"The text has {length} characters; at most {limit} are inspected.")
        self.length = length
        self.limit = limit


class Hit(NamedTuple):
    """Something that a detector found, in characters of the reading it was given."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True)
class Finding:
    """Something in a text that should not leave as it stands, or deserves a thought before it does.

    Attributes:
        kind: A key of `KINDS`.
        span: Where it stands, in code points of the text as the learner wrote it.
        placeholder: What may stand in its place: ``[IBAN_1]``. Equal values of one text share it.
    """

    kind: str
    severity: Severity
    span: Span
    placeholder: str


@dataclass(frozen=True)
class Inspection:
    """All that was found in one text.

    Attributes:
        findings: In the order of the text; they do not overlap.
        names_checked: Whether names were looked for by more than plain rules.
    """

    text: str = field(repr=False)
    findings: tuple[Finding, ...]
    names_checked: bool = False

    @property
    def is_blocked(self) -> bool:
        """Whether something in the text may never leave."""
        return any(finding.severity is Severity.BLOCK for finding in self.findings)

    @property
    def blocking(self) -> tuple[Finding, ...]:
        """What may never leave as it stands."""
        return self._of(Severity.BLOCK)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What the learner decides about."""
        return self._of(Severity.WARN)

    @property
    def hints(self) -> tuple[Finding, ...]:
        """What is only pointed out."""
        return self._of(Severity.HINT)

    def value_of(self, finding: Finding) -> str:
        """Return what stands in the text where the finding is."""
        return self.text[slice(*finding.span)]

    def digest_of(self, finding: Finding, *, salt: str = "") -> str:
        """Return what remembers a decision about a value without the value, as 64 hex digits.

        Few values are hard to guess, so a digest hides little from someone who has the salt too. Use one salt for
        one attempt, and keep digests no longer than the attempt.
        """
        value = normal_form(finding.kind, self.value_of(finding))
        return hmac.digest(salt.encode(), f"{finding.kind}\n{value}".encode(), hashlib.sha256).hex()

    def _of(self, severity: Severity) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.severity is severity)


VERBAL = {"person", "place", "organization", "company_word", "street_address", "special_category"}
"""Kinds whose spaces count: "Ann Amari" is not "Anna Mari"."""

EXACT = {
    kind for kind, about in KINDS.items() if about.stem in {"API_KEY", "PASSWORD", "SESSION_TOKEN", "WEBHOOK"}
}
"""Kinds whose case counts: another case is another password."""


def normal_form(kind: str, value: str) -> str:
    """Return the form in which two values of a kind are the same thing: an IBAN with spaces and one without."""
    value = fold(value)
    if kind in EXACT:
        return value
    if kind in VERBAL:
        return " ".join(re.findall(r"\w+", value.casefold()))
    if kind == "email":
        return value.casefold()
    return "".join(filter(str.isalnum, value.casefold()))
