"""Callers that show an access token: machines, with no person behind them, and programs that a person let in."""

from dataclasses import dataclass
from typing import Any

from allauth.idp.oidc.models import Client, Token
from django.http import HttpRequest
from rules.permissions import has_perm

from lms.people.models import User

BEARER = "bearer "


@dataclass(frozen=True)
class ApiClient:
    """The caller of a machine endpoint.

    Attributes:
        client_id: Public id of the client.
        name: What the admin called it.
        scopes: What the token lets it do.
    """

    client_id: str
    name: str
    scopes: frozenset[str]

    is_api_client = True
    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __str__(self) -> str:
        return self.name

    def has_perm(self, permission: str, obj: Any = None) -> bool:
        """Tell whether a rule lets this machine do something; groups and superusers do not concern it."""
        return bool(has_perm(permission, self, obj))

    def has_scope(self, scope: str) -> bool:
        """Tell whether its token covers a scope, such as `hris.employees.read`."""
        return scope in self.scopes


def api_client_of(request: HttpRequest) -> ApiClient | None:
    """Return the machine whose valid access token a request carries; one query, and None for all others.

    Only the `Authorization` header counts, since addresses end up in logs. A token of a person, of a public
    client, or of a client that may no longer ask for tokens itself, is none. A token for certain resources
    holds only below them.
    """
    token = _token_of(request)
    if token is None or token.user_id is not None or not _is_machine(token.client):
        return None
    return ApiClient(token.client.id, token.client.name, frozenset(token.get_scopes()))


@dataclass(frozen=True)
class Grant:
    """What a valid access token stands for.

    Attributes:
        person: Who let the program in; None for a machine that asks for itself.
        client_id: Public id of the program.
        scopes: What the token lets it do.
    """

    person: User | None
    client_id: str
    scopes: frozenset[str]


def grant_of(request: HttpRequest) -> Grant | None:
    """Return what the valid access token of a request stands for; one query, and None without such a token.

    A token of somebody who may no longer sign in is none.
    """
    token = _token_of(request)
    if token is None or token.client is None or (token.user is not None and not token.user.is_active):
        return None
    return Grant(token.user, token.client.id, frozenset(token.get_scopes()))


def shows_token(request: HttpRequest) -> bool:
    """Tell whether a request carries an access token at all, valid or not."""
    return request.headers.get("Authorization", "").lower().startswith(BEARER)


def _token_of(request: HttpRequest) -> Token | None:
    if not shows_token(request):
        return None
    value = request.headers["Authorization"][len(BEARER) :].strip()
    found = Token.objects.valid().by_value(value).filter(type=Token.Type.ACCESS_TOKEN)
    token = found.select_related("client", "user").first()
    return token if token is not None and _covers(token.get_resources(), request) else None


def _is_machine(client: Client | None) -> bool:
    return (
        client is not None
        and client.type == Client.Type.CONFIDENTIAL
        and Client.GrantType.CLIENT_CREDENTIALS in client.get_grant_types()
    )


def _covers(resources: list[str], request: HttpRequest) -> bool:
    address = request.build_absolute_uri(request.path)
    return not resources or any(
        f"{address}/".startswith(f"{resource.rstrip('/')}/") for resource in resources
    )
