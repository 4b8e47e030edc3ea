"""The kinds of things that the guard finds: how grave each one is, what it is called, and why it is better left out.

The words are read by the learner at the moment they are about to send something. They explain and offer; they
never scold. Placeholders stay English whatever the learner's language, because they are for the model.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Severity(IntEnum):
    """How a finding is treated; a higher value is graver."""

    HINT = 1
    """Worth a look, nothing more."""

    WARN = 2
    """The learner decides, within what the provider's policy allows."""

    BLOCK = 3
    """Never leaves as it stands."""


@dataclass(frozen=True)
class Kind:
    """What is said of all findings of one kind.

    Attributes:
        stem: What its placeholders begin with: ``IBAN`` for ``[IBAN_1]``. Kinds may share one.
        why: One line: why it is better left out, and what to do instead.
    """

    severity: Severity
    stem: str
    label: "StrOrPromise"
    why: "StrOrPromise"


_KEY_WHY = _(
    "Whoever reads a key can use it. Write [API_KEY_1] instead; if it was sent anywhere, have it renewed."
)
_ID_WHY = _("This number stands for one person all their life. [NATIONAL_ID_1] tells the model all it needs.")


def _key(label: "StrOrPromise") -> Kind:
    return Kind(Severity.BLOCK, "API_KEY", label, _KEY_WHY)


KINDS: Mapping[str, Kind] = {
    "aws_key": _key(_("AWS access key")),
    "github_token": _key(_("GitHub token")),
    "gitlab_token": _key(_("GitLab token")),
    "slack_token": _key(_("Slack token")),
    "slack_webhook": Kind(
        Severity.BLOCK,
        "WEBHOOK",
        _("webhook address"),
        _("Anyone with a webhook's address can post there as your team. Write [WEBHOOK_1] instead."),
    ),
    "openai_key": _key(_("OpenAI key")),
    "anthropic_key": _key(_("Anthropic key")),
    "google_key": _key(_("Google key")),
    "stripe_key": _key(_("Stripe key")),
    "npm_token": _key(_("npm token")),
    "pypi_token": _key(_("PyPI token")),
    "sendgrid_key": _key(_("SendGrid key")),
    "twilio_key": _key(_("Twilio key")),
    "azure_key": _key(_("Azure key")),
    "api_key": _key(_("key or token")),
    "jwt": Kind(
        Severity.BLOCK,
        "SESSION_TOKEN",
        _("session token"),
        _("A session token signs in as somebody, and names them. Write [SESSION_TOKEN_1] instead."),
    ),
    "private_key": Kind(
        Severity.BLOCK,
        "PRIVATE_KEY",
        _("private key"),
        _("A private key proves who you are, for as long as it is secret. Write [PRIVATE_KEY_1] instead."),
    ),
    "url_password": Kind(
        Severity.BLOCK,
        "PASSWORD",
        _("password in an address"),
        _("This address carries a password. The model can work with [PASSWORD_1] in its place."),
    ),
    "password": Kind(
        Severity.BLOCK,
        "PASSWORD",
        _("password"),
        _(
            "A password that has been sent is no longer secret. The model needs only to know that there is one."
        ),
    ),
    "iban": Kind(
        Severity.BLOCK,
        "IBAN",
        _("IBAN"),
        _("An IBAN identifies one person's account. [IBAN_1] tells the model all it needs."),
    ),
    "payment_card": Kind(
        Severity.BLOCK,
        "CARD",
        _("payment card number"),
        _("A card number can be charged by whoever reads it. [CARD_1] tells the model all it needs."),
    ),
    "us_ssn": Kind(
        Severity.BLOCK,
        "SSN",
        _("social security number"),
        _("With this number accounts are opened in a person's name. [SSN_1] tells the model all it needs."),
    ),
    "national_id": Kind(Severity.BLOCK, "NATIONAL_ID", _("national identity number"), _ID_WHY),
    "tax_number": Kind(
        Severity.BLOCK,
        "TAX_NUMBER",
        _("personal tax number"),
        _("A tax number leads to one person and their income. [TAX_NUMBER_1] tells the model all it needs."),
    ),
    "health_number": Kind(
        Severity.BLOCK,
        "HEALTH_NUMBER",
        _("health insurance number"),
        _("This number leads to a person's medical file. [HEALTH_NUMBER_1] tells the model all it needs."),
    ),
    "email": Kind(
        Severity.WARN,
        "EMAIL",
        _("e-mail address"),
        _("An e-mail address names a person and where they work. [EMAIL_1] does as well."),
    ),
    "phone": Kind(
        Severity.WARN,
        "PHONE",
        _("telephone number"),
        _("A telephone number reaches one person. [PHONE_1] does as well."),
    ),
    "ip_address": Kind(
        Severity.WARN,
        "IP_ADDRESS",
        _("IP address"),
        _("An IP address can lead to a household or into your network. [IP_ADDRESS_1] does as well."),
    ),
    "street_address": Kind(
        Severity.WARN,
        "ADDRESS",
        _("street address"),
        _("A street and a number say where somebody lives or works. [ADDRESS_1] does as well."),
    ),
    "birth_date": Kind(
        Severity.WARN,
        "BIRTH_DATE",
        _("date of birth"),
        _("With a date of birth few people stay anonymous. Give the age, or write [BIRTH_DATE_1]."),
    ),
    "account_number": Kind(
        Severity.WARN,
        "NUMBER",
        _("personal reference number"),
        _("This number leads to one person in some system. [NUMBER_1] does as well."),
    ),
    "salary": Kind(
        Severity.WARN,
        "SALARY",
        _("a person's pay"),
        _("What a person earns is between them and the company. Give a range, or write [SALARY_1]."),
    ),
    "special_category": Kind(
        Severity.WARN,
        "PRIVATE_DETAIL",
        _("health, belief or private life"),
        _(
            "The law protects this about a person more than anything else. Leave it out, or write [PRIVATE_DETAIL_1]."
        ),
    ),
    "person": Kind(
        Severity.WARN,
        "PERSON",
        _("name of a person"),
        _("The task is the same without the name. [PERSON_1] keeps people apart and nobody exposed."),
    ),
    "company_word": Kind(
        Severity.WARN,
        "COMPANY_WORD",
        _("confidential word"),
        _("Your company keeps this name to itself. [COMPANY_WORD_1] does as well."),
    ),
    "place": Kind(
        Severity.HINT,
        "PLACE",
        _("place"),
        _("A place beside other details can give a person away. Ask whether the task needs it."),
    ),
    "organization": Kind(
        Severity.HINT,
        "ORGANIZATION",
        _("organization"),
        _("If this is a client or a supplier, ask whether the task needs the name."),
    ),
}
"""Every kind of finding, by its key. The keys are stored (counts by kind), so they do not change."""


def label(kind: str) -> "StrOrPromise":
    """Return what a kind of finding is called."""
    return KINDS[kind].label


def why(kind: str) -> "StrOrPromise":
    """Return one line: why this is better left out, and what to do instead."""
    return KINDS[kind].why
