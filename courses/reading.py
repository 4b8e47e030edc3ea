"""How long a lesson takes."""

import math

WORDS_PER_MINUTE = 200
"""Slow, careful reading of instructions in a second language; ordinary adult reading is about 240 words a minute.
Source: Brysbaert, How many words do we read per minute?, Journal of Memory and Language 109 (2019)."""

SECONDS_PER_QUESTION = 30
"""Time to weigh the answers of a check question, beside reading them."""


def estimated_minutes(*, words: int, questions: int) -> int:
    """Return whole minutes, at least 1, rounded to the nearest."""
    minutes = words / WORDS_PER_MINUTE + questions * SECONDS_PER_QUESTION / 60
    return max(1, math.floor(minutes + 0.5))


def count_words(text: str) -> int:
    """Return the number of words of plain text."""
    return len(text.split())
