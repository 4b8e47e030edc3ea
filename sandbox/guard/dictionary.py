"""Words that a company keeps to itself: clients, projects, products to come.

Only salted hashes are kept, so that a copy of the list tells nobody the names. A text is compared by hashing each
run of up to four words. Case, spacing and punctuation do not count: "ACME-Corp" and "Acme Corp" are
the same words. Scripts without spaces between words are compared by the run of letters.
"""

import hashlib
import hmac
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from sandbox.guard.findings import Hit
from sandbox.guard.reading import Reading, fold

LONGEST = 4
"""The most words that an entry may have."""

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Dictionary:
    """Hashed words that a text is searched for; make one with `from_words` or `from_hashes`."""

    hashes: frozenset[bytes] = field(default=frozenset(), repr=False)
    salt: bytes = field(default=b"", repr=False)

    @classmethod
    def from_words(cls, words: Iterable[str], salt: bytes) -> "Dictionary":
        """Return a dictionary of these words and phrases.

        Raises:
            ValueError: An entry has no word in it, or more than four; its number is said, not its text.
        """
        hashes = set()
        for number, entry in enumerate(words, 1):
            parts = _WORD.findall(fold(entry).casefold())
            if not 1 <= len(parts) <= LONGEST:
                msg = f"Entry {number} has {len(parts)} words; it needs 1 to {LONGEST}."
                raise ValueError(msg)
            hashes.add(_digest(" ".join(parts), salt))
        return cls(frozenset(hashes), salt)

    @classmethod
    def from_hashes(cls, hashes: Iterable[bytes], salt: bytes) -> "Dictionary":
        """Return the dictionary whose `hashes` were stored, with the salt that they were made with."""
        return cls(frozenset(hashes), salt)

    def find(self, reading: Reading) -> Iterator[Hit]:
        """Return where words of the dictionary stand. Cost: a hash for each distinct run of up to four words."""
        if not self.hashes:
            return
        words = [(match[0].casefold(), match.start(), match.end()) for match in _WORD.finditer(reading.text)]
        known: dict[str, bool] = {}
        for first, (_, start, _) in enumerate(words):
            phrase = ""
            for word, _, end in words[first : first + LONGEST]:
                phrase = f"{phrase} {word}" if phrase else word
                if phrase not in known:
                    known[phrase] = _digest(phrase, self.salt) in self.hashes
                if known[phrase]:
                    yield Hit("company_word", start, end)


def _digest(phrase: str, salt: bytes) -> bytes:
    return hmac.digest(salt, phrase.encode(), hashlib.sha256)


EMPTY_DICTIONARY = Dictionary()
