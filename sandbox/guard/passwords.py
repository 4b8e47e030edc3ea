"""Passwords and keys that a text gives away by naming them: ``password: ...``, ``api_key = ...``, ``the PIN is ...``.

Most sentences with the word "password" contain none. A value counts when it looks like one, which takes more the less
the text around it looks like an assignment.
"""

import re
from collections.abc import Iterator

from sandbox.guard.credentials import is_stand_in
from sandbox.guard.findings import Hit
from sandbox.guard.reading import Reading

_LITERALS = ("pass", "pw", "wort", "contrase", "parola", "wachtwoord", "senha", "senord", "has\u0142o")
_NAMES = (
    r"pass(?:word|wd|phrase|code|wort)|(?<![a-z])pass(?=\s?=)|pwd|(?<![a-z])pw(?=\s?[:=])|kennwort|contrase[\u00f1n]a"
    r"|mot de passe|parola d'ordine|wachtwoord|senha|l\u00f6senord|has\u0142o"
)
_VALUE = r"""(?P<value>"[^"\n]{1,128}"|'[^'\n]{1,128}'|`[^`\n]{1,128}`|[^\s"'`]{1,128})"""
_PASSWORD = re.compile(
    rf"""(?:{_NAMES})\d{{0,2}}["'`)\]*]{{0,3}}(?:\s(?:for|to|of|on|f\u00fcr|zum?r?|pour|para|de|del)\s[^\n.:=]{{1,40}}?)?"""
    rf"""(?P<how>\s{{0,3}}(?::=|=>|={{1,3}}|:)\**\s{{0,3}}|\s{{1,3}}(?:is|ist|est|es|\u00e9|\u00e8|lautet)(?:\snow)?(?:\s?:)?\s{{1,3}})"""
    + _VALUE,
    re.IGNORECASE,
)
_PAIR_LITERALS = ("login", "log-in", "credential", "zugangsdaten", "identifiants", "user")
_PAIR = re.compile(
    r"\b(?:log-?in|credentials|zugangsdaten|anmeldung|identifiants|user(?:name)?)(?: is)?\s?[:=]\s?[\w.@-]{1,40}\s?/\s?"
    r"(?P<value>[^\s\"'`,/]{6,64})",
    re.IGNORECASE,
)
_KEY_LITERALS = ("key", "token", "secret")
_KEY = re.compile(
    r"""(?:api|access|auth|secret|private|client|account|signing|encryption|webhook)[\s_-]?(?:key|token|secret)"""
    r"""["'`)\]*]{0,3}(?:\s{0,3}(?::=|=>|={1,3}|:)\**\s{0,3}|\s{1,3}is:?\s{1,3})["'`]?(?P<value>[\w./+=~-]{16,200})""",
    re.IGNORECASE,
)
_PIN = re.compile(r"\b(?:PIN|CVV2?|CVC2?|TAN)(?:\s(?:is|ist)|\s?[:=])\s?(?P<value>\d{3,8})(?!\d)")

_STRONG = re.compile(r"\d|[!@#$%^&*~+=?/\\|\u00a7\u20ac]|[a-z][A-Z]")
_COUNT = re.compile(r"\d{1,4}(?:-\d{1,4})?\+?")
_COUNTED = re.compile(
    r"[\s-]{1,2}(?:or more |or fewer )?(?:char|letter|digit|day|week|month|attempt|time|user|zeichen|tage)",
    re.IGNORECASE,
)
_CALL = re.compile(r"[A-Za-z_][\w.]*\(.*|(?:[A-Za-z_]\w*\.)+[A-Za-z_]+(?:\[.*)?")
_NEXT_SETTING = re.compile(r"[;&](?=\w+=)")
_LINE = re.compile(r"(?:^|\n)[^\n:=]{0,24}$")
_WORDS_OF_RULES = """
at be blank changed dont empty encrypted enter example expired false field forgotten hashed here hidden incorrect input
invalid login lost masked minimum missing mixed must never nil none not null optional placeholder policy protected
redacted removed required requirements reset rotation same secure shared short should str string strong tbd text todo
true undefined unknown unset username varchar weak wrong yes
"""
_NOT_PASSWORDS = frozenset(_WORDS_OF_RULES.split())


def find_passwords(reading: Reading) -> Iterator[Hit]:
    """Return passwords, keys and PINs that stand behind their names."""
    if any(literal in reading.lowered for literal in _LITERALS):
        yield from filter(
            None, (_password(reading.text, match) for match in _PASSWORD.finditer(reading.text))
        )
    yield from _mixed(reading, "password", _PAIR, _PAIR_LITERALS)
    yield from _mixed(reading, "api_key", _KEY, _KEY_LITERALS)
    for match in _PIN.finditer(reading.text):
        yield Hit("password", *match.span("value"))


def _mixed(reading: Reading, kind: str, form: re.Pattern[str], literals: tuple[str, ...]) -> Iterator[Hit]:
    """Return the values of a form that have both letters and digits."""
    if not any(literal in reading.lowered for literal in literals):
        return
    for match in form.finditer(reading.text):
        value = match["value"].rstrip(".;:)")
        if re.search(r"\d", value) and re.search(r"[A-Za-z]", value) and not is_stand_in(value):
            yield Hit(kind, match.start("value"), match.start("value") + len(value))


def _password(text: str, match: re.Match[str]) -> Hit | None:
    start, end = match.span("value")
    is_quoted = text[start] in "\"'`"
    if is_quoted:
        start, end = start + 1, end - 1
    else:
        end = start + len(_NEXT_SETTING.split(match["value"])[0].rstrip(".,;:)]}>*"))
    value = text[start:end]
    if _looks_real(text, value, match, is_quoted=is_quoted, end=end):
        return Hit("password", start, end)
    return None


def _looks_real(text: str, value: str, match: re.Match[str], *, is_quoted: bool, end: int) -> bool:
    if len(value) < 4 or is_stand_in(value) or is_stand_in(text[match.start("value") : match.end("value")]):
        return False
    if value.lower() in _NOT_PASSWORDS or (_COUNT.fullmatch(value) and _COUNTED.match(text, end)):
        return False
    if not is_quoted and _CALL.fullmatch(value) and not re.search(r"\d", value):
        return False
    how = match["how"].strip()
    if _STRONG.search(value):
        return True
    if how.startswith((":", "=")):
        # A plain word is one after an equals sign, in quotes, or alone on a line with its name: "Password: sunshine".
        is_alone = _LINE.search(text, max(0, match.start() - 26), match.start()) and text[end : end + 1] in {
            "",
            "\n",
            "\r",
        }
        return is_quoted or how.startswith("=") or bool(is_alone)
    return False
