"""A badge as a picture: a quiet seal, drawn from words alone and the same each time.

At any size the color and the mark say *which* badge: nine tiles, and among them five stones that rise from the lower
left to a golden one at the upper right, because practice is a path. How they rise and how tiles and stones are cut
follows from a hash of the name. Under the mark one to three golden dots say the *level*. At large size the name stands
below, and the issuer runs along the rim. Seals of one name and color differ by their dots only, so that a learner who
reaches the next level recognizes what they had.

Words are outlines of the one font that comes with `ziafont`: the seal needs no font where it is shown. What that font
cannot set (Chinese; Arabic, whose letters it has and could not join) is left off, the mark grows into the space, and
the title still says everything.
"""

import hashlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Final
from xml.sax.saxutils import escape

import resvg_py

from badges.lettering import advances, at_point, number, outline, printable, settable, width_of

SIZE: Final = 400
CENTER: Final = SIZE / 2
LONGEST: Final = 120  # characters of a name that are set; the title has them all
LEVELS: Final = {"": 0, "foundation": 1, "practitioner": 2, "expert": 3}

PAPER: Final = "#faf8f3"
GOLD: Final = "#ecc670"


@dataclass(frozen=True)
class Ground:
    """Colors of one seal. Words in paper have a contrast of at least 7 to 1 on the field."""

    field: str
    tile: str
    rim: str


GROUNDS: Final = {
    "ink": Ground(field="#2a2723", tile="#4d4941", rim="#8a8375"),
    "pine": Ground(field="#0a5548", tile="#2f7969", rim="#78b3a4"),
    "plum": Ground(field="#573269", tile="#77558b", rim="#b094be"),
    "rust": Ground(field="#85341f", tile="#a85b43", rim="#d69c88"),
}


@dataclass(frozen=True)
class Emblem:
    """What a seal is drawn from.

    Attributes:
        name: Name of the achievement; up to 120 characters are set in the seal.
        level: "", "foundation", "practitioner" or "expert": no dot to three.
        color: "ink", "pine", "plum" or "rust".
        issuer: Who awards it, for the rim; left off the rim when it is too long for it.
    """

    name: str
    level: str = ""
    color: str = "ink"
    issuer: str = ""


def draw_emblem(emblem: Emblem) -> str:
    """Draw the seal of a badge.

    Args:
        emblem: Its words and color.

    Returns:
        A complete SVG of 400 by 400 without text, style, script or reference. Equal emblems give equal text.

    Raises:
        ValueError: There is no such level or color.
    """
    if emblem.level not in LEVELS or emblem.color not in GROUNDS:
        raise ValueError(f"No seal has the level {emblem.level!r} and the color {emblem.color!r}")
    ground, dots = GROUNDS[emblem.color], LEVELS[emblem.level]
    name, issuer = printable(emblem.name), printable(emblem.issuer)
    lines = _arrange(_shorten(settable(name)))
    title = ", ".join(part for part in (name, emblem.level, issuer) if part)
    drawn = (
        _draw_ground(ground, settable(issuer)),
        _draw_mark(name, ground, _Place.beside(has_words=bool(lines), has_dots=bool(dots))),
        _draw_dots(dots, y=DOTS_ABOVE_WORDS if lines else DOTS_ALONE),
        _filled(PAPER, "".join(map(_set_line, lines))),
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{SIZE}" height="{SIZE}" viewBox="0 0 {SIZE} {SIZE}" '
        f'role="img"><title>{escape(title)}</title>{"".join(drawn)}</svg>'
    )


def as_png(svg: str, *, size: int = SIZE) -> bytes:
    """Render a seal.

    Args:
        svg: What `draw_emblem` returned.
        size: Width and height in pixels.

    Returns:
        A PNG on a transparent ground without metadata: equal seals give equal bytes.
    """
    return resvg_py.svg_to_bytes(svg_string=svg, width=size, height=size, skip_system_fonts=True)


# The ground: two soft scallops, the outer one in paper so that a dark page does not swallow the seal, and a fine rim
# that opens at the top for the issuer.

