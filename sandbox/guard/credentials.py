"""Keys and tokens, found by the form that their issuers gave them so that they can be found.

Own rules, no scanner: on generated keys in prose, detect-secrets with its named plugins found all of six of these
eighteen kinds and none of three (Anthropic, Google, npm), found nothing that the rules below miss, and keeps its
settings in globals that threads share.

Each rule is tried only on a text that contains one of its literals, so a text without secrets costs a few substring
searches. Quantifiers are bounded, or the characters before them rule out a second start: no rule takes more than
linear time.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sandbox.guard.findings import Hit
from sandbox.guard.reading import Reading


@dataclass(frozen=True)
class Rule:
    """The form of one kind of secret.

    Attributes:
        literals: In lower case; the form contains at least one of them.
        form: Its group ``value`` is the secret; the whole match when it has no such group.
    """

    kind: str
    literals: tuple[str, ...]
    form: re.Pattern[str]


def _rule(kind: str, literals: str, form: str, flags: int = 0) -> Rule:
    return Rule(kind, tuple(literals.split()), re.compile(form, flags))


_SLACK_HOOK = r"https://hooks\.slack\.com/(?:services|workflows|triggers)/[\w/-]{10,200}"
_OFFICE_HOOK = r"https://[\w.-]{1,80}\.webhook\.office\.com/[\w/@-]{20,400}"
_DISCORD_HOOK = r"https://(?:\w{1,10}\.)?discord(?:app)?\.com/api/webhooks/\d{10,25}/[\w-]{30,100}"

RULES = (
    _rule("aws_key", "akia asia abia acca", r"(?<![A-Z0-9])(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Z0-9])"),
    _rule(
        "aws_key",
        "aws",
        r"aws[\w .-]{0,30}[\"'\s:=]{1,6}(?P<value>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])",
        re.IGNORECASE,
    ),
    _rule("github_token", "ghp_ gho_ ghu_ ghs_ ghr_", r"gh[pousr]_[A-Za-z0-9]{20,255}"),
    _rule("github_token", "github_pat_", r"github_pat_\w{40,255}"),
    _rule(
        "gitlab_token",
        "gl",
        r"\bgl(?:pat|oas|dt|rtr?|cbt|ptt|ft|imt|agent|soat|ffct|wt)-[\w-]{18,300}(?:\.[\w-]{1,64}){0,3}",
    ),
    _rule("gitlab_token", "gr1348941", r"GR1348941[\w-]{20,50}"),
    _rule("slack_token", "xox xapp-", r"(?:xox[a-z](?:\.xox[a-z])?|xapp)-[A-Za-z0-9-]{10,300}"),
    _rule("slack_webhook", "hooks.slack.com", _SLACK_HOOK),
    _rule("slack_webhook", "webhook.office.com", _OFFICE_HOOK),
    _rule("slack_webhook", "/api/webhooks/", _DISCORD_HOOK),
    _rule("anthropic_key", "sk-ant-", r"sk-ant-[\w-]{20,200}"),
    _rule(
        "openai_key",
        "sk-",
        r"sk-(?:proj|svcacct|admin|None|or-v1)-[\w-]{20,200}|(?<![\w-])sk-[A-Za-z0-9]{32,100}",
    ),
    _rule("google_key", "aiza", r"AIza[\w-]{35}(?![\w-])"),
    _rule("google_key", "gocspx- ya29.", r"GOCSPX-[\w-]{28}|ya29\.[\w-]{20,300}"),
    _rule("stripe_key", "k_live_ k_test_", r"[spr]k_(?:live|test)_[A-Za-z0-9]{16,247}"),
    _rule("stripe_key", "whsec_", r"whsec_[A-Za-z0-9+/=]{24,100}"),
    _rule("npm_token", "npm_", r"npm_[A-Za-z0-9]{36}"),
    _rule("npm_token", "_authtoken", r"_authToken\s{0,3}=\s{0,3}(?P<value>[\w-]{20,100})"),
    _rule("pypi_token", "pypi-", r"pypi-[\w-]{60,400}"),
    _rule("sendgrid_key", "sg.", r"SG\.[\w-]{16,32}\.[\w-]{32,64}"),
    _rule("twilio_key", "ac sk", r"(?<![A-Za-z0-9])(?:AC|SK)[0-9a-f]{32}(?![A-Za-z0-9])"),
    _rule(
        "twilio_key",
        "twilio",
        r"twilio[\w .-]{0,30}[\"'\s:=]{1,6}(?P<value>[0-9a-f]{32})(?![0-9a-f])",
        re.IGNORECASE,
    ),
    _rule(
        "azure_key",
        "key=",
        r"(?:Account|SharedAccess)Key=(?P<value>[A-Za-z0-9+/]{40,100}={0,2})",
        re.IGNORECASE,
    ),
    _rule("azure_key", "sig=", r"[?&]sig=(?P<value>[A-Za-z0-9%+/_-]{40,200})"),
    _rule("azure_key", "q~", r"(?<![\w~.-])[\w.~-]{3}\dQ~[\w.~-]{31,34}(?![\w~-])"),
    _rule("jwt", "eyj", r"(?<![\w-])eyJ[\w-]{8,}\.eyJ[\w-]{8,}(?:\.[\w-]*)?"),
    _rule("url_password", "://", r"://[^\s:/@]{0,100}:(?P<value>[^\s/@]{1,200})@(?=[\w\[])"),
    _rule("api_key", "bearer", r"\bbearer\s{1,3}(?P<value>[A-Za-z0-9._~+/-]{20,2000}=*)", re.IGNORECASE),
    _rule(
        "api_key",
        "hf_ dop_v1_ dckr_pat_ lin_api_ ntn_",
        r"\b(?:hf|dop_v1|dckr_pat|lin_api|ntn)_[\w-]{27,100}",
    ),
    _rule("api_key", "shp", r"\bshp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}"),
    _rule("api_key", "hvs. atatt3 dapi", r"\b(?:hvs\.[\w-]{24,300}|ATATT3[\w=-]{60,300}|dapi[0-9a-f]{32})"),
    _rule("api_key", "-us", r"(?<![0-9a-f])[0-9a-f]{32}-us\d{1,2}\b"),
    _rule("api_key", ":aa", r"(?<!\d)\d{8,10}:AA[\w-]{33}(?![\w-])"),
)
"""One rule and one example of each stands in the tests, built from what its issuer says about the format."""

_KEY_BEGINS = re.compile(r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|PuTTY-User-Key-File-\d:")
_KEY_ENDS = re.compile(r"-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|Private-MAC: [0-9a-f]{40,64}")
_KEY_BODY = re.compile(r"(?:[\s\\nr]{0,8}[A-Za-z0-9+/=]{40,})*")

_MASK = re.compile(r"[*\u2022.xX#_?-]+")
_TEMPLATE = re.compile(
    r"<[^>]*>?|\[[^\]]*\]?|\$?\{\{?[^}]*\}{0,2}|\$[A-Za-z_]+|\$\([^)]*\)?|%[A-Za-z_]+%|%\(?[a-z_]*\)?s|:[a-z_]+"
)
_NAMED = re.compile(
    r"(?:your|my|the|a|an|new|old|some|db|user|admin)?[\s_-]?(?:own|secret|strong|secure)?[\s_-]?"
    r"(?:password|passwd|passphrase|passwort|pass|pwd|secret|token|key|kennwort)(?:[\s_-]?here)?",
    re.IGNORECASE,
)


def find_credentials(reading: Reading) -> Iterator[Hit]:
    """Return keys, tokens and passwords in addresses."""
    for rule in RULES:
        if not any(literal in reading.lowered for literal in rule.literals):
            continue
        group = "value" if "value" in rule.form.groupindex else 0
        for match in rule.form.finditer(reading.text):
            if rule.kind != "url_password" or not is_stand_in(match[group]):
                yield Hit(rule.kind, *match.span(group))
    yield from _private_keys(reading.text)


def is_stand_in(value: str) -> bool:
    """Return whether a value only shows where a secret belongs: ``****``, ``<your password>``, ``${TOKEN}``."""
    return any(form.fullmatch(value) for form in (_MASK, _TEMPLATE, _NAMED))


def _private_keys(text: str) -> Iterator[Hit]:
    """Return key files from their first line to their last; without a last line, as far as the key goes."""
    position = 0
    while begin := _KEY_BEGINS.search(text, position):
        # The next beginning bounds the search, so that many of them without an end are still read once.
        following = _KEY_BEGINS.search(text, begin.end())
        end = _KEY_ENDS.search(text, begin.end(), following.start() if following else len(text))
        body = _KEY_BODY.match(text, begin.end())
        position = end.end() if end else body.end() if body else begin.end()
        yield Hit("private_key", begin.start(), position)
