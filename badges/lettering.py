"""Letters as outlines of the one font that comes with `ziafont`: what can be set, how wide it is, its path.

Widths and points of glyphs are in units of the letters' size.
"""

import math
import threading
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from itertools import pairwise
from typing import Final

from ziafont.font import Font

JOINERS: Final = "\u200c\u200d"  # invisible, and needed by Persian words and families of emoji in a title
EMOJI_STYLE: Final = "\ufe0f"
NO_CHARACTERS: Final = "\ufffe\uffff"  # not allowed in XML


def printable(text: str) -> str:
    """The text on one line, composed, without controls, directional overrides and surrogates."""
    spaced = "".join(" " if char.isspace() else char for char in text)
    kept = "".join(filter(_has_meaning, spaced))
    return unicodedata.normalize("NFC", " ".join(kept.split()))


def _has_meaning(char: str) -> bool:
    return char in JOINERS or (
        unicodedata.category(char) not in {"Cc", "Cf", "Cs"} and char not in NO_CHARACTERS
    )


def settable(text: str) -> str:
    """The words as the font can set them, without the emoji that it lacks; empty when it lacks anything else."""
    words = " ".join("".join(char for char in text if not _is_ornament(char)).split())
    return words if all(map(_can_set, words)) else ""


def _is_ornament(char: str) -> bool:
    return char in JOINERS + EMOJI_STYLE or (
        unicodedata.category(char) in {"So", "Sk"} and not _glyph(char).index
    )


def _can_set(char: str) -> bool:
    """Set alone and from left to right: no mark that sits on a letter, no script that joins or runs the other way."""
    is_alone = unicodedata.category(char)[0] not in "MC"
    return is_alone and unicodedata.bidirectional(char) not in {"R", "AL", "AN"} and _glyph(char).index != 0


@dataclass(frozen=True)
class _Glyph:
    """One letter; index 0 is the box that stands for what the font lacks."""

    index: int
    curves: tuple[tuple[str, tuple[tuple[float, float], ...]], ...]


_reading = threading.RLock()  # ziafont reads glyphs as they are needed, from one file position


@cache
def _font() -> Font:
    # Named, because the default opens it in a way that Python 3.11 has deprecated.
    with as_file(files("ziafont.fonts") / "DejaVuSans.ttf") as path:
        return Font(path)


@cache
def _glyph(char: str) -> _Glyph:
    with _reading:
        em = _font().info.layout.unitsperem
        curves = [
            (
                type(operator).__name__[0],
                tuple((point.x / em, point.y / em) for point in operator.points()[0]),
            )
            for operator in _font().glyph(char).operators  # Moveto, Lineto, Quad, Cubic
        ]
        return _Glyph(_font().glyphindex(char), tuple(curves))


@cache
def _advance(char: str, following: str) -> float:
    with _reading:
        font = _font()
        next_glyph = font.glyphindex(following) if following else None
        units = font.advance(font.glyphindex(char), next_glyph)
    return float(units / font.info.layout.unitsperem)


def advances(text: str) -> list[float]:
    """Return how far each letter moves the next one on."""
    return [_advance(char, following) for char, following in pairwise([*text, ""])]


def width_of(text: str) -> float:
    """Return how wide a text is."""
    return sum(advances(text))


def outline(char: str, size: float, x: float, y: float, *, turn: float = 0.0) -> str:
    """Path of a letter whose baseline starts at a point, turned clockwise by an angle in radians."""
    cos, sin = size * math.cos(turn), size * math.sin(turn)
    path = ""
    for command, points in _glyph(char).curves:
        path += "Z" if command == "M" and path else ""
        path += command + " ".join(
            at_point(x + cos * px + sin * py, y + sin * px - cos * py) for px, py in points
        )
    return path and path + "Z"


def at_point(x: float, y: float) -> str:
    """Return a point as it is written in a path."""
    return f"{number(x)} {number(y)}"


def number(value: float) -> str:
    """A hundredth of a pixel is as fine as anyone sees."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
