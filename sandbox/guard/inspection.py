"""The one place that every text passes before a model sees it: prompt, material, history and what a judge reads.

Text in, findings out. It fails closed: whatever goes wrong is an `InspectionFailed`, and a text that was not inspected
does not leave. Nothing here logs.
"""

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Iterator

from sandbox.definitions import Span
from sandbox.guard.circumstances import find_circumstances
from sandbox.guard.contacts import find_emails, find_ip_addresses, find_streets
from sandbox.guard.credentials import find_credentials
from sandbox.guard.dictionary import EMPTY_DICTIONARY, Dictionary
from sandbox.guard.findings import (
    ORGANIZATION,
    PERSON,
    PLACE,
    PLACEHOLDER,
    VERBAL,
    Finding,
    Hit,
    Inspection,
    InspectionFailed,
    NameFinder,
    TextTooLong,
    normal_form,
)
from sandbox.guard.identifiers import find_cards, find_ibans
from sandbox.guard.kinds import KINDS, Severity
from sandbox.guard.national_ids import find_national_ids
from sandbox.guard.passwords import find_passwords
from sandbox.guard.persons import find_persons
from sandbox.guard.phones import find_phones
from sandbox.guard.private_details import find_private_details
from sandbox.guard.reading import Reading, fold, readings_of

LONGEST_TEXT = 200_000
"""Characters that are inspected in one go; a longer text is refused, not cut."""

_DETECTORS: tuple[Callable[[Reading], Iterator[Hit]], ...] = (
    find_credentials,
    find_passwords,
    find_ibans,
    find_cards,
    find_national_ids,
    find_emails,
    find_ip_addresses,
    find_streets,
    find_circumstances,
    find_private_details,
    find_persons,
)
_KINDS_OF_NAMES = {PERSON: "person", PLACE: "place", ORGANIZATION: "organization"}
_EDGES = " \t\r\n,.;:()[]{}<>\"'-"

_Piece = tuple[str, Span]


def inspect(
    text: str,
    *,
    known: str = "",
    dictionary: Dictionary = EMPTY_DICTIONARY,
    find_names: NameFinder | None = None,
    region: str | None = None,
) -> Inspection:
    """Return what in a text should not leave as it stands, or deserves a thought before it does.

    Args:
        text: What is about to be sent.
        known: Material of the exercise. What the material says is fictional: it neither warns nor hints. Secrets and
            numbers of persons block all the same.
        dictionary: Words that the company keeps to itself.
        find_names: Finds names of persons, places and organizations; without it only plain rules look for persons.
        region: Two letters of the country whose telephone numbers are written in national form, or None.

    Raises:
        TextTooLong: The text, or the material, has more than `LONGEST_TEXT` characters.
        InspectionFailed: Something went wrong; nobody knows what is in the text.
    """
    for each in (text, known):
        if len(each) > LONGEST_TEXT:
            raise TextTooLong(len(each), LONGEST_TEXT)
    try:
        hits = _apart(_foreign(_hits(text, dictionary, find_names, region), text, known), text)
        return Inspection(text, _findings(text, hits), names_checked=find_names is not None)
    except Exception as error:  # noqa: BLE001 - whatever it is, the text does not leave
        # Neither the message nor the chain of the first error goes on: both may quote the text.
        msg = f"The text could not be inspected: {type(error).__name__}."
        raise InspectionFailed(msg) from None


def _hits(
    text: str, dictionary: Dictionary, find_names: NameFinder | None, region: str | None
) -> Iterator[_Piece]:
    """Return everything that any detector finds, in characters of the text as it was written."""
    for reading in readings_of(text):
        for detect in _DETECTORS:
            for kind, start, end in detect(reading):
                yield kind, reading.original(start, end)
        for kind, start, end in (*find_phones(reading, region=region), *dictionary.find(reading)):
            yield kind, reading.original(start, end)
    if find_names:
        reading = readings_of(text)[0]
        for span, label in find_names(reading.text):
            if not 0 <= span.start < span.end <= len(reading.text):
                msg = "A name finder pointed outside the text."
                raise ValueError(msg)
            yield _KINDS_OF_NAMES[label], reading.original(*span)


