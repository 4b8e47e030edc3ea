"""How this installation is set up, and who may do more than learn."""

from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lms.people.models import User
from lms.people.permissions import PERSONA_GROUPS

PERSONAS: dict[str, Promise] = {
    "author": gettext_lazy("author"),
    "reviewer": gettext_lazy("reviewer"),
    "admin": gettext_lazy("administrator"),
}
EFFECTS: dict[str, tuple[Promise, Promise]] = {
    "author": (gettext_lazy("Authors"), gettext_lazy("write lessons and paths in the CMS")),
    "reviewer": (gettext_lazy("Reviewers"), gettext_lazy("read what authors wrote, and publish it")),
    "admin": (gettext_lazy("Administrators"), gettext_lazy("see and change everything in Manage")),
}


@dataclass(frozen=True)
class PersonaHolders:
    """Who may act as one persona, by name; those who may not sign in now included."""

    persona: str
    name: Promise
    effect: Promise
    people: list[User]


@dataclass(frozen=True)
class Setting:
    """One fact about the installation, and where it is changed.

    Attributes:
        value: As it holds now, without anything secret.
        variables: Environment variables that decide it.
    """

    name: str
    value: str
    variables: tuple[str, ...]


@dataclass(frozen=True)
class SetUpPage:
    """The settings page of Manage.

    Attributes:
        break_glass: People who may do everything, whatever their groups.
    """

    holders: list[PersonaHolders]
    break_glass: list[User]
    settings: list[Setting]


def set_up_page() -> SetUpPage:
    """Return who may do what, and how Praxis is set up; two queries."""
    memberships = User.groups.through.objects.filter(group__name__in=PERSONA_GROUPS.values())
    by_group: dict[str, list[User]] = {group: [] for group in PERSONA_GROUPS.values()}
    for membership in memberships.select_related("user", "group").order_by("user__full_name", "user"):
        by_group[membership.group.name].append(membership.user)
    return SetUpPage(
        holders=[
            PersonaHolders(persona, *EFFECTS[persona], by_group[group])
            for persona, group in PERSONA_GROUPS.items()
        ],
        break_glass=list(User.objects.filter(is_superuser=True).order_by("full_name", "pk")),
        settings=_settings(),
    )


def _settings() -> list[Setting]:
    return [
        Setting(_("Address"), settings.BASE_URL, ("PRAXIS_BASE_URL",)),
        Setting(_("Time zone of the company"), settings.PRAXIS_TIME_ZONE, ("PRAXIS_TIME_ZONE",)),
        Setting(_("Ways to sign in"), ", ".join(_ways_to_sign_in()), ("PRAXIS_OIDC_ID", "PRAXIS_SAML_ID")),
        Setting(_("Mail comes from"), settings.DEFAULT_FROM_EMAIL, ("PRAXIS_MAIL_FROM",)),
        Setting(_("Mail leaves through"), _mail_server(), ("PRAXIS_EMAIL_URL",)),
        Setting(_("Database"), connection.display_name, ("PRAXIS_DATABASE_URL",)),
        Setting(
            _("Cache and background work"),
            _("Redis") if settings.REDIS_URL else _("memory and files of this machine"),
            ("PRAXIS_REDIS_URL",),
        ),
        Setting(
            _("Demo"),
            _("on: anyone may sign in as a person of the demo company") if settings.PRAXIS_DEMO else _("off"),
            ("PRAXIS_DEMO",),
        ),
    ]


def _ways_to_sign_in() -> list[str]:
    apps = [app for provider in settings.SOCIALACCOUNT_PROVIDERS.values() for app in provider["APPS"]]
    return [_("code by e-mail"), _("passkey"), _("password, if set"), *(app["name"] for app in apps)]


def _mail_server() -> str:
    """Return where mail goes, without who we are there. Django 6.1 says it in another place."""
    mailers = getattr(settings, "MAILERS", None)
    if mailers:
        host = mailers["default"].get("OPTIONS", {}).get("host", "")
    else:
        host = settings.EMAIL_HOST if "smtp" in settings.EMAIL_BACKEND else ""
    return host or _("nowhere: messages are printed to the log")
