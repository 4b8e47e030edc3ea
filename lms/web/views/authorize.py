"""Letting a program in: it asks, the person reads what for, and decides."""

import re
from collections.abc import Iterable, Iterator
from http import HTTPStatus

from allauth.idp.oidc.views import authorization
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt

from lms.core.content_security_policy import policy_header

HOST = re.compile(r"https?://(\*\.)?[A-Za-z0-9.-]+(:\d{1,5})?")
OWN_SCHEME = re.compile(r"(?!https?:)[a-z][a-z0-9+.-]*:")


@csrf_exempt  # allauth checks it, where a person has seen the page
def authorize(request: HttpRequest) -> HttpResponse:
    """Ask whether a program may do what it wants to, or say why it cannot be let in.

    Programs without PKCE (S256) are not let in, since a code that somebody catches on its way would be enough. Nor is
    one that wants no page to be shown: allauth would count what the person has allowed another program.
    """
    asks = request.method in {"GET", "HEAD"} and request.user.is_authenticated
    has_pkce = request.GET.get("code_challenge") and request.GET.get("code_challenge_method") == "S256"
    is_silent = "none" in request.GET.get("prompt", "").split()
    if is_silent or (asks and not has_pkce):
        context = {"without_pkce": not has_pkce}
        return render(request, "idp/oidc/error.html", context, status=HTTPStatus.BAD_REQUEST)
    response: HttpResponse = authorization(request)
    client = (getattr(response, "context_data", None) or {}).get("client")
    if client is not None:
        sources = [*settings.SECURE_CSP["form-action"], *form_targets(client.get_redirect_uris())]
        response.headers["Content-Security-Policy"] = policy_header(
            {**settings.SECURE_CSP, "form-action": sources}
        )
    elif asks and response.status_code == HTTPStatus.OK:
        response.status_code = HTTPStatus.BAD_REQUEST  # a page of allauth that says what is wrong
    return response


def form_targets(redirect_uris: Iterable[str]) -> list[str]:
    """Return where the answer to the form may lead: browsers hold a redirect after it to the policy of the page."""
    return sorted(set(_targets(redirect_uris)))


def _targets(redirect_uris: Iterable[str]) -> Iterator[str]:
    for uri in redirect_uris:
        found = HOST.match(uri) or OWN_SCHEME.match(uri)
        if found:
            yield found.group()