EDGE: Final = 194.5
FIELD: Final = 187.5
LOBES: Final = 24
LOBE_DEPTH: Final = 3.0
RIM: Final = 169.0
RIM_LETTERS: Final = 12.5
RIM_SPACING: Final = 2.2
RIM_MARGIN: Final = 8.0
WIDEST_ISSUER: Final = math.radians(170)


def _draw_ground(ground: Ground, issuer: str) -> str:
    outlines, gap = _bend_along_rim(issuer)
    line = f'fill="none" stroke="{ground.rim}" stroke-width="1.5"'
    rim = f'<circle {line} cx="{number(CENTER)}" cy="{number(CENTER)}" r="{number(RIM)}"/>'
    if outlines:
        start, end = _on_circle(RIM, gap / 2), _on_circle(RIM, -gap / 2)
        arc = f"M{at_point(*start)}A{number(RIM)} {number(RIM)} 0 1 1 {at_point(*end)}"
        rim = f'<path {line} stroke-linecap="round" d="{arc}"/>'
    return (
        _filled(PAPER, _scallop(EDGE))
        + _filled(ground.field, _scallop(FIELD))
        + rim
        + _filled(PAPER, outlines)
    )


def _scallop(radius: float) -> str:
    """A closed curve of soft lobes: it passes midway between control points that lie out and in by turns."""
    swing = (LOBE_DEPTH, -LOBE_DEPTH)
    controls = [_on_circle(radius + swing[k % 2], math.pi * k / LOBES) for k in range(2 * LOBES)]
    middles = [((x0 + x1) / 2, (y0 + y1) / 2) for (x0, y0), (x1, y1) in pairwise([*controls, controls[0]])]
    curves = (
        f"Q{at_point(*control)} {at_point(*end)}" for control, end in zip(controls, middles, strict=True)
    )
    return f"M{at_point(*middles[-1])}{''.join(curves)}Z"


def _bend_along_rim(text: str) -> tuple[str, float]:
    """Set words along the top of the rim, centered on its line.

    Returns:
        Their outlines and the angle in radians that the rim leaves open for them; nothing when they are too many.
    """
    radius = RIM - 0.36 * RIM_LETTERS  # of the baseline: a capital is 0.73 high
    widths = [advance * RIM_LETTERS for advance in advances(text)]
    angle = (sum(widths) + RIM_SPACING * (len(widths) - 1)) / radius
    if not text or angle > WIDEST_ISSUER:
        return "", 0.0
    outlines, before = "", -angle / 2
    for char, width in zip(text, widths, strict=True):
        turn = before + width / 2 / radius
        x, y = _on_circle(radius, turn)
        outlines += outline(
            char, RIM_LETTERS, x - width / 2 * math.cos(turn), y - width / 2 * math.sin(turn), turn=turn
        )
        before += (width + RIM_SPACING) / radius
    return outlines, angle + 2 * RIM_MARGIN / RIM


# The mark: nine tiles, five of them stones of a rising path.

# Each way to rise across three columns and rows: to the east or to the north.
WAYS: Final = ("EENN", "ENEN", "ENNE", "NEEN", "NENE", "NNEE")
CORNERS: Final = {  # radius of the corners, clockwise from the upper left, as a share of the side
    "disc": (0.5, 0.5, 0.5, 0.5),
    "block": (0.16, 0.16, 0.16, 0.16),
    "drop": (0.5, 0.5, 0.5, 0.06),
    "leaf": (0.94, 0.06, 0.94, 0.06),
    "quarter": (0.94, 0.06, 0.06, 0.06),
    "arch": (0.5, 0.5, 0.06, 0.06),
}
STONES: Final = ("disc", "block", "drop", "leaf", "quarter")  # arches in a row read as letters
TILES: Final = (*STONES, "arch")
GAP: Final = 4.0


