"""In which language is it written? Counted by the commonest words, without a model."""

import re
from collections import Counter

from sandbox.rubric.lexicon import lexicon, stopwords, supported_languages

WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*")
_ENOUGH_WORDS = 8
_FAMILIAR_SHARE = 0.05
_LATIN = re.compile(r"[A-Za-z\u00AA-\u024F\u1E00-\u1EFF]")


def words_of(text: str) -> list[str]:
    """Return the words of a text in lower case, without numbers."""
    return [word.casefold().replace("\u2019", "'") for word in WORD.findall(text)]


def detect_language(text: str, *, expected: str = "") -> str | None:
    """Return the code of the language, or None when it is none that is recognized.

    Args:
        text: What was written.
        expected: Language to assume while too little speaks for another, as in a text of three words.
    """
    letters = WORD.findall(text)
    if not letters:
        return expected or None
    if not _is_mostly_latin("".join(letters)):
        return None
    words = Counter(words_of(text))
    hits = {
        language: sum(words[word] for word in common if word in words)
        for language, common in stopwords().items()
    }
    best = max(hits, key=lambda language: (hits[language], language == expected))
    if hits[best] >= 2 and hits[best] > hits.get(expected, 0):
        return best
    return expected if expected and _is_familiar(words, expected) else None


def _is_mostly_latin(letters: str) -> bool:
    return 2 * len(_LATIN.findall(letters)) >= len(letters)


def _is_familiar(words: Counter[str], language: str) -> bool:
    """Whether nothing speaks against the language: a text is short, or some of its words belong to it."""
    total = words.total()
    known = stopwords().get(language, frozenset())
    if language in supported_languages():
        known |= lexicon(language).vocabulary
    return (
        total < _ENOUGH_WORDS
        or sum(n for word, n in words.items() if word in known) >= _FAMILIAR_SHARE * total
    )
