"""The only place that reads the environment.

Every variable Praxis understands is declared in `VARIABLES`, with its meaning, its default and how it is
parsed. A variable that starts with ``PRAXIS_`` and is not declared stops the start, since a misspelled setting
that is silently ignored is worse than no setting. A declared variable ``PRAXIS_X`` may be given as
``PRAXIS_X_FILE`` instead, the path of a file that holds the value (for secrets mounted as files).
"""

from __future__ import annotations

import base64
import difflib
import os
import re
import zoneinfo
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PREFIX = "PRAXIS_"
FILE_SUFFIX = "_FILE"


def parse_flag(text: str) -> bool:
    """Return the truth of "1", "true", "yes", "on" and their opposites, in any case."""
    if text.lower() in {"1", "true", "yes", "on"}:
        return True
    if text.lower() in {"0", "false", "no", "off", ""}:
        return False
    raise ValueError("write 1 or 0")


def parse_list(text: str) -> list[str]:
    """Return the comma-separated parts, stripped, empty ones left out."""
    return [part.strip() for part in text.split(",") if part.strip()]


def parse_domains(text: str) -> list[str]:
    """Return comma-separated mail domains in small letters."""
    domains = [part.lower() for part in parse_list(text)]
    if any("." not in domain or not re.fullmatch(r"[a-z0-9.-]+", domain) for domain in domains):
        raise ValueError("write domains such as example.com, separated by commas")
    return domains


def parse_short_name(text: str) -> str:
    """Return a name that fits into an address."""
    if not re.fullmatch(r"[a-z0-9-]{1,40}", text):
        raise ValueError("write small letters, digits and hyphens, 40 at most")
    return text


def parse_time_zone(text: str) -> str:
    """Return the name of a time zone that this machine knows."""
    if text not in zoneinfo.available_timezones():
        raise ValueError("write an IANA name such as Europe/Lisbon")
    return text


def parse_base_url(text: str) -> str:
    """Return a web address without a trailing slash."""
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path not in {"", "/"}:
        raise ValueError("write it like https://learn.example.com, with no path")
    return text.rstrip("/")


def url_with_scheme(*schemes: str) -> Callable[[str], str]:
    """Return a parser that accepts URLs of these schemes only."""

    def parse(text: str) -> str:
        if text.partition(":")[0].lower() not in schemes:
            raise ValueError(f"start it with {' or '.join(f'{scheme}:' for scheme in schemes)}")
        return text

    return parse


def parse_port(text: str) -> int:
    """Return a TCP port, 1 to 65535."""
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise ValueError("write a number from 1 to 65535")
    return int(text)


def parse_encryption_keys(text: str) -> list[str]:
    """Return the comma-separated keys, each 32 bytes in URL-safe base64."""
    keys = parse_list(text)
    if any(not re.fullmatch(r"[A-Za-z0-9_-]{43}=", key) or _byte_count(key) != 32 for key in keys):
        raise ValueError("write keys as `make secrets` makes them, separated by commas")
    return keys


def _byte_count(base64_text: str) -> int:
    return len(base64.urlsafe_b64decode(base64_text))


def parse_region(text: str) -> str:
    """Return the two letters of a country."""
    if not re.fullmatch(r"[A-Za-z]{2}", text):
        raise ValueError("write the two letters of a country, such as DE")
    return text.upper()


def parse_log_level(text: str) -> str:
    """Return a level name that the logging module knows."""
    if text.upper() not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
        raise ValueError("write DEBUG, INFO, WARNING or ERROR")
    return text.upper()


@dataclass(frozen=True)
class Variable:
    """One environment variable: what it means, how it reads, what holds when it is absent."""

    meaning: str
    parse: Callable[[str], Any] = str
    default: Any = ""
    is_secret: bool = False


