"""Values that the guard must find, built from what their issuers say about the format, with correct check digits.

Nothing here knows the guard's own rules: a generator that borrowed them would show nothing.
All values are random, from a fixed seed.
"""

import base64
import json
import random
import string
from collections.abc import Callable

ALPHANUMERIC = string.ascii_letters + string.digits
UPPER = string.ascii_uppercase + string.digits
BASE32 = string.ascii_uppercase + "234567"
BASE64 = ALPHANUMERIC + "+/"
BASE64URL = ALPHANUMERIC + "-_"
HEX = "0123456789abcdef"

Generator = Callable[[random.Random], str]


def some(source: random.Random, alphabet: str, length: int) -> str:
    return "".join(source.choices(alphabet, k=length))


def digits(source: random.Random, length: int) -> str:
    return some(source, string.digits, length)


def _jwt(source: random.Random) -> str:
    """RFC 7519: two base64url JSON objects and a signature."""

    def part(members: dict[str, object]) -> str:
        return base64.urlsafe_b64encode(json.dumps(members).encode()).decode().rstrip("=")

    header = part({"alg": source.choice(["HS256", "RS256", "ES256"]), "typ": "JWT"})
    payload = part({"sub": digits(source, 10), "iat": source.randrange(1_600_000_000, 1_900_000_000)})
    return f"{header}.{payload}.{some(source, BASE64URL, 43)}"


def _pem(source: random.Random) -> str:
    name = source.choice(
        ["RSA PRIVATE KEY", "PRIVATE KEY", "EC PRIVATE KEY", "OPENSSH PRIVATE KEY", "ENCRYPTED PRIVATE KEY"]
    )
    lines = [some(source, BASE64, 64) for _ in range(source.randrange(3, 20))]
    return "\n".join(
        [f"-----BEGIN {name}-----", *lines, some(source, BASE64, 22) + "==", f"-----END {name}-----"]
    )


def _password(source: random.Random) -> str:
    word = source.choice(["Sommer", "Winter", "welcome", "Falcon", "tiger", "Munich", "Lisboa", "rainbow"])
    return f"{word}{source.randrange(10, 9999)}{source.choice('!#$%&*?')}"


def _github(source: random.Random) -> str:
    return f"gh{source.choice('pousr')}_{some(source, ALPHANUMERIC, 36)}"


def _github_fine(source: random.Random) -> str:
    return f"github_pat_{some(source, ALPHANUMERIC, 22)}_{some(source, ALPHANUMERIC, 59)}"


def _gitlab_routable(source: random.Random) -> str:
    """The payload, its length in base 36 and a checksum, since GitLab 17.10."""
    return f"glpat-{some(source, BASE64URL, 27)}.{some(source, string.digits, 2)}.{some(source, HEX, 9)}"


def _slack(source: random.Random) -> str:
    return (
        f"xox{source.choice('bp')}-{digits(source, 12)}-{digits(source, 13)}-{some(source, ALPHANUMERIC, 24)}"
    )


def _slack_webhook(source: random.Random) -> str:
    team, app = some(source, UPPER, 10), some(source, UPPER, 10)
    return f"https://hooks.slack.com/services/T{team}/B{app}/{some(source, ALPHANUMERIC, 24)}"


def _openai_legacy(source: random.Random) -> str:
    return f"sk-{some(source, ALPHANUMERIC, 20)}T3BlbkFJ{some(source, ALPHANUMERIC, 20)}"


def _openai_project(source: random.Random) -> str:
    return f"sk-proj-{some(source, BASE64URL, 74)}T3BlbkFJ{some(source, BASE64URL, 74)}"


SECRETS: dict[str, tuple[Generator, ...]] = {
    "aws_key": (
        lambda source: source.choice(["AKIA", "ASIA"]) + some(source, BASE32, 16),
        lambda source: f"aws_secret_access_key = {some(source, BASE64, 40)}",
    ),
    "github_token": (_github, _github_fine),
    "gitlab_token": (
        lambda source: f"glpat-{some(source, BASE64URL, 19)}{some(source, ALPHANUMERIC, 1)}",
        lambda source: (
            f"{source.choice(['gldt', 'glrt', 'glptt', 'gloas'])}-{some(source, ALPHANUMERIC, 40)}"
        ),
        _gitlab_routable,
    ),
    "slack_token": (
        _slack,
        lambda source: f"xapp-1-A{some(source, UPPER, 10)}-{digits(source, 13)}-{some(source, HEX, 64)}",
    ),
    "slack_webhook": (_slack_webhook,),
    "openai_key": (_openai_legacy, _openai_project, lambda source: f"sk-{some(source, ALPHANUMERIC, 48)}"),
    "anthropic_key": (lambda source: f"sk-ant-api03-{some(source, BASE64URL, 93)}AA",),
    "google_key": (lambda source: f"AIza{some(source, BASE64URL, 35)}",),
    "stripe_key": (
        lambda source: f"{source.choice(['sk_live', 'sk_test', 'rk_live'])}_{some(source, ALPHANUMERIC, 24)}",
    ),
    "npm_token": (lambda source: f"npm_{some(source, ALPHANUMERIC, 36)}",),
    "pypi_token": (lambda source: f"pypi-AgEIcHlwaS5vcmc{some(source, BASE64URL, 130)}",),
    "sendgrid_key": (lambda source: f"SG.{some(source, BASE64URL, 22)}.{some(source, BASE64URL, 43)}",),
    "twilio_key": (lambda source: f"SK{some(source, HEX, 32)}",),
    "azure_key": (
        lambda source: (
            f"DefaultEndpointsProtocol=https;AccountName=store{digits(source, 4)};"
            f"AccountKey={some(source, BASE64, 86)}==;EndpointSuffix=core.windows.net"
        ),
        lambda source: (
            f"Endpoint=sb://bus{digits(source, 3)}.servicebus.windows.net/;SharedAccessKeyName=Root;"
            f"SharedAccessKey={some(source, BASE64, 43)}="
        ),
    ),
    "jwt": (_jwt,),
    "private_key": (_pem,),
    "url_password": (
        lambda source: (
            f"postgres://app{digits(source, 2)}:{some(source, ALPHANUMERIC, 14)}@db.internal:5432/shop"
        ),
        lambda source: f"https://ci:{some(source, ALPHANUMERIC, 12)}@git.intern.company.io/team/repo.git",
    ),
    "password": (
        lambda source: f"password: {_password(source)}",
        lambda source: f"Password={_password(source)}",
        lambda source: f'"password": "{_password(source)}"',
        lambda source: f"DB_PASSWORD={some(source, ALPHANUMERIC, 16)}",
        lambda source: f"the password is {_password(source)}",
        lambda source: f"Passwort: {_password(source)}",
        lambda source: f"mot de passe : {_password(source)}",
    ),
}
"""For each kind of secret, forms that its issuer documents."""