@dataclass(frozen=True)
class _Place:
    """Side of the mark, and the height of its middle."""

    side: float
    middle: float

    @classmethod
    def beside(cls, *, has_words: bool, has_dots: bool) -> "_Place":
        """The mark takes the space that words and dots leave."""
        if has_words:
            return cls(152, 144) if has_dots else cls(158, 154)
        return cls(184, 182) if has_dots else cls(204, 200)


@dataclass(frozen=True)
class _Cut:
    """How the mark of one name is cut."""

    way: str
    stone: str
    tile: str
    quarter: int  # turns of the first tile
    quarters_a_step: int  # turns that each further diagonal adds

    @classmethod
    def of(cls, name: str) -> "_Cut":
        number = int.from_bytes(hashlib.sha256(name.casefold().encode()).digest()[:8])
        number, way = divmod(number, len(WAYS))
        number, stone = divmod(number, len(STONES))
        number, tile = divmod(number, len(TILES))
        number, quarter = divmod(number, 4)
        return cls(WAYS[way], STONES[stone], TILES[tile], quarter, number % 4)

    def path(self) -> Iterator[tuple[int, int]]:
        """Column and row of each stone, from the lower left to the upper right."""
        column, row = 0, 2
        yield column, row
        for step in self.way:
            column, row = (column + 1, row) if step == "E" else (column, row - 1)
            yield column, row


def _draw_mark(name: str, ground: Ground, place: _Place) -> str:
    cell = (place.side - 2 * GAP) / 3
    left, top = CENTER - place.side / 2, place.middle - place.side / 2
    cut = _Cut.of(name)
    *stones, summit = cut.path()
    tiles = [
        (column, row) for row in range(3) for column in range(3) if (column, row) not in {*stones, summit}
    ]

    def draw(form: str, squares: Sequence[tuple[int, int]]) -> str:
        return "".join(
            _tile(
                _turned(CORNERS[form], cut.quarter + cut.quarters_a_step * (column + row)),
                left + column * (cell + GAP),
                top + row * (cell + GAP),
                cell,
            )
            for column, row in squares
        )

    return (
        _filled(ground.tile, draw(cut.tile, tiles))
        + _filled(PAPER, draw(cut.stone, stones))
        + _filled(GOLD, draw("disc", [summit]))
    )


def _turned(corners: tuple[float, ...], quarters: int) -> tuple[float, ...]:
    start = -quarters % 4
    return corners[start:] + corners[:start]


def _tile(corners: tuple[float, ...], x: float, y: float, cell: float) -> str:
    """A square with rounded corners, drawn clockwise."""
    a, b, c, d = (share * cell for share in corners)
    right, bottom = x + cell, y + cell
    return (
        f"M{at_point(x + a, y)}L{at_point(right - b, y)}A{number(b)} {number(b)} 0 0 1 {at_point(right, y + b)}"
        f"L{at_point(right, bottom - c)}A{number(c)} {number(c)} 0 0 1 {at_point(right - c, bottom)}"
        f"L{at_point(x + d, bottom)}A{number(d)} {number(d)} 0 0 1 {at_point(x, bottom - d)}"
        f"L{at_point(x, y + a)}A{number(a)} {number(a)} 0 0 1 {at_point(x + a, y)}Z"
    )


# The level

DOTS_ABOVE_WORDS: Final = 243.0
DOTS_ALONE: Final = 312.0
DOT: Final = 9.5
DOT_STEP: Final = 31.0


def _draw_dots(count: int, *, y: float) -> str:
    first = CENTER - (count - 1) * DOT_STEP / 2
    return "".join(
        f'<circle fill="{GOLD}" cx="{number(first + k * DOT_STEP)}" cy="{number(y)}" r="{number(DOT)}"/>'
        for k in range(count)
    )


# The name: as large as it can be on one to four lines, which shorten towards the foot of the seal.

