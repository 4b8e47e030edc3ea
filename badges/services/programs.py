"""Programs that may ask people to be let in, such as a wallet or a backpack."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit

from allauth.idp.oidc.adapter import get_adapter
from allauth.idp.oidc.models import Client, Token
from django.db import transaction
from django.utils.translation import gettext as _

from badges.scopes import SCOPES
from lms.core.errors import ActionRefused
from lms.core.services import write_audit_entry
from lms.people.models import User

RUNS_IN_THE_BROWSER = {"javascript", "data", "vbscript", "blob", "about", "file"}
"""Schemes that lead to no program: whoever is sent there would run or read what the address itself says."""
LOCAL = {"localhost", "127.0.0.1", "::1"}


@transaction.atomic
def register_program(
    *, name: str, redirect_uris: Sequence[str], is_public: bool, actor: str
) -> tuple[Client, str]:
    """Let a program ask people whether it may read their credentials; it gets nothing before one of them agrees.

    Args:
        name: As people read it when it asks.
        redirect_uris: Where people may be sent back to, each in full.
        is_public: Whether it cannot keep a secret, as a program on a phone cannot.
        actor: For the audit trail.

    Returns:
        The client, and its secret, which is kept nowhere; empty for one that cannot keep it.

    Raises:
        ActionRefused: An address is not complete, or anybody on the way could read what is sent there.
    """
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
    write_audit_entry(
        actor=actor,
        action="badges.register_program",
        object_type="program",
        object_id=client.pk,
        after={"name": name, "redirect_uris": list(redirect_uris)},
    )
    return client, secret


@transaction.atomic
def shut_out(*, person: User, client_id: str, at: datetime) -> bool:
    """Take back everything that a person has given a program; returns whether there was anything.

    What it has read it may still have.
    """
    deleted, _by_model = Token.objects.filter(user=person, client=client_id).delete()
    if deleted:
        write_audit_entry(
            actor=person.as_actor, action="badges.shut_out", object_type="program", object_id=client_id, at=at
        )
    return bool(deleted)


def _check(uri: str) -> None:
    parts = urlsplit(uri)
    is_web = parts.scheme in {"http", "https"}
    if (
        not parts.scheme
        or parts.scheme in RUNS_IN_THE_BROWSER
        or (is_web and not parts.hostname)
        or "*" in uri
        or parts.fragment
    ):
        raise ActionRefused(_("%(uri)s is no full address to send people back to.") % {"uri": uri})
    if parts.scheme == "http" and parts.hostname not in LOCAL:
        raise ActionRefused(_("%(uri)s must begin with https, or others could read along.") % {"uri": uri})
