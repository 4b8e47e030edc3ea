"""Machines: an HR system or a report that shows an access token of its own, with no person behind it."""

from dataclasses import dataclass
from typing import Any

from allauth.idp.oidc.models import Client, Token
from django.http import HttpRequest
from rules.permissions import has_perm

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
    header = request.headers.get("Authorization", "")
    if not header.lower().startswith(BEARER):
        return None
    value = header[len(BEARER) :].strip()
    found = Token.objects.valid().by_value(value).filter(type=Token.Type.ACCESS_TOKEN, user=None)
    token = found.select_related("client").first()
    if token is None or not _is_machine(token.client) or not _covers(token.get_resources(), request):
        return None
    return ApiClient(token.client.id, token.client.name, frozenset(token.get_scopes()))


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
