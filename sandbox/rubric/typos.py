"""Typing errors: the nearest word of the lexicon, when it is beyond doubt.

Whoever types fast, or writes in a second language, has asked all the same. Only slips that hardly ever make another
word are mended: two neighboring letters in the wrong order, or one letter missing, doubled or wrong inside a longer
word.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache

_LONG = 7
_VERY_LONG = 8
_ENDING = 2


@lru_cache(maxsize=16)
def slips(vocabulary: frozenset[str]) -> dict[str, str]:
    """Return the word meant by each slip; a slip of two words means neither."""
    meant: dict[str, str | None] = {}
    for word in sorted(vocabulary):
        for slip in set(_slips_of(word)):
            meant[slip] = word if meant.get(slip, word) == word else None
    return {slip: word for slip, word in meant.items() if word and slip not in vocabulary}


def mended(word: str, vocabulary: frozenset[str]) -> str:
    """Return the word that was meant, or the word itself. All in lower case."""
    if len(word) < 4 or word in vocabulary:
        return word
    known = slips(vocabulary)
    if word in known:
        return known[word]
    if len(word) < _LONG:
        return word
    meant = {known[key] for key in _keys(word) if key in known} | vocabulary.intersection(
        _with_one_less(word)
    )
    return meant.pop() if len(meant) == 1 else word


def _slips_of(word: str) -> Iterator[str]:
    """Give what a word becomes by one slip."""
    if len(word) < 4:
        return
    for at in range(len(word) - 1):
        yield word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if len(word) >= _LONG:
        yield from _without_one(word)
        yield from (word[:at] + "?" + word[at + 1 :] for at in _inside(word))


def _keys(word: str) -> Iterable[str]:
    """Give the forms under which a longer word with one wrong letter is listed."""
    return (word[:at] + "?" + word[at + 1 :] for at in _inside(word))


def _with_one_less(word: str) -> Iterable[str]:
    """Give a longer word with each doubled letter once."""
    return (word[:at] + word[at + 1 :] for at in range(1, len(word)) if word[at] == word[at - 1])


def _without_one(word: str) -> Iterator[str]:
    """Give a longer word with one letter missing; never the last.

    "Actual" is no slip of "factual" either, nor "teaches" of "teachers".
    """
    first = 0 if len(word) >= _VERY_LONG else 1
    last = len(word) - (_ENDING if word.endswith("ers") else 1)
    return (word[:at] + word[at + 1 :] for at in range(first, last))


def _inside(word: str) -> range:
    """Positions that carry no ending: "posted" is no slip of "poster"."""
    return range(len(word) - _ENDING)
