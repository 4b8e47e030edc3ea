"""What a reader meets in a lesson: how many words, how long they take, whether its headings are in order."""

import math
import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.html import strip_tags

HEADING = re.compile(r"<h([23])\b[^>]*>(.*?)</h\1>", re.DOTALL)

WORDS_PER_MINUTE = 200
"""Slow, careful reading of instructions in a second language; adults usually read about 240 words a minute.
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


def texts_of(blocks: Iterable[Any]) -> Iterator[str]:
    """Yield the plain text that a reader sees in each bound block, without markup, in reading order."""
    for block in blocks:
        yield from block.block.get_searchable_content(block.value)


def heading_without_parent(html: Iterable[str]) -> str:
    """Return the text of the first h3 that no h2 stands above; empty when every heading is in order.

    Args:
        html: Rich text of the lesson, in reading order.
    """
    for part in html:
        for level, heading in HEADING.findall(part):
            if level == "2":
                return ""
            return strip_tags(heading)
    return ""