def luhn(number: str) -> str:
    """Return a number with its check digit behind it. ISO/IEC 7812-1, annex B."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return number + str(-total % 10)


def card(source: random.Random) -> str:
    prefix, length, groups = source.choice(
        [
            ("4", 16, (4, 4, 4, 4)),
            (f"5{source.randrange(1, 6)}", 16, (4, 4, 4, 4)),
            (str(source.randrange(2221, 2721)), 16, (4, 4, 4, 4)),
            (source.choice(["34", "37"]), 15, (4, 6, 5)),
            ("6011", 16, (4, 4, 4, 4)),
            ("65", 16, (4, 4, 4, 4)),
            ("36", 14, (4, 6, 4)),
            (str(source.randrange(3528, 3590)), 16, (4, 4, 4, 4)),
            ("62", 16, (4, 4, 4, 4)),
        ]
    )
    number = luhn(prefix + digits(source, length - len(prefix) - 1))
    return grouped(number, groups, source.choice(["", " ", "-"]))


def grouped(number: str, groups: tuple[int, ...], separator: str) -> str:
    pieces, at = [], 0
    for length in groups:
        pieces.append(number[at : at + length])
        at += length
    return separator.join(pieces)


_BANK_ACCOUNTS = {
    # Country: what stands behind the check digits. Source: SWIFT IBAN registry. n digits, a letters, c both.
    "DE": "n18",
    "FR": "n10c11n2",
    "NL": "a4n10",
    "ES": "n20",
    "IT": "a1n10c12",
    "AT": "n16",
    "CH": "n5c12",
    "GB": "a4n14",
    "PL": "n24",
    "SE": "n20",
    "BE": "n12",
    "PT": "n21",
    "IE": "a4n14",
    "NO": "n11",
    "TR": "n6c16",
    "SA": "n2c18",
    "MT": "a4n5c18",
}


def iban(source: random.Random) -> str:
    country, structure = source.choice(sorted(_BANK_ACCOUNTS.items()))
    account, at = "", 0
    while at < len(structure):
        end = at + 1
        while end < len(structure) and structure[end].isdigit():
            end += 1
        alphabet = {"n": string.digits, "a": string.ascii_uppercase, "c": UPPER}[structure[at]]
        account += some(source, alphabet, int(structure[at + 1 : end]))
        at = end
    remainder = int("".join(str(int(character, 36)) for character in f"{account}{country}00")) % 97
    number = f"{country}{98 - remainder:02}{account}"
    spaced = " ".join(number[at : at + 4] for at in range(0, len(number), 4))
    return source.choice([number, spaced, number.lower()])


def email(source: random.Random) -> str:
    first = source.choice(
        ["anna", "j.okafor", "li-wei", "maria_lopez", "b.o'neil", "x+news", "søren", "k.müller", "a"]
    )
    domain = source.choice(["firm", "mail.corp", "uni-koeln", "sub.dept.agency", "bücher", "x9"])
    number = source.choice(["", digits(source, 2)])
    return f"{first}{number}@{domain}.{source.choice(['com', 'de', 'co.uk', 'io', 'museum', 'fr'])}"


PROSE = (
    "Please rewrite this note for the customer: {} is what they gave us last week.",
    "Why does this fail?\n\n{}\n\nExplain it step by step.",
    "Summarize: the colleague wrote '{}' and asked for an answer by Friday.",
    "{} - put that into a friendly answer, at most 120 words",
    "Turn these lines into a table:\nfirst line\nvalue {}\nlast line",
    "Hallo, bitte formuliere das freundlicher: {}. Danke!",
    "(see {})",
    "Merci de corriger ce texte : {}, puis de le traduire.",
)


def in_prose(source: random.Random, value: str) -> tuple[str, tuple[int, int]]:
    """Return a text with the value in it, and where it stands."""
    template = source.choice(PROSE)
    start = template.index("{}")
    return template.replace("{}", value), (start, start + len(value))