def _foreign(hits: Iterable[_Piece], text: str, known: str) -> list[_Piece]:
    """Leave out what the material says too, and what is a placeholder already."""
    placeholders = [match.span() for match in PLACEHOLDER.finditer(text)]
    material = fold(known).casefold()
    in_material: dict[str, bool] = {}
    left = []
    for kind, span in hits:
        if KINDS[kind].severity is not Severity.BLOCK:
            value = fold(text[slice(*span)]).casefold()
            if value not in in_material:
                in_material[value] = bool(material) and _has_words(material, value)
            if in_material[value] or _touches(placeholders, span):
                continue
        left.append((kind, span))
    return left


def _has_words(text: str, words: str) -> bool:
    """Return whether words stand in a text, and not as parts of longer words."""
    at = text.find(words)
    while at >= 0:
        before, after = text[at - 1 : at] if at else "", text[at + len(words) : at + len(words) + 1]
        if not (before.isalnum() and words[0].isalnum()) and not (after.isalnum() and words[-1].isalnum()):
            return True
        at = text.find(words, at + 1)
    return False


def _touches(taken: list[tuple[int, int]], span: Span) -> bool:
    """Return whether a span shares a character with one of several, which are in order and apart."""
    at = bisect_left(taken, (span.end, span.end))
    return at > 0 and taken[at - 1][1] > span.start


def _apart(hits: list[_Piece], text: str) -> list[_Piece]:
    """Return hits that do not overlap: of two the graver stays, of equally grave ones the longer.

    What the winner leaves uncovered of a name or an address stays a finding too: otherwise replacing the winner would
    send the rest.
    """
    taken: list[tuple[int, int]] = []
    kept: list[_Piece] = []
    ranked = sorted(hits, key=lambda hit: (-KINDS[hit[0]].severity, hit[1].start - hit[1].end, hit[1].start))
    for kind, span in ranked:
        for piece in _uncovered(span, taken, text) if kind in VERBAL else [span]:
            if not _touches(taken, piece):
                insort(taken, (piece.start, piece.end))
                kept.append((kind, piece))
    return sorted(kept, key=lambda hit: hit[1])


def _uncovered(span: Span, taken: list[tuple[int, int]], text: str) -> Iterator[Span]:
    """Return the parts of a span that nothing has taken and that say something."""
    start = span.start
    first = max(0, bisect_left(taken, (span.start, span.start)) - 1)
    overlapping = []
    for at in range(first, len(taken)):
        if taken[at][0] >= span.end:
            break
        if taken[at][1] > span.start:
            overlapping.append(taken[at])
    for taken_start, taken_end in [*overlapping, (span.end, span.end)]:
        piece = text[start:taken_start]
        if start == span.start and taken_start == span.end:
            yield span
        elif sum(map(str.isalpha, piece)) > 1:
            left, right = len(piece) - len(piece.lstrip(_EDGES)), len(piece) - len(piece.rstrip(_EDGES))
            yield Span(start + left, taken_start - right)
        start = max(start, taken_end)


def _findings(text: str, hits: list[_Piece]) -> tuple[Finding, ...]:
    """Number the placeholders in the order of the text; equal values share one."""
    placeholders = Placeholders(reserved=PLACEHOLDER.findall(text))
    return tuple(
        Finding(kind, KINDS[kind].severity, span, placeholders.of(kind, text[slice(*span)]))
        for kind, span in hits
    )


class Placeholders:
    """Gives out placeholders: equal values get the same one, and none that already stands in a text."""

    def __init__(self, reserved: Iterable[str] = ()) -> None:
        self._reserved = set(reserved)
        self._given: dict[tuple[str, str], str] = {}
        self._last: dict[str, int] = {}

    def of(self, kind: str, value: str) -> str:
        """Return the placeholder of a value."""
        stem = KINDS[kind].stem
        key = (stem, normal_form(kind, value))
        if key not in self._given:
            self._given[key] = self._next(stem)
        return self._given[key]

    def _next(self, stem: str) -> str:
        number = self._last.get(stem, 0) + 1
        while f"[{stem}_{number}]" in self._reserved:
            number += 1
        self._last[stem] = number
        return f"[{stem}_{number}]"
