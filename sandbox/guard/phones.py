"""Telephone numbers, as libphonenumber knows them for each country.

A number in international form counts when it is valid. Most digits are not telephone numbers, so one in national form
counts only when its grouping is that of its country (415-555-2671, 06 12 34 56 78), when a word says what it is, or
when the caller names the region and the number is grouped.

Numbers that are reserved for stories and examples reach nobody and need no warning. Sources: NANPA (555-0100 to
555-0199), Ofcom (numbers for drama use), Arcep (numbers for audiovisual works), Bundesnetzagentur (Mitteilung
148/2021, numbers for media productions).
"""

import re
from collections.abc import Iterator

import phonenumbers

from sandbox.guard.findings import Hit
from sandbox.guard.reading import Reading

_REST = r"(?:[ .\-/()]{0,3}\d){6,13}"
_INTERNATIONAL = re.compile(rf"(?<![\w+])(?:\+|00(?=[1-9]))\(?\d{_REST}(?![\w])")
_NATIONAL = re.compile(rf"(?<![\w+])(?<!\d[.,:/-])\(?\d{_REST}(?![\w%]|[.,:]\d)")
_USUAL_FORMS = (
    ("US", re.compile(r"(?:1[ .-])?(?:\(\d{3}\) ?|\d{3}[.-])\d{3}[.-]\d{4}")),
    ("FR", re.compile(r"0[1-79](?:(?: \d{2}){4}|(?:\.\d{2}){4})")),
    (
        "GB",
        re.compile(r"\(?0(?:20\)? \d{4} \d{4}|7\d{3} ?\d{6}|7\d{3} \d{3} \d{3}|1\d{2,3}\)? \d{3} ?\d{3,4})"),
    ),
    ("DE", re.compile(r"01[567]\d{1,2}[ /-]?\d{6,8}")),
)
_DATE = re.compile(r"(?:\d{4}[-./]\d\d?[-./]\d\d?|\d\d?[./-]\d\d?[./-](?:19|20)\d\d)(?!\d).*")
_REGIONS_BY_WORD = ("US", "GB", "DE", "FR", "ES", "IT", "NL", "PL", "PT", "SE", "CH", "AT", "BE", "IN", "AU")
_WORDS = re.compile(
    r"(?:\b(?:tel|telephone|phone|mobile|mob|cell|call|called|ring|text|fax|whatsapp|signal|sms|reach|telefon|handy|mobil"
    r"|anrufen|t\u00e9l\u00e9phone|t\u00e9l|portable|tel\u00e9fono|m\u00f3vil|llamar|telefono|cellulare|telefoon|mobiel|telefone|telem\u00f3vel|kom\u00f3rka)\b"
    r"|\u260e|\U0001f4de)[^\d\n]{0,24}$",
    re.IGNORECASE,
)
_FICTION = re.compile(
    r"\+1\d{3}55501\d\d"
    r"|\+44(?:11[3-8]496\d|1[2-6]1496\d|2079460|191498\d|2896496|2920180|1632960|7700900|808157\d|9098790|3069990)\d{3}"
    r"|\+33(?:19900|26191|35301|46571|53649|63998)\d{4}"
    r"|\+49(?:3023125|6990009|4066969|2214710|8999998|17139200|176040690)\d{2,3}"
)


def find_phones(reading: Reading, *, region: str | None = None) -> Iterator[Hit]:
    """Return telephone numbers.

    Args:
        reading: The text.
        region: Two letters of the country whose national form the learner is likely to write, or None.
    """
    known: dict[str, str | None] = {}
    for match in _INTERNATIONAL.finditer(reading.text):
        candidate = match[0]
        while candidate and not _number(candidate, (None,), known):
            candidate = _without_last_group(candidate)
        if candidate and not _is_reserved(candidate, (None,), known):
            yield Hit("phone", match.start(), match.start() + len(candidate))
    for match in _NATIONAL.finditer(reading.text):
        countries = _countries(reading.text, match, region)
        if _number(match[0], countries, known) and not _is_reserved(match[0], countries, known):
            yield Hit("phone", *match.span())


def _countries(text: str, match: re.Match[str], region: str | None) -> tuple[str, ...]:
    """Return the countries whose numbers a stretch of digits may be, given how it is written and what is said."""
    digits = match[0]
    if _DATE.fullmatch(digits):
        return ()
    usual = tuple(country for country, form in _USUAL_FORMS if form.fullmatch(digits))
    if usual:
        return usual
    if _WORDS.search(text, max(0, match.start() - 40), match.start()):
        return (*filter(None, [region]), *_REGIONS_BY_WORD)
    is_grouped = len(re.findall(r"\d+", digits)) > 1 and (digits.startswith(("0", "(")) or "(" in digits)
    return (region,) if region and is_grouped else ()


def _without_last_group(digits: str) -> str:
    """Return the number without its last group, which may be the next word of the sentence: +49 30 901820 12."""
    shorter = re.sub(r"[ .\-/()]+\d+$", "", digits)
    return shorter if shorter != digits else ""


def _number(digits: str, countries: tuple[str | None, ...], known: dict[str, str | None]) -> str | None:
    """Return the number that digits are in the first of some countries where they are one; None when in none."""
    key = f"{countries}{digits}"
    if key not in known:
        known[key] = next(filter(None, (_valid_number(digits, country) for country in countries)), None)
    return known[key]


def _valid_number(digits: str, country: str | None) -> str | None:
    if country is None and digits.startswith("00"):
        digits = "+" + digits[2:]
    try:
        number = phonenumbers.parse(digits, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _is_reserved(digits: str, countries: tuple[str | None, ...], known: dict[str, str | None]) -> bool:
    number = _number(digits, countries, known)
    return number is not None and _FICTION.fullmatch(number) is not None