WORDS_TOP: Final = 265.0
WORDS_BOTTOM: Final = 342.0
WORDS_RADIUS: Final = 156.0
SIZES: Final = tuple(half / 2 for half in range(52, 9, -1))
RAISE: Final = 0.42  # of the free height stays above: a little over the middle looks centered
LEADING: Final = 1.2
ASCENT: Final = 0.76
DESCENT: Final = 0.24
SMALLEST_WHOLE: Final = 9.0  # a word that fits no line in this size is broken in a larger one


@dataclass(frozen=True)
class _Line:
    """Words in one size, centered on a baseline."""

    text: str
    size: float
    baseline: float


def _arrange(text: str) -> list[_Line]:
    """The largest arrangement that fits, on as few lines as that size needs; empty when there are no words."""
    longest = max(map(width_of, text.split(" ")))
    set_words = _balance if longest * SMALLEST_WHOLE <= _room(WORDS_TOP + SMALLEST_WHOLE * 3) else _fill
    for size in SIZES if text else ():
        for count in range(1, 5):
            height = size * (ASCENT + DESCENT + LEADING * (count - 1))
            if height > WORDS_BOTTOM - WORDS_TOP:
                break
            top = WORDS_TOP + (WORDS_BOTTOM - WORDS_TOP - height) * RAISE
            baselines = [top + size * (ASCENT + LEADING * k) for k in range(count)]
            rooms = [_room(baseline + size * DESCENT) / size for baseline in baselines]
            if lines := set_words(text, rooms):
                return [_Line(line, size, baseline) for line, baseline in zip(lines, baselines, strict=False)]
    return []


def _room(y: float) -> float:
    return 2 * math.sqrt(WORDS_RADIUS**2 - (y - CENTER) ** 2)


def _balance(text: str, rooms: Sequence[float]) -> list[str]:
    """Break between words so that lines differ least.

    Args:
        text: Words with one space between them.
        rooms: Width of each line, in units of the letters' size.

    Returns:
        As many lines as there are rooms; empty when whole words do not fit them.
    """
    words = text.split(" ")
    space = width_of(" ")
    ends = [0.0, *accumulate(width_of(word) + space for word in words)]
    mean = ends[-1] / len(rooms)
    if ends[-1] - space * len(rooms) > sum(rooms):
        return []
    # For each number of words set so far: how uneven the best lines are, and where they break.
    best: dict[int, tuple[float, list[int]]] = {0: (0.0, [0])}
    for room in rooms:
        reached: dict[int, tuple[float, list[int]]] = {}
        for start, (uneven, breaks) in best.items():
            for end in range(start + 1, len(words) + 1):
                width = ends[end] - ends[start]
                if width - space > room:
                    break
                candidate = (uneven + (width - mean) ** 2, [*breaks, end])
                reached[end] = min(reached.get(end, candidate), candidate)
        best = reached
    breaks = best.get(len(words), (0.0, []))[1]
    return [" ".join(words[start:end]) for start, end in pairwise(breaks)]


def _fill(text: str, rooms: Sequence[float]) -> list[str]:
    """Fill line after line, breaking words where a line ends; empty when the rooms do not hold all."""
    rest, lines = text, []
    for room in rooms:
        widths = accumulate(advances(rest))
        held = sum(1 for width in widths if width <= room)
        at = len(rest) if held == len(rest) else rest.rfind(" ", 0, held + 1)
        at = at if at > held / 2 else held
        lines.append(rest[:at].strip())
        rest = rest[at:].strip()
    return [line for line in lines if line] if not rest else []


def _set_line(line: _Line) -> str:
    outlines, x = "", CENTER - width_of(line.text) * line.size / 2
    for char, advance in zip(line.text, advances(line.text), strict=True):
        outlines += outline(char, line.size, x, line.baseline)
        x += advance * line.size
    return outlines


# Text


def _shorten(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…"


# Geometry


def _on_circle(radius: float, angle: float) -> tuple[float, float]:
    """A point around the center; the angle in radians, clockwise from the top."""
    return CENTER + radius * math.sin(angle), CENTER - radius * math.cos(angle)


def _filled(color: str, path: str) -> str:
    return f'<path fill="{color}" d="{path}"/>' if path else ""
