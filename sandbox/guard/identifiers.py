"""Bank accounts and payment cards: numbers whose check digits say that they are what they look like."""

import re
from collections.abc import Iterator
from functools import cache

from stdnum import iban, luhn, numdb

from sandbox.guard.findings import Hit
from sandbox.guard.reading import Reading

_SEPARATORS = " -."
_IBAN_BEGINS = re.compile(r"(?:(?<![A-Za-z0-9])|(?<=IBAN)|(?<=iban))([A-Za-z]{2})\d{2}")
_NUMBER_OF_A_COUNTRY = re.compile(r"(\d+)!")

_DIGIT_RUN = re.compile(r"(?<![\d])(?<!\d\.)\d(?:[ .-]{0,2}\d){12,}")
_GROUP = re.compile(r"\d+")
_CARD_LENGTHS = range(13, 20)
_CARD_GROUPS = {
    (4, 4, 4, 4),
    (4, 4, 4, 4, 3),
    (4, 6, 5),
    (4, 6, 4),
    (4, 4, 5),
    (4, 3, 3, 3),
    (4, 4, 4, 6),
    (6, 10),
    (6, 13),
}
_BEGINNINGS = {sizes[:length] for sizes in _CARD_GROUPS for length in range(1, len(sizes) + 1)}
_FIRST_GROUPS = {4, 6, *_CARD_LENGTHS}
_CARD_WORDS = re.compile(
    r"\b(?:card|cc|visa|master ?card|amex|american express|maestro|diners|discover|kreditkarte|karte|carte|tarjeta"
    r"|carta|kaart|kort|karta|cart\u00e3o|pan)\b",
    re.IGNORECASE,
)
_UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")


def find_ibans(reading: Reading) -> Iterator[Hit]:
    """Return IBANs, in any grouping.

    Source: ISO 13616. Only the structure and the check digits of the whole number count: whether a bank code exists,
    nobody who reads it can tell.
    """
    position = 0
    while begin := _IBAN_BEGINS.search(reading.text, position):
        position = begin.start() + 1
        end = _end_of(reading.text, begin.start(), _iban_length(begin[1].upper()))
        if end and iban.is_valid(reading.text[begin.start() : end], check_country=False):
            yield Hit("iban", begin.start(), end)
            position = end


@cache
def _iban_length(country: str) -> int:
    """Return how many characters an IBAN of a country has; 0 when the country has none."""
    about = numdb.get("iban").info(country)[0][1]
    return 4 + sum(map(int, _NUMBER_OF_A_COUNTRY.findall(about["bban"]))) if about else 0


def _end_of(text: str, start: int, length: int) -> int | None:
    """Return where so many letters and digits end, with at most one separator between two of them."""
    at, left = start, length
    while left and at < len(text):
        if text[at].isalnum():
            left -= 1
        elif text[at] not in _SEPARATORS or not text[at - 1].isalnum():
            return None
        at += 1
    is_cut = at < len(text) and text[at].isalnum()
    return at if length and not left and not is_cut else None


def find_cards(reading: Reading) -> Iterator[Hit]:
    """Return payment card numbers: an issuer's prefix, its length, and the Luhn check digit.

    The numbers that payment providers publish for tests count like all others: a reader cannot tell them from real
    ones, and the habit of pasting a card number is what the guard is there to change.

    Source: ISO/IEC 7812; prefixes as published by the card networks.
    """
    text = _UUID.sub(lambda uuid: "x" * len(uuid[0]), reading.text)
    for run in _DIGIT_RUN.finditer(text):
        yield from _cards_in(reading, *run.span())


def _cards_in(reading: Reading, start: int, end: int) -> Iterator[Hit]:
    groups = [match.span() for match in _GROUP.finditer(reading.text, start, end)]
    first = 0
    while first < len(groups):
        is_possible = len(groups) < _CARD_LENGTHS.stop or groups[first][1] - groups[first][0] in _FIRST_GROUPS
        last = _card_from(reading, groups, first) if is_possible else None
        if last is None:
            first += 1
        else:
            yield Hit("payment_card", groups[first][0], groups[last][1])
            first = last + 1


def _card_from(reading: Reading, groups: list[tuple[int, int]], first: int) -> int | None:
    """Return the last group of the longest card number that begins with a group."""
    number, sizes, found = "", tuple[int, ...](), None
    for last in range(first, min(first + _CARD_LENGTHS.stop, len(groups))):
        group = reading.text[slice(*groups[last])]
        number, sizes = number + group, (*sizes, len(group))
        is_whole = first == 0 and len(groups) < _CARD_LENGTHS.stop
        if len(number) >= _CARD_LENGTHS.stop or not (is_whole or sizes in _BEGINNINGS or last == first):
            break
        if _is_card(number) and (
            sizes in _CARD_GROUPS
            # thirteen digits in a row are an article's bar code, and behind a point they are a fraction
            or (len(sizes) == 1 and len(number) > 13 and not _is_fraction(reading.text, groups[first][0]))
            or (is_whole and last == len(groups) - 1 and _may_be_spelled(reading, sizes, groups))
        ):
            found = last
    return found


def _is_fraction(text: str, start: int) -> bool:
    return start > 1 and text[start - 1] == "." and text[start - 2].isdigit()


def _may_be_spelled(reading: Reading, sizes: tuple[int, ...], groups: list[tuple[int, int]]) -> bool:
    """Return whether digits in unusual groups are meant as one number: evenly grouped, or called a card."""
    is_even = len(set(sizes[:-1])) == 1 and sizes[-1] <= sizes[0] <= 4
    return is_even or reading.says_near(_CARD_WORDS, groups[0][0], groups[-1][1])


def _is_card(number: str) -> bool:
    return len(number) in _CARD_LENGTHS and _is_issued(number) and bool(luhn.is_valid(number))


def _is_issued(number: str) -> bool:
    """Return whether a card network gives out numbers that begin like this, in this length."""
    length, two, three, four = len(number), int(number[:2]), int(number[:3]), int(number[:4])
    return (
        (number[0] == "4" and length in {13, 16, 19})  # Visa
        or ((51 <= two <= 55 or 2221 <= four <= 2720) and length == 16)  # Mastercard
        or (two in {34, 37} and length == 15)  # American Express
        or ((two == 65 or four == 6011 or 644 <= three <= 649) and length >= 16)  # Discover
        or ((two in {36, 38, 39} or 300 <= three <= 305) and length in {14, 16})  # Diners Club
        or (3528 <= four <= 3589 and length >= 16)  # JCB
        or (two == 62 and length >= 16)  # UnionPay
        or four in {5018, 5020, 5038, 5893, 6304, 6759, 6761, 6762, 6763}  # Maestro
        or (2200 <= four <= 2204 and length >= 16)  # Mir
        or (two == 81 and length >= 16)  # RuPay
    )
