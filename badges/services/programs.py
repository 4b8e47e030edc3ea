"""Programs that may ask people to be let in, such as a wallet or a backpack."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from allauth.idp.oidc.adapter import get_adapter
from allauth.idp.oidc.models import Client, Token
from django.db import transaction
from django.utils.translation import gettext as _

from badges.models import printable
from badges.scopes import SCOPES
from lms.core.errors import ActionRefused
from lms.core.services import write_audit_entry
from lms.people.models import User

RUNS_IN_THE_BROWSER = {"javascript", "data", "vbscript", "blob", "about", "file"}
"""Schemes that lead to no program: whoever is sent there would run or read what the address itself says."""
LONGEST_NAME = 100
LOCAL = {"localhost", "127.0.0.1", "::1"}


@transaction.atomic
def register_program(
    *, name: str, redirect_uris: Sequence[str], is_public: bool, actor: str, at: datetime
) -> tuple[Client, str]:
    """Let a program ask people whether it may read their credentials; it gets nothing before one of them agrees.

    Args:
        name: As people read it when it asks.
        redirect_uris: Where people may be sent back to, each in full.
        is_public: Whether it cannot keep a secret, as a program on a phone cannot.
        actor: For the audit trail.
        at: Now.

    Returns:
        The client, and its secret, which is kept nowhere; empty for one that cannot keep it.

    Raises:
        ActionRefused: It has no name or one that another program has, there is no address, an address is not
            complete, or anybody on the way could read what is sent there.
    """
    name = _checked_name(name)
    if not redirect_uris:
        raise ActionRefused(_("Say where people are sent back to."), field="redirect_uris")
    for uri in redirect_uris:
        _check(uri)
    secret = "" if is_public else get_adapter().generate_client_secret()
    client = Client(name=name, type=Client.Type.PUBLIC if is_public else Client.Type.CONFIDENTIAL)
    client.set_scopes(list(SCOPES))
    client.set_redirect_uris(list(redirect_uris))
    client.set_grant_types([Client.GrantType.AUTHORIZATION_CODE, Client.GrantType.REFRESH_TOKEN])
    client.set_response_types([Client.ResponseType.CODE])
    if secret:
        client.set_secret(secret)
    client.save()
    _audit("register_program", client, actor, at, after=_says(client))
    return client, secret


@transaction.atomic
def retire_program(*, program: Client, actor: str, at: datetime) -> int:
    """Let a program ask nobody any more, and end what people have let it read.

    The program is deleted with all tokens it was given; the audit trail keeps that it was here.

    Returns:
        How many people had let it in.
    """
    valid = Token.objects.valid().filter(client=program, user__isnull=False)
    people: int = valid.values("user").distinct().count()
    _audit("retire_program", program, actor, at, before=_says(program), after={"people": people})
    program.delete()
    return people


@transaction.atomic
def end_access(*, person: User, program: Client, at: datetime) -> None:
    """Take back all tokens that a program holds of a person; it can ask again.

    Raises:
        ActionRefused: It holds none.
    """
    tokens = Token.objects.filter(user=person, client=program)
    if not tokens.valid().exists():
        raise ActionRefused(_("It could read nothing any more. Nothing has changed."))
    tokens.delete()
    _audit("end_access", program, person.as_actor, at, before={"name": program.name})


def _checked_name(name: str) -> str:
    name = " ".join(printable(name).split())
    if not name or len(name) > LONGEST_NAME:
        raise ActionRefused(_("Give it a name of at most 100 characters, as people know it."), field="name")
    if Client.objects.filter(name__iexact=name).exists():
        raise ActionRefused(
            _("A program is called “%(name)s” already. People could not tell the two apart.")
            % {"name": name},
            field="name",
        )
    return name


def _says(program: Client) -> dict[str, Any]:
    return {"name": program.name, "redirect_uris": program.get_redirect_uris()}


def _audit(action: str, program: Client, actor: str, at: datetime, **rest: Any) -> None:
    write_audit_entry(
        actor=actor, action=f"badges.{action}", object_type="program", object_id=program.pk, at=at, **rest
    )


def _check(uri: str) -> None:
    parts = urlsplit(uri)
    is_web = parts.scheme in {"http", "https"}
    leads_astray = "*" in uri or parts.fragment or "@" in parts.netloc or parts.scheme in RUNS_IN_THE_BROWSER
    if not parts.scheme or (is_web and not parts.hostname) or leads_astray:
        told = _("%(uri)s is no full address to send people back to.")
        raise ActionRefused(told % {"uri": uri}, field="redirect_uris")
    if parts.scheme == "http" and parts.hostname not in LOCAL:
        told = _("%(uri)s must begin with https, or others could read along.")
        raise ActionRefused(told % {"uri": uri}, field="redirect_uris")