VARIABLES: dict[str, Variable] = {
    "SECRET_KEY": Variable("signs sessions; any long random text", is_secret=True),
    "BASE_URL": Variable("address people open in the browser", parse_base_url, "http://localhost:8000"),
    "ALLOWED_HOSTS": Variable("host names served beside that of the base URL", parse_list, []),
    "DATABASE_URL": Variable(
        "postgresql://user:password@host/name; an embedded SQLite file when absent",
        url_with_scheme("postgresql", "postgres", "sqlite"),
        is_secret=True,
    ),
    "REDIS_URL": Variable(
        "redis://host:6379/0 for cache and tasks; files and memory when absent",
        url_with_scheme("redis", "rediss", "unix"),
        is_secret=True,
    ),
    "EMAIL_URL": Variable(
        "smtp://user:password@host:25; smtp+tls: and smtp+ssl: encrypt; printed to the log when absent",
        url_with_scheme("smtp", "smtp+tls", "smtp+ssl", "consolemail"),
        is_secret=True,
    ),
    "ENCRYPTION_KEYS": Variable(
        "keys that encrypt stored secrets, separated by commas: the first encrypts, all decrypt; one is made and "
        "kept in the data folder when absent",
        parse_encryption_keys,
        [],
        is_secret=True,
    ),
    "BADGE_KEYS": Variable(
        "keys that encrypt the private keys with which credentials are signed, in the same form; kept apart, so that "
        "whoever reads other secrets cannot sign",
        parse_encryption_keys,
        [],
        is_secret=True,
    ),
    "MAIL_FROM": Variable("sender of every message", default="Praxis <praxis@localhost>"),
    "TIME_ZONE": Variable("zone of people whose own is not known", parse_time_zone, "UTC"),
    "DATA_DIR": Variable("folder for the embedded database, uploads and task files", Path, Path("var")),
    "DEMO": Variable(
        "1 lets anyone sign in as a person of the demo company; never in production", parse_flag, False
    ),
    "TRUSTED_PROXY": Variable("1 when a proxy in front sets X-Forwarded-Proto itself", parse_flag, False),
    "PORT": Variable("port of the web server started by `manage.py start`", parse_port, 8000),
    "PRACTICE_MODEL": Variable(
        "0 keeps `manage.py start` from fetching and running the practice model", parse_flag, True
    ),
    "PHONE_REGION": Variable(
        "country whose telephone numbers people write without a country code, such as DE", parse_region
    ),
    "LOG_LEVEL": Variable("least severity that is logged", parse_log_level, "INFO"),
    "METRICS_TOKEN": Variable(
        "whoever shows it as a bearer token may read /metrics from another machine", is_secret=True
    ),
    "INTERNAL_HOSTS": Variable(
        "hosts of the company's own network that model addresses may name, also without https", parse_list, []
    ),
    "MODEL_DIR": Variable("folder for the practice model; `models` in the data folder when absent", Path),
    "MODEL_MIRROR": Variable(
        "address of a folder of yours that holds the practice model's file", url_with_scheme("https", "http")
    ),
    "MODEL_URL": Variable(
        "where the practice model is reached when it runs in another container, which shares the model folder",
        parse_base_url,
    ),
    "SIGN_IN_DOMAINS": Variable(
        "mail domains of the company, whose addresses its sign-in is trusted to know", parse_domains, []
    ),
    "OIDC_ID": Variable("short name of the OpenID Connect provider, used in its address", parse_short_name),
    "OIDC_NAME": Variable("name of that provider on the sign-in button", default="Company sign-in"),
    "OIDC_SERVER_URL": Variable("its issuer address", url_with_scheme("https", "http")),
    "OIDC_CLIENT_ID": Variable("our client id there"),
    "OIDC_CLIENT_SECRET": Variable("our client secret there", is_secret=True),
    "SAML_ID": Variable("short name of the SAML identity provider, used in its address", parse_short_name),
    "SAML_NAME": Variable("name of that provider on the sign-in button", default="Company sign-in"),
    "SAML_ENTITY_ID": Variable("its entity id"),
    "SAML_METADATA_URL": Variable("address of its metadata", url_with_scheme("https", "http")),
    "SLACK_BOT_TOKEN": Variable("token of our app in Slack, which begins with xoxb-", is_secret=True),
    "SLACK_SIGNING_SECRET": Variable("proves that what comes in was sent by Slack", is_secret=True),
    "SLACK_API_URL": Variable(
        "where Slack is asked; GovSlack has an address of its own",
        url_with_scheme("https", "http"),
        "https://slack.com/api/",
    ),
    "TEAMS_APP_ID": Variable("id of our bot in Microsoft Entra, for Microsoft Teams"),
    "TEAMS_APP_PASSWORD": Variable("its client secret", is_secret=True),
    "TEAMS_TENANT_ID": Variable("id of the company's directory in Microsoft Entra"),
    "TEAMS_LOGIN_URL": Variable(
        "where the bot gets its tokens", parse_base_url, "https://login.microsoftonline.com"
    ),
    "TEAMS_OPENID_URL": Variable(
        "says with which keys Teams signs what it sends",
        url_with_scheme("https", "http"),
        "https://login.botframework.com/v1/.well-known/openidconfiguration",
    ),
}


