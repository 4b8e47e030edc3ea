"""Texts that nobody writes and somebody pastes: a thousand of them, always the same ones."""

import random
from collections.abc import Callable, Iterator

Make = Callable[[random.Random], str]

NUMBERS = [
    "0",
    "-0",
    "1.0",
    "1e21",
    "1E-7",
    "0x1F",
    "٣",
    "½",
    "Ⅷ",
    "１２",
    "𝟙",
    "1 000",
    "1_000",
    "NaN",
    "Infinity",
]
MARKS = [
    '"',
    "\\",
    "\\u0041",
    "\\n",
    "<",
    ">",
    "&",
    "&amp;",
    "]]>",
    "<![CDATA[",
    "@en",
    "^^",
    "_:b0",
    "{",
    "}",
    "%00",
]
GAPS = ["\t", "\n", "\r", "\r\n", "\u0085", "\u00a0", "\u2028", "\u2029", "\u200b", "\ufeff", "\u3000"]
DIRECTIONS = ["\u200e", "\u200f", "\u202a", "\u202b", "\u202e", "\u2066", "\u2067", "\u2069", "\u061c"]


def _between(first: int, last: int) -> Make:
    return lambda chance: chr(chance.randint(first, last))


def _one_of(texts: list[str]) -> Make:
    return lambda chance: chance.choice(texts)


KINDS: list[Make] = [
    _between(0x20, 0x7E),
    _between(0xA0, 0x17F),
    _between(0x80, 0x9F),  # control characters that came after ASCII
    _between(0x0300, 0x036F),  # accents that stand alone
    _between(0x0590, 0x06FF),  # Hebrew and Arabic
    _between(0x0900, 0x0DFF),
    _between(0x4E00, 0x9FFF),
    _between(0xAC00, 0xD7A3),
    _between(0xE000, 0xF8FF),  # private use
    _between(0xF900, 0xFFFF),  # among them what is no character
    _between(0x1F300, 0x1FAFF),
    _between(0x10000, 0x10FFFF),
    lambda chance: chance.choice("👩👨") + "\u200d" + chance.choice("🔧🚀🏫"),
    lambda chance: chance.choice("☝✍🖐") + chr(chance.randint(0x1F3FB, 0x1F3FF)),
    lambda chance: repr(chance.uniform(-1e9, 1e9)) + chance.choice(["", "e300", "%", "°"]),
    _one_of(NUMBERS),
    _one_of(MARKS),
    _one_of(GAPS),
    _one_of(DIRECTIONS),
]
RARE: list[Make] = [_between(0x00, 0x1F), _between(0x7F, 0x7F), _between(0xD800, 0xDFFF)]
"""What the guard refuses, all but tab and the ends of lines."""


def narratives(count: int, *, seed: int) -> Iterator[str]:
    """Give that many texts of 1 to 60 pieces; one in twenty holds a piece that is rare."""
    chance = random.Random(seed)
    for _number in range(count):
        pieces = [chance.choice(KINDS)(chance) for _piece in range(chance.randint(1, 60))]
        if chance.random() < 0.05:
            pieces.insert(chance.randrange(len(pieces)), chance.choice(RARE)(chance))
        yield "".join(pieces)
