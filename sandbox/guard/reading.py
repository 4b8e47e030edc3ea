"""How the guard reads: what looks the same, or is not seen at all, must not hide anything.

A card number typed in full-width digits, or with an invisible joiner between them, is still a card number. So detectors
read a folded text: compatibility forms (NFKC), one kind of dash, space, quote and digit, nothing invisible. Each
character of it knows which characters of the learner's text it stands for, so that findings point there.

An invisible character may have been put inside a number, or between two. Such a text is read twice: once as though it
were not there and once as a space.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from sandbox.definitions import Span

BEFORE, AFTER = 64, 32
"""How far a word may stand from a number, in characters, and still say what the number is."""

_PLAIN = re.compile(r"[\t\n\r\x20-\x7e]*")
_RUNS = re.compile(r"([\t\n\r\x20-\x7e]+)|[^\t\n\r\x20-\x7e]+")
_BLOCK_END = re.compile(r"\n[ \t\r]*\n")
_CELL_ENDS = ",;\t|"
_INVISIBLE, _MARK = "\x00", "\x01"
_FORMS = {
    "\t": "\t",
    "\r": "\r",
    "\u2212": "-",
    **dict.fromkeys("\n\x0b\x0c\x85", "\n"),
    **dict.fromkeys("\u2018\u2019\u02bc\u2032", "'"),
    **dict.fromkeys("\u201c\u201d\u201e", '"'),
    **dict.fromkeys(
        "\u115f\u1160\u2800\u3164\uffa0", _INVISIBLE
    ),  # letters and symbols that are drawn as nothing
}
_FORMS_BY_CATEGORY = {
    **dict.fromkeys(("Cc", "Cf", "Cn", "Co"), _INVISIBLE),
    **dict.fromkeys(("Me", "Mn"), _MARK),
    **dict.fromkeys(("Zl", "Zp"), "\n"),
    "Pd": "-",
}


@dataclass(frozen=True)
class Reading:
    """A text as the detectors read it.

    Attributes:
        starts: Where each character begins in the text as it was written; None when nothing was folded.
        ends: Where it ends there.
    """

    text: str
    starts: Sequence[int] | None = field(default=None, repr=False)
    ends: Sequence[int] | None = field(default=None, repr=False)

    def __repr__(self) -> str:
        """Return how long the text is, not what it says."""
        return f"<Reading of {len(self.text)} characters>"

    @cached_property
    def lowered(self) -> str:
        """The text in lower case, to ask whether a word occurs at all; its length may differ."""
        return self.text.lower()

    def original(self, start: int, end: int) -> Span:
        """Return where characters of this reading stand in the text as it was written."""
        if self.starts is None or self.ends is None:
            return Span(start, end)
        return Span(self.starts[start], self.ends[end - 1])

    def says_near(self, words: re.Pattern[str], start: int, end: int) -> bool:
        """Return whether one of the words stands close by, or at the head of the table that this is a cell of."""
        return bool(
            words.search(self.text, max(0, start - BEFORE), start)
            or words.search(self.text, end, end + AFTER)
            or self._heading_says(words, start)
        )

    def _heading_says(self, words: re.Pattern[str], start: int) -> bool:
        block = bisect_right(self._blocks, start) - 1
        key = (words.pattern, block)
        if key not in self._headings:
            first = self._blocks[block]
            heading = self.text[first : self.text.find("\n", first) + 1][:1000]
            is_table = any(mark in heading for mark in _CELL_ENDS)
            self._headings[key] = is_table and words.search(heading) is not None
        return self._headings[key]

    @cached_property
    def _blocks(self) -> list[int]:
        """Where a stretch of text begins after an empty line."""
        return [0, *(match.end() for match in _BLOCK_END.finditer(self.text))]

    @cached_property
    def _headings(self) -> dict[tuple[str, int], bool]:
        return {}


def readings_of(text: str) -> tuple[Reading, ...]:
    """Return the text as it is to be read: once, or twice when something invisible stands in it."""
    if _PLAIN.fullmatch(text):
        return (Reading(text),)
    if _INVISIBLE in map(_folded, set(text)):
        return (_fold(text, gap=""), _fold(text, gap=" "))
    return (_fold(text, gap=""),)


def fold(text: str) -> str:
    """Return the text with nothing invisible, and one form for what looks the same."""
    return readings_of(text)[0].text


def _fold(text: str, *, gap: str) -> Reading:
    folded: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for run in _RUNS.finditer(text):
        if run[1]:
            folded.extend(run[1])
            starts.extend(range(run.start(), run.end()))
            ends.extend(range(run.start() + 1, run.end() + 1))
            continue
        for at, character in enumerate(run[0], run.start()):
            form = _folded(character)
            if form == _MARK:
                if folded:
                    folded[-1] = _with_mark(folded[-1], character)
                    ends[-1] = at + 1
                continue
            form = gap if form == _INVISIBLE else form
            folded.extend(form)
            starts.extend([at] * len(form))
            ends.extend([at + 1] * len(form))
    return Reading("".join(folded), starts, ends)


def _with_mark(base: str, mark: str) -> str:
    """Return an accented letter as one character; a mark that belongs on no letter is left out."""
    composed = unicodedata.normalize("NFC", base + mark)
    return composed if len(composed) == 1 else base


@lru_cache(maxsize=8192)
def _folded(character: str) -> str:
    """Return what a character is read as, or `_INVISIBLE` or `_MARK`."""
    category = unicodedata.category(character)
    if character in _FORMS:
        return _FORMS[character]
    if category in _FORMS_BY_CATEGORY:
        return _FORMS_BY_CATEGORY[category]
    if category == "Nd":
        return str(unicodedata.decimal(character))
    forms = unicodedata.normalize("NFKC", character)
    return "".join(" " if form.isspace() else form for form in forms if unicodedata.category(form) != "Mn")
