"""The same URL means the same on every Django."""

import django
import pytest

from config import mail
from config.mail import mail_settings

PLAIN = {"username": "", "password": "", "use_tls": False, "use_ssl": False, "timeout": 10}
URLS = [
    ("smtp://mail:1025", PLAIN | {"host": "mail", "port": 1025}),
    ("smtp://relay.example.com", PLAIN | {"host": "relay.example.com", "port": 25}),
    (
        "smtp+tls://praxis%40example.com:p%2Fw@relay.example.com",
        PLAIN
        | {"host": "relay.example.com", "port": 587, "use_tls": True}
        | {"username": "praxis@example.com", "password": "p/w"},
    ),
    (
        "smtp+ssl://relay.example.com:8465",
        PLAIN | {"host": "relay.example.com", "port": 8465, "use_ssl": True},
    ),
]


@pytest.mark.parametrize(("url", "options"), URLS)
def test_since_django_6_1_a_relay_is_the_default_mailer(monkeypatch, url, options):
    monkeypatch.setattr(django, "VERSION", (6, 1, 0, "final", 0))

    assert mail_settings(url) == {"MAILERS": {"default": {"BACKEND": mail.SMTP, "OPTIONS": options}}}


@pytest.mark.parametrize(("url", "options"), URLS)
def test_before_it_is_spread_over_settings_that_django_knows(monkeypatch, url, options):
    monkeypatch.setattr(django, "VERSION", (5, 2, 0, "final", 0))

    assert mail_settings(url) == {
        "EMAIL_BACKEND": mail.SMTP,
        "EMAIL_HOST": options["host"],
        "EMAIL_PORT": options["port"],
        "EMAIL_HOST_USER": options["username"],
        "EMAIL_HOST_PASSWORD": options["password"],
        "EMAIL_USE_TLS": options["use_tls"],
        "EMAIL_USE_SSL": options["use_ssl"],
        "EMAIL_TIMEOUT": 10,
    }


@pytest.mark.parametrize("url", ["", "consolemail://"])
def test_without_a_relay_messages_are_printed(monkeypatch, url):
    monkeypatch.setattr(django, "VERSION", (6, 1, 0, "final", 0))

    assert mail_settings(url) == {"MAILERS": {"default": {"BACKEND": mail.CONSOLE, "OPTIONS": {}}}}


def test_the_running_django_takes_them(settings):
    names = set(mail_settings("smtp://mail:1025"))

    assert names == ({"MAILERS"} if django.VERSION >= (6, 1) else names)
    assert {name for name in names if not hasattr(settings, name)} == set()
