"""How mail leaves, from one URL. Django 6.1 calls it MAILERS; 5.2, until its end in April 2028, EMAIL_*."""

from typing import Any
from urllib.parse import unquote, urlsplit

import django

SECONDS_TO_WAIT = 10
PORTS = {"smtp": 25, "smtp+tls": 587, "smtp+ssl": 465}
CONSOLE = "django.core.mail.backends.console.EmailBackend"
SMTP = "django.core.mail.backends.smtp.EmailBackend"


def mail_settings(url: str) -> dict[str, Any]:
    """Return the settings for a mail URL; messages are printed to the log when it is empty."""
    backend, options = (SMTP, _smtp_options(url)) if url.startswith("smtp") else (CONSOLE, {})
    if django.VERSION >= (6, 1):
        return {"MAILERS": {"default": {"BACKEND": backend, "OPTIONS": options}}}
    old_names = {"username": "HOST_USER", "password": "HOST_PASSWORD"}
    return {
        "EMAIL_BACKEND": backend,
        **{f"EMAIL_{old_names.get(name, name.upper())}": value for name, value in options.items()},
    }


def _smtp_options(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    return {
        "host": parts.hostname or "localhost",
        "port": parts.port or PORTS[parts.scheme],
        "username": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "use_tls": parts.scheme == "smtp+tls",
        "use_ssl": parts.scheme == "smtp+ssl",
        "timeout": SECONDS_TO_WAIT,
    }
