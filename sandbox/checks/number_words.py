"""Numbers and months as words, in English and German."""

_UNITS = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
    "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18,
    "nineteen": 19, "dozen": 12,
    "zwei": 2, "drei": 3, "vier": 4, "f\u00fcnf": 5, "sechs": 6, "sieben": 7, "acht": 8, "neun": 9, "zehn": 10,
    "elf": 11, "zw\u00f6lf": 12, "dreizehn": 13, "vierzehn": 14, "f\u00fcnfzehn": 15, "sechzehn": 16, "siebzehn": 17,
    "achtzehn": 18, "neunzehn": 19, "dutzend": 12,
}  # fmt: skip
_ENGLISH_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_GERMAN_TENS = {
    "zwanzig": 20, "drei\u00dfig": 30, "vierzig": 40, "f\u00fcnfzig": 50, "sechzig": 60, "siebzig": 70, "achtzig": 80,
    "neunzig": 90,
}  # fmt: skip
_DIGITS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_ZIFFERN = ("ein", "zwei", "drei", "vier", "f\u00fcnf", "sechs", "sieben", "acht", "neun")

MONTHS = {
    "january": 1, "february": 2, "march": 3, "april": 4, "may": 5, "june": 6, "july": 7, "august": 8, "september": 9,
    "october": 10, "november": 11, "december": 12,
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "jun": 6, "jul": 7, "aug": 8, "sept": 9, "sep": 9, "oct": 10, "nov": 11,
    "dec": 12,
    "januar": 1, "j\u00e4nner": 1, "februar": 2, "m\u00e4rz": 3, "mai": 5, "juni": 6, "juli": 7, "oktober": 10,
    "dezember": 12, "mrz": 3, "okt": 10, "dez": 12,
}  # fmt: skip


def _all_number_words() -> dict[str, int]:
    words = _UNITS | _ENGLISH_TENS | _GERMAN_TENS
    for tens, value in _ENGLISH_TENS.items():
        for digit, word in enumerate(_DIGITS, start=1):
            words[f"{tens}-{word}"] = value + digit
    for tens, value in _GERMAN_TENS.items():
        for digit, word in enumerate(_ZIFFERN, start=1):
            words[f"{word}und{tens}"] = value + digit
    return words


NUMBER_WORDS = _all_number_words()
"""From two: "one" and "ein" are articles too often to be counted as numbers."""

SCALES = {
    "k": 10**3, "thousand": 10**3, "tsd": 10**3, "tausend": 10**3, "hundred": 10**2, "hundert": 10**2,
    "m": 10**6, "mn": 10**6, "mio": 10**6, "million": 10**6, "millions": 10**6, "millionen": 10**6,
    "bn": 10**9, "billion": 10**9, "billions": 10**9, "mrd": 10**9, "milliarde": 10**9, "milliarden": 10**9,
}  # fmt: skip
AMBIGUOUS_SCALES = frozenset(["k", "m"])
"""They may be units as well: 5 m is five meters, or five million."""
