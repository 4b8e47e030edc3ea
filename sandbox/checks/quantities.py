"""Numbers, dates and times in a text, whatever their form.

The same quantity is written in many ways, and some ways mean two things: 1.200 is one and a fifth in English and
twelve hundred in German, 03/04 is in March or in April. So a quantity has *readings*, and it is known when any of them
is. That lets a wrong number pass now and then, and hardly ever calls a right one wrong, which would teach people to
ignore us.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import NamedTuple

from sandbox.checks.number_words import AMBIGUOUS_SCALES, MONTHS, NUMBER_WORDS, SCALES
from sandbox.definitions import Span


class Date(NamedTuple):
    """A day, or a month when `day` is None; of any year when `year` is None."""

    day: int | None
    month: int
    year: int | None


class Time(NamedTuple):
    """A time of day."""

    hour: int
    minute: int


class Ordinal(NamedTuple):
    """A place in an order, or the day of a date: the 3rd."""

    number: int


Reading = Decimal | Date | Time | Ordinal


class Quantity(NamedTuple):
    """One number, date or time.

    Attributes:
        readings: What it may mean.
        is_plain: Whether it is a whole number without sign, unit or scale, such as one that counts or labels.
    """

    span: Span
    readings: frozenset[Reading]
    is_plain: bool = False


class Known:
    """Which quantities a text holds, for asking whether another one is among them.

    A text is read in several ways, since more known numbers hardly ever call a right one wrong: as it stands, with its
    lines joined, because a date may be broken over two, and with the cells of comma-separated lines apart.
    """

    def __init__(self, texts: Iterable[str], extra: Iterable[int] = ()) -> None:
        read = (way for text in texts for way in (text, " ".join(text.split()), _cells_apart(text)))
        readings = {reading for text in read for each in quantities(text) for reading in each.readings}
        self.dates = {reading for reading in readings if isinstance(reading, Date)}
        self.times = {reading for reading in readings if isinstance(reading, Time)}
        self.numbers = {reading for reading in readings if isinstance(reading, Decimal)}
        self.numbers |= {Decimal(number) for number in extra}
        self.numbers |= {Decimal(date.year) for date in self.dates if date.year}
        self.numbers |= {Decimal(time.hour) for time in self.times}
        self.ordinals = {reading.number for reading in readings if isinstance(reading, Ordinal)}
        self.ordinals |= {date.day for date in self.dates if date.day}

    def holds(self, quantity: Quantity) -> bool:
        """Whether any reading of the quantity is there."""
        return any(self._holds_reading(reading) for reading in quantity.readings)

    def _holds_reading(self, reading: Reading) -> bool:
        if isinstance(reading, Date):
            return any(self._is_same_date(reading, date) for date in self.dates)
        if isinstance(reading, Time):
            return reading in self.times or (reading.minute == 0 and Decimal(reading.hour) in self.numbers)
        if isinstance(reading, Ordinal):
            return reading.number in self.ordinals or Decimal(reading.number) in self.numbers
        return reading in self.numbers

    def _is_same_date(self, date: Date, known: Date) -> bool:
        is_same_day = date.day in {None, known.day} and date.month == known.month
        if not is_same_day or date.year is None:
            return is_same_day
        return known.year == date.year or (known.year is None and Decimal(date.year) in self.numbers)


_COMMA_IN_ROW = re.compile(r",(?=\S)")


def _cells_apart(text: str) -> str:
    """Return the lines that look like rows of a table of comma-separated values, with a space behind each comma."""
    rows = (line for line in text.splitlines() if len(_COMMA_IN_ROW.findall(line)) > 1)
    return "\n".join(_COMMA_IN_ROW.sub(", ", line) for line in rows)


_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_WORD = "|".join(sorted(NUMBER_WORDS, key=len, reverse=True))
_SCALE = "|".join(sorted(SCALES, key=len, reverse=True))
_HALF = r"a\.m\.|p\.m\.|am\b|pm\b"
_TO = r" ?(?:-|\u2013|to|bis|and|und|&) ?"
_FIGURE = r"\d{1,3}(?:[,.'\u2019 \u00a0\u202f]\d{3})+(?!\d)(?:[.,]\d{1,6}(?!\d))?|\d{1,15}(?:[.,]\d{1,6})?"

_IDIOM = r"24/7|b2b|b2c|c2c|co2|covid-19|mp[34]|h2o|a[345]|web ?[23](?:\.0)?|3d"
_PATTERNS = {
    "idiom": rf"(?<![\w.,-])(?:{_IDIOM})(?![\w-]|[.,]\d)",
    "iso": r"(?<![\w-])(?P<iso_year>\d{4})-(?P<iso_month>\d{1,2})-(?P<iso_day>\d{1,2})(?![\w-])",
    "signs": r"(?<![\w.,/])(?P<first>\d{1,2})(?P<sign>[./-])(?P<second>\d{1,2})(?P=sign)"
    r"(?P<sign_year>\d{4}|\d{2})(?!\w)",
    "short": r"(?<![\w.,/])(?P<day_part>\d{1,2})(?:/(?P<slash_part>\d{1,2})(?![\w/])|\.(?P<dot_part>\d{1,2})\.(?!\w))",
    "day_first": rf"(?<![\w.,])(?:(?P<from_day>\d{{1,2}})(?:st|nd|rd|th|\.)?{_TO})?"
    rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.)?(?: of)?[ \u00a0](?P<day_month>{_MONTH})\b"
    r"(?:\.?,?[ \u00a0](?P<day_year>\d{4})(?!\w))?",
    "month_first": rf"\b(?P<month>{_MONTH})\b\.?[ \u00a0](?P<month_day>\d{{1,2}})(?:st|nd|rd|th)?"
    rf"(?:{_TO}(?P<to_day>\d{{1,2}})(?:st|nd|rd|th)?)?(?!\w|[.,:]\d)"
    r"(?:,?[ \u00a0](?P<month_year>\d{4})(?!\w))?",
    "month_only": rf"\b(?P<only_month>{_MONTH})\b\.?,?[ \u00a0](?P<only_year>\d{{4}})(?!\w)",
    "clock": rf"(?<![\w.,:])(?P<hour>\d{{1,2}}):(?P<minute>\d{{2}})(?!\w|:\d)(?: ?(?P<half>{_HALF}))?",
    "hours": rf"(?<![\w.,:])(?P<full_hour>\d{{1,2}})(?:[.:](?P<full_minute>\d{{2}}))?"
    rf" ?(?P<full_half>{_HALF}|uhr\b|o['\u2019]clock)",
    "ordinal": r"(?<![\w.,])(?P<ordinal>\d{1,3})(?:st|nd|rd|th)\b",
    "code": r"(?<![\w-])(?P<code>[^\W\d_]{1,12}-?\d{1,12})(?![.,]?\d)",
    "number": rf"(?<![\d.,])(?P<number>{_FIGURE})(?:(?P<percent> ?(?:%|percent\b|per cent\b|prozent\b))"
    rf"|[ \u00a0]?(?P<scale>{_SCALE})\b\.?)?",
    "word": rf"\b(?P<word>{_WORD})\b(?:[ -](?P<word_scale>{_SCALE})s?\b)?",
}
_ANY = re.compile("|".join(f"(?P<is_{name}>{pattern})" for name, pattern in _PATTERNS.items()), re.IGNORECASE)


def quantities(text: str) -> list[Quantity]:
    """Return what a text holds, in order. One is left out, and so are idioms such as 24/7 and B2B."""
    return [quantity for match in _ANY.finditer(text) if (quantity := _read(match))]


def _read(match: re.Match[str]) -> Quantity | None:
    kind = next(name for name in _PATTERNS if match.group(f"is_{name}") is not None)
    if kind == "idiom":
        return None
    text = match.group()
    readings = frozenset(_READERS[kind](match)) or frozenset([_figures(text)])
    is_plain = (text.isdigit() and len(text) <= 2) or text.casefold() in NUMBER_WORDS
    return Quantity(Span(*match.span()), readings, is_plain)


def _figures(text: str) -> Decimal:
    """Return the digits of what is neither a date nor a time after all, such as 31/31."""
    return Decimal(re.sub(r"\D", "", text)).normalize()


def _dates(day: int, month: int, year: int | None) -> Iterator[Reading]:
    if 1 <= day <= 31 and 1 <= month <= 12:
        yield Date(day, month, year)


def _year(text: str | None) -> int | None:
    if text is None:
        return None
    return int(text) if len(text) == 4 else 2000 + int(text)


def _read_iso(match: re.Match[str]) -> Iterator[Reading]:
    yield from _dates(int(match["iso_day"]), int(match["iso_month"]), int(match["iso_year"]))


def _read_signs(match: re.Match[str]) -> Iterator[Reading]:
    first, second, year = int(match["first"]), int(match["second"]), _year(match["sign_year"])
    yield from _dates(first, second, year)
    if match["sign"] != ".":
        yield from _dates(second, first, year)


def _read_short(match: re.Match[str]) -> Iterator[Reading]:
    """Read 3/4 and 3.4.: a date, or a fraction, or a number at the end of its sentence."""
    if match["dot_part"]:
        yield from _dates(int(match["day_part"]), int(match["dot_part"]), None)
        yield Decimal(f"{match['day_part']}.{match['dot_part']}").normalize()
        return
    first, second = int(match["day_part"]), int(match["slash_part"])
    yield from _dates(first, second, None)
    yield from _dates(second, first, None)
    if second:
        yield (Decimal(first) / second).normalize()


def _read_day_first(match: re.Match[str]) -> Iterator[Reading]:
    for day in filter(None, [match["from_day"], match["day"]]):
        yield from _dates(int(day), MONTHS[match["day_month"].casefold()], _year(match["day_year"]))


def _read_month_first(match: re.Match[str]) -> Iterator[Reading]:
    for day in filter(None, [match["month_day"], match["to_day"]]):
        yield from _dates(int(day), MONTHS[match["month"].casefold()], _year(match["month_year"]))


def _read_month_only(match: re.Match[str]) -> Iterator[Reading]:
    yield Date(None, MONTHS[match["only_month"].casefold()], int(match["only_year"]))


def _times(hour: int, minute: int, half: str | None) -> Iterator[Reading]:
    """Give the times of day that are meant; without am or pm, before noon or after it."""
    if hour > 24 or minute > 59:
        return
    half = (half or "").casefold().replace(".", "")
    if half == "pm":
        yield Time(hour % 12 + 12, minute)
    elif half == "am":
        yield Time(hour % 12, minute)
    else:
        yield Time(hour % 24, minute)
        if 1 <= hour < 12 and not half:
            yield Time(hour + 12, minute)


def _read_clock(match: re.Match[str]) -> Iterator[Reading]:
    yield from _times(int(match["hour"]), int(match["minute"]), match["half"])


def _read_hours(match: re.Match[str]) -> Iterator[Reading]:
    yield from _times(int(match["full_hour"]), int(match["full_minute"] or 0), match["full_half"])


def _read_ordinal(match: re.Match[str]) -> Iterator[Reading]:
    yield Ordinal(int(match["ordinal"]))


def _read_code(match: re.Match[str]) -> Iterator[Reading]:
    """Read Q3 or INC-2041 by its figures: a text may name the same thing as "incident 2041"."""
    yield _figures(match["code"])


def _read_number(match: re.Match[str]) -> Iterator[Reading]:
    scale = (match["scale"] or "").casefold()
    for value in _values(match["number"]):
        yield (value * SCALES.get(scale, 1)).normalize()
        if scale in AMBIGUOUS_SCALES:
            yield value.normalize()
        if match["percent"]:
            yield (value / 100).normalize()


def _values(figure: str) -> set[Decimal]:
    """Return what a figure may be worth: a comma, a point or a space may group thousands or begin a fraction."""
    digits = re.sub(r"[ \u00a0\u202f'\u2019]", "", figure)
    signs = re.findall(r"[.,]", digits)
    if not signs:
        return {Decimal(digits)}
    if len(set(signs)) == 2:
        return {Decimal(digits.replace(signs[0], "").replace(signs[-1], "."))}
    whole, last = re.sub(r"[.,]", "", digits), re.split(r"[.,]", digits)[-1]
    values = {Decimal(whole)} if len(last) == 3 else set[Decimal]()
    if len(signs) == 1:
        values.add(Decimal(digits.replace(signs[0], ".")))
    return values


def _read_word(match: re.Match[str]) -> Iterator[Reading]:
    scale = SCALES.get((match["word_scale"] or "").casefold(), 1)
    yield Decimal(NUMBER_WORDS[match["word"].casefold()] * scale).normalize()


_READERS: dict[str, Callable[[re.Match[str]], Iterator[Reading]]] = {
    "iso": _read_iso,
    "signs": _read_signs,
    "short": _read_short,
    "day_first": _read_day_first,
    "month_first": _read_month_first,
    "month_only": _read_month_only,
    "clock": _read_clock,
    "hours": _read_hours,
    "ordinal": _read_ordinal,
    "code": _read_code,
    "number": _read_number,
    "word": _read_word,
}
