"""E-mail, IP and street addresses.

Addresses that are reserved for documentation name nobody and need no warning: the domains of RFC 2606 and RFC 6761
(example.com, .example, .test, .invalid, .localhost) and the networks of RFC 5737 and RFC 3849 (192.0.2.0/24,
2001:db8::/32), which `ipaddress` knows as not global, as it does private networks.
"""

import re
from collections.abc import Iterator
from ipaddress import ip_address

from sandbox.guard.findings import Hit
from sandbox.guard.reading import Reading

_DOMAIN = re.compile(r"(?:[\w-]{1,63}\.){1,8}(?:xn--[\w-]{2,59}|[^\W\d_]{2,24})(?![^\W_])")
_LOCAL_SYMBOLS = "._%+'-"
_LOCAL_LENGTH = 64
_DOCUMENTATION = re.compile(
    r"(?:^|\.)(?:example\.(?:com|net|org)|example|test|invalid|localhost)$", re.IGNORECASE
)

_IPV4 = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w]|\.\d)")
_IPV6 = re.compile(r"(?<![\w:])[23][0-9a-fA-F]{3}:[0-9a-fA-F:]{2,34}(?![\w:])")
_VERSION_WORDS = re.compile(
    r"(?:\b(?:versions?|release[ds]?|build|firmware|upgrade[ds]?|update[ds]?|patch|driver|section|clause|chapter|kapitel)\b|==|\bv)[^\n]{0,20}$",
    re.IGNORECASE,
)

_TAIL = r"[\w'.-]{0,24}"
_WORD = rf"[^\W\d_]{_TAIL}"
_CAPITAL = r"[A-Z\u00c0-\u00de]"
_NUMBER = r"\d{1,5}(?:[ ]?[a-zA-Z](?![\w])|[-/]\d{1,4})?"
_ENGLISH_STREETS = (
    "Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Square|Sq|Terrace|Place|Pl|Way|Close"
    "|Crescent|Parkway|Pkwy|Highway|Hwy|Row|Gardens|Grove|Mews|Quay|Broadway"
)
_STREETS = (
    # 12 Baker Street, 1600 Pennsylvania Ave NW
    re.compile(
        rf"(?<![\w.,-])\d{{1,5}}[A-Za-z]? (?:[A-Z0-9]{_TAIL} ){{1,4}}(?:{_ENGLISH_STREETS})\b(?![ -][a-z]*map)"
    ),
    # Hauptstrasse 12, Kerkstraat 15, Storgatan 5, Lange Gasse 7
    re.compile(
        rf"\b[^\W\d_][\w-]{{1,30}}(?:stra\u00dfe|strasse|str\.|stra?at|gasse|weg|platz|allee|ufer|damm|laan|gracht|plein|gatan"
        rf"|v\u00e4gen|gade|vej|vejen|gata|veien|katu|tie) {_NUMBER}(?!\w| ?%|[.,]\d)",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b(?:(?:Am|An der|Im|In der|Zum|Zur|Unter den|Lange|Alte|Neue|Gro\u00dfe) (?:{_WORD} )?)?"
        rf"(?:{_CAPITAL}{_TAIL}[ -])(?:Stra\u00dfe|Strasse|Str\.|Gasse|Platz|Allee|Weg|Ufer) {_NUMBER}(?!\w| ?%|[.,]\d)"
    ),
    # 12 rue de la Paix, 15 bis, avenue Foch
    re.compile(
        r"(?<![\w.,-])\d{1,4}(?: ?(?:bis|ter))?,? "
        r"(?:rue|avenue|boulevard|bd|all\u00e9e|impasse|quai|cours|chemin|route) "
        rf"(?:(?:de|du|des|la|le|les|l'|d')[ ]?){{0,3}}{_CAPITAL}{_TAIL}(?: {_CAPITAL}{_TAIL}){{0,3}}"
    ),
    # Calle Mayor 10; C/ de Alcala, 45; Via Roma, 12; Rua Augusta 100; ul. Marszalkowska 10
    re.compile(
        r"\b(?:Calle|C/|Avda?\.|Avenida|Paseo|Plaza|Carrer|Rua|Travessa|Pra\u00e7a|Viale|Piazza|Corso|ul\.|al\.) ?"
        rf"(?:(?:de|del|la|las|los|da|do|dos|di) ){{0,3}}{_WORD}(?: {_CAPITAL}{_TAIL}){{0,3}},? "
        rf"(?:n\.? ?|n\u00ba ?)?{_NUMBER}(?!\w| ?%|[.,]\d)",
        re.IGNORECASE,
    ),
    # "via" is also an English word, so a comma or a postal code has to show that a street is meant
    re.compile(
        rf"\b[Vv]ia (?:{_WORD} ){{0,3}}{_WORD}(?:, ?(?:n\.? ?)?\d{{1,4}}\b(?! ?%)| \d{{1,4}},? \d{{5}}\b)"
    ),
    re.compile(r"\bP\.? ?O\.? Box \d{1,6}\b|\bPostfach \d{2,6}\b", re.IGNORECASE),
)
_NOT_STREETS = re.compile(r"\b(?:Google|Team|Shared|Shares|One|Hard|Test|Sales|Fund|Disk|Flash|USB|Market)$")


def find_emails(reading: Reading) -> Iterator[Hit]:
    """Return e-mail addresses, save those of documentation and of version control (git@...)."""
    text = reading.text
    at = text.find("@")
    while at >= 0:
        start = _local_part(text, at)
        domain = _DOMAIN.match(text, at + 1)
        if start < at and domain and not _DOCUMENTATION.search(domain[0]) and text[start:at] != "git":
            yield Hit("email", start, domain.end())
        at = text.find("@", at + 1)


def _local_part(text: str, at: int) -> int:
    start = at
    while start > max(0, at - _LOCAL_LENGTH) and (
        text[start - 1].isalnum() or text[start - 1] in _LOCAL_SYMBOLS
    ):
        start -= 1
    while start < at and text[start] in _LOCAL_SYMBOLS:
        start += 1
    return start


def find_ip_addresses(reading: Reading) -> Iterator[Hit]:
    """Return addresses on the public internet; versions with four parts look alike and are left alone."""
    for form in (_IPV4, _IPV6):
        for match in form.finditer(reading.text):
            before = reading.text[max(0, match.start() - 24) : match.start()]
            if _is_public(match[0]) and not _VERSION_WORDS.search(before):
                yield Hit("ip_address", *match.span())


def _is_public(address: str) -> bool:
    try:
        return ip_address(address).is_global
    except ValueError:
        return False


def find_streets(reading: Reading) -> Iterator[Hit]:
    """Return streets with a number, in the forms of a few languages."""
    if not any(map(str.isdigit, reading.text)):
        return
    for form in _STREETS:
        for match in form.finditer(reading.text):
            if not _NOT_STREETS.search(match[0].rpartition(" ")[0]):
                yield Hit("street_address", match.start(), match.start() + len(match[0].rstrip(".,'-")))
