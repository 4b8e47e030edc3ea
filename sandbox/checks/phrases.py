"""Words and phrases in a text: whole words, whatever the case and the white space."""

import re
from collections.abc import Iterable

from sandbox.definitions import Span

WORD = re.compile(r"[^\W_]+(?:[.,:/@'\u2019-][^\W_]+)*")
"""A word as people count them: "62,000" and "e-mail" are one each, a dash or an asterisk is none."""


def find_phrases(phrases: Iterable[str], text: str) -> tuple[Span, ...]:
    """Return where any of the phrases stands in a text, in order."""
    escaped = [
        r"\s+".join(map(re.escape, phrase.split())).replace("'", "['\u2019]")
        for phrase in sorted(phrases, key=len, reverse=True)
        if phrase.strip()
    ]
    if not escaped:
        return ()
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(escaped)})(?!\w)", re.IGNORECASE)
    return tuple(Span(*match.span()) for match in pattern.finditer(text))


def quoted_list(words: Iterable[str]) -> str:
    """Return the words in quotation marks, each once, separated by commas."""
    return ", ".join(f"\u201c{word}\u201d" for word in dict.fromkeys(words))
