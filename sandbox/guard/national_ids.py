"""Numbers that states, tax offices and health services give to one person for life.

Where the form and the check digits together make a chance hit rare, the number alone is enough. Where they do not (a
tenth of all eleven-digit numbers pass as a Polish PESEL), a word that says what it is has to stand near it, or at the
head of its table.

Source of most checks: python-stdnum. German pension insurance numbers: the allocation rules of the Deutsche
Rentenversicherung. British national insurance numbers have no check digit; their prefixes are limited by HMRC.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import cast

from stdnum.luhn import is_valid as luhn_is_valid

from sandbox.guard.findings import Hit
from sandbox.guard.reading import Reading


@dataclass(frozen=True)
class Rule:
    """The form of one country's number.

    Attributes:
        words: One of them has to stand near; None when form and check digits are enough.
        literals: What a text with one of the words contains, in lower case.
    """

    kind: str
    form: re.Pattern[str]
    is_valid: Callable[[str], bool]
    words: re.Pattern[str] | None
    literals: tuple[str, ...]


def _stdnum(module: str) -> Callable[[str], bool]:
    return cast("Callable[[str], bool]", import_module(f"stdnum.{module}").is_valid)


def _rule(
    kind: str, form: str, is_valid: str | Callable[[str], bool], words: str = "", literals: str = ""
) -> Rule:
    return Rule(
        kind,
        re.compile(rf"(?<![A-Za-z0-9])(?<!\d\.)(?:{form})(?![A-Za-z0-9]|\.\d)", re.IGNORECASE),
        _stdnum(is_valid) if isinstance(is_valid, str) else is_valid,
        re.compile(rf"\b(?:{words})\b", re.IGNORECASE) if words else None,
        tuple((literals or words.lower()).split()),
    )


def _is_social_security_number(number: str) -> bool:
    """Return whether a number may be an SSN or an ITIN.

    Those that are known to be nobody's (they stood in advertisements) count too: a reader cannot tell.
    """
    area, group, serial = (digits := re.sub(r"\D", "", number))[:3], digits[3:5], digits[5:]
    return area not in {"000", "666"} and group != "00" and serial != "0000"


def _is_national_insurance_number(number: str) -> bool:
    return number[:2].upper() not in {"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"}


def _is_spanish(number: str) -> bool:
    """Return whether a number is a Spanish DNI, and not a date with a letter after it (20261120A)."""
    with suppress(ValueError):
        year = datetime.strptime(number[:8], "%Y%m%d").year  # noqa: DTZ007 - only asked whether it is a date
        return not 1900 <= year <= 2100
    return _stdnum("es.dni")(number)


def _is_pension_number(number: str) -> bool:
    """Return whether a German pension insurance number has its check digit: 15 070649 C 103."""
    compact = number.replace(" ", "").upper()
    letter = f"{ord(compact[8]) - 64:02}"
    digits = compact[:8] + letter + compact[9:11]
    factors = (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1)
    products = (int(digit) * factor for digit, factor in zip(digits, factors, strict=True))
    return sum(product // 10 + product % 10 for product in products) % 10 == int(compact[11])


def _is_luhn(number: str) -> bool:
    return bool(luhn_is_valid(re.sub(r"\D", "", number)))


_THREES = r"\d{3}[ .-]?\d{3}[ .-]?\d{3}"
_ELEVEN = r"\d{11}"

RULES = (
    _rule("us_ssn", r"\d{3}-\d{2}-\d{4}", _is_social_security_number),
    _rule(
        "us_ssn",
        r"\d{3} ?\d{2} ?\d{4}",
        _is_social_security_number,
        r"SSN|social security|ITIN|taxpayer",
        "ssn social itin taxpayer",
    ),
    _rule("national_id", r"\d{8}-?[A-Z]", _is_spanish),
    _rule("national_id", r"[XYZ]-?\d{7}-?[A-Z]", "es.nie"),
    _rule(
        "national_id",
        r"[12] ?\d{2} ?(?:0[1-9]|1[0-2]|[2-9]\d) ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3} ?\d{2}",
        "fr.nir",
    ),
    _rule(
        "tax_number",
        r"[A-Z]{6}[0-9LMNP-V]{2}[ABCDEHLMPRST][0-9LMNP-V]{2}[A-Z][0-9LMNP-V]{3}[A-Z]",
        "it.codicefiscale",
    ),
    _rule("national_id", r"(?:\d{2})?\d{6}[-+]\d{4}", "se.personnummer"),
    _rule(
        "national_id",
        r"(?:\d{2})?\d{10}",
        "se.personnummer",
        r"personnummer|personnr|samordningsnummer",
        "personn samordning",
    ),
    _rule("national_id", r"\d{6}[-+A-FU-Y]\d{3}[0-9A-Z]", "fi.hetu"),
    _rule("national_id", r"\d{6} ?\d{5}", "no.fodselsnummer"),
    _rule("national_id", r"\d{2}\.?\d{2}\.?\d{2}[-. ]?\d{3}[-. ]?\d{2}", "be.nn"),
    _rule("national_id", r"756[. ]?\d{4}[. ]?\d{4}[. ]?\d{2}", "ch.ssn"),
    _rule("national_id", r"\d{6}-\d{7}", "kr.rrn"),
    _rule("national_id", r"\d{17}[\dX]", "cn.ric"),
    _rule("national_id", r"\d{6}/\d{4}", "cz.rc"),
    _rule("national_id", r"[A-Z]{4}\d{6}[HMX][A-Z]{5}[0-9A-Z]\d", "mx.curp"),
    _rule("tax_number", r"[A-Z]{3}P[A-Z]\d{4}[A-Z]", "in_.pan"),
    _rule("tax_number", r"\d{3}\.\d{3}\.\d{3}-\d{2}", "br.cpf"),
    _rule("tax_number", r"\d{11}", "br.cpf", "CPF"),
    _rule(
        "national_id",
        r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]",
        _is_national_insurance_number,
    ),
    _rule(
        "national_id",
        r"\d{2} ?(?:[0-2]\d|3[01]|[5-7]\d|8[01])(?:0\d|1[0-2])\d{2} ?[A-Z] ?\d{3}",
        _is_pension_number,
    ),
    _rule(
        "tax_number",
        r"\d{2} ?\d{3} ?\d{3} ?\d{3}",
        "de.idnr",
        r"steuer-?id\w*|steuernummer|IdNr\.?|tax id|tax number|TIN",
        "steuer idnr tax tin",
    ),
    _rule("national_id", _ELEVEN, "pl.pesel", "PESEL"),
    _rule(
        "national_id",
        rf"\d{{8}}|{_THREES}|\d{{4}}\.\d{{2}}\.\d{{3}}",
        "nl.bsn",
        r"BSN|burgerservicenummer|sofi-?nummer",
        "bsn burgerservice sofi",
    ),
    _rule("tax_number", _THREES, "pt.nif", "NIF|contribuinte", "nif contribuinte"),
    _rule(
        "national_id",
        r"\d{8} ?\d ?[A-Z0-9]{2}\d",
        "pt.cc",
        r"cart\u00e3o de cidad\u00e3o|citizen card|CC",
        "cidad\u00e3o citizen cc",
    ),
    _rule(
        "national_id",
        r"\d{4} ?\d{6}",
        "at.vnr",
        r"SVNR|SV-?Nummer|Sozialversicherung\w*|versicherungsnummer",
        "svnr sv versicherung",
    ),
    _rule("health_number", r"\d{3}[ -]?\d{3}[ -]?\d{4}", "gb.nhs", "NHS"),
    _rule("tax_number", r"\d{10}|\d{5} \d{5}", "gb.utr", r"UTR|taxpayer reference", "utr taxpayer"),
    _rule("tax_number", r"\d{7}[A-W][A-IW]?", "ie.pps", r"PPSN?|personal public service", "pps personal"),
    _rule("national_id", r"\d{6}-?\d{4}", "dk.cpr", r"CPR|personnummer", "cpr personnummer"),
    _rule("national_id", r"\d{13}", "ro.cnp", "CNP"),
    _rule("national_id", r"\d{10}", "bg.egn", r"EGN|\u0415\u0413\u041d", "egn \u0435\u0433\u043d"),
    _rule("national_id", _ELEVEN, "hr.oib", "OIB"),
    _rule(
        "health_number", _ELEVEN, "gr.amka", r"AMKA|\u0391\u039c\u039a\u0391", "amka \u03b1\u03bc\u03ba\u03b1"
    ),
    _rule(
        "national_id", _ELEVEN, "ee.ik", r"isikukood|personal code|asmens kodas", "isikukood personal asmens"
    ),
    _rule("national_id", _ELEVEN, "tr.tckimlik", r"TC ?kimlik\w*|TCKN|kimlik", "kimlik tckn"),
    _rule("national_id", r"\d{13}", "za.idnr", r"ID number|identity number|ID no", "id identity"),
    _rule("national_id", r"\d{9}", "il.idnr", r"teudat zehut|israeli id|ID number", "teudat israeli id"),
    _rule("national_id", _THREES, _is_luhn, r"social insurance number|SIN", "social sin"),
    _rule("tax_number", _THREES, "au.tfn", r"TFN|tax file", "tfn tax"),
    _rule("national_id", r"\d{4}[ -]?\d{4}[ -]?\d{4}", "in_.aadhaar", r"aadhaar|aadhar|UID", "aadh uid"),
)

_HAS_NUMBER = re.compile(
    r"\d[ ./-]?\d[ ./-]?\d[ ./-]?\d[ ./-]?[\dA-Z]|[A-Za-z]{6}\w{2}[A-Za-z]", re.IGNORECASE
)


def find_national_ids(reading: Reading) -> Iterator[Hit]:
    """Return numbers that a person has for life."""
    if not _HAS_NUMBER.search(reading.text):
        return
    for rule in RULES:
        if rule.literals and not any(literal in reading.lowered for literal in rule.literals):
            continue
        for match in rule.form.finditer(reading.text):
            is_said = rule.words is None or reading.says_near(rule.words, *match.span())
            if is_said and rule.is_valid(match[0]):
                yield Hit(rule.kind, *match.span())