class Environment:
    """Typed access to the declared variables of one environment mapping."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        """Refuse undeclared ``PRAXIS_`` names at once.

        Raises:
            ImproperlyConfigured: A name is unknown; the message offers the nearest known one.
        """
        self._environ = environ
        for name in environ:
            if (
                name.startswith(PREFIX)
                and name.removeprefix(PREFIX).removesuffix(FILE_SUFFIX) not in VARIABLES
            ):
                raise ImproperlyConfigured(_unknown_variable_message(name))

    def get(self, name: str) -> Any:
        """Return the parsed value of a declared variable, or its default when absent or empty.

        Raises:
            ImproperlyConfigured: The text cannot be parsed, or both the variable and its file are given.
        """
        variable = VARIABLES[name]
        text = self._raw(name)
        if text == "":
            return variable.default
        try:
            return variable.parse(text)
        except ValueError as error:
            # The cause may quote the value, so a secret is refused without it.
            shown = "its value" if variable.is_secret else repr(text)
            raise ImproperlyConfigured(
                f"{PREFIX}{name}: {shown} does not work ({variable.meaning}): {error}."
            ) from (None if variable.is_secret else error)

    def require(self, name: str) -> Any:
        """Return the value of a variable that has no sensible default.

        Raises:
            ImproperlyConfigured: It is absent or cannot be parsed.
        """
        value = self.get(name)
        if value in ("", None, []):
            raise ImproperlyConfigured(
                f"{PREFIX}{name} is missing ({VARIABLES[name].meaning}). Set it and start again."
            )
        return value

    def require_together(self, *names: str) -> dict[str, Any] | None:
        """Return the values of variables that only make sense together; None when none is set.

        Raises:
            ImproperlyConfigured: Some are set and others are not.
        """
        missing = [name for name in names if self._raw(name) == ""]
        if len(missing) == len(names):
            return None
        if missing:
            listed = ", ".join(f"{PREFIX}{name}" for name in missing)
            raise ImproperlyConfigured(
                f"{listed} missing: set them too, or unset {PREFIX}{names[0]} and its companions."
            )
        return {name: self.get(name) for name in names}

    def _raw(self, name: str) -> str:
        key, file_key = f"{PREFIX}{name}", f"{PREFIX}{name}{FILE_SUFFIX}"
        if key in self._environ and file_key in self._environ:
            raise ImproperlyConfigured(f"{key} and {file_key} are both set. Keep one of them.")
        if file_key not in self._environ:
            return self._environ.get(key, "").strip()
        path = self._environ[file_key]
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{file_key}: cannot read {path!r}: {error.strerror}.") from error
        except UnicodeDecodeError:
            raise ImproperlyConfigured(f"{file_key}: {path!r} is not a text file in UTF-8.") from None


def _unknown_variable_message(name: str) -> str:
    nearest = difflib.get_close_matches(name.removeprefix(PREFIX).removesuffix(FILE_SUFFIX), VARIABLES, n=1)
    hint = f" Did you mean {PREFIX}{nearest[0]}?" if nearest else ""
    known = ", ".join(f"{PREFIX}{key}" for key in VARIABLES)
    return f"{name} is not a setting of Praxis.{hint} All of them: {known}."


env = Environment(os.environ)
