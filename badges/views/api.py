"""The Open Badges API: a program that a person let in reads their credentials. This host can be read, not written to.

Source: Open Badges 3.0, section 6.
"""

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from badges.models import SignedCredential
from badges.ob3.moments import read_moment
from badges.ob3.service_description import service_description
from badges.scopes import READ_CREDENTIALS, READ_PROFILE, SCOPES
from badges.selectors.awards import page_of_awards
from badges.services.signing import signed_texts
from badges.views.published import for_all_origins
from lms.people.api_clients import grant_of, shows_token
from lms.people.models import User

MOST = 100
"""Credentials in one answer; about 400 kB."""
FARTHEST = 2**31 - 1
READ_ONLY = ("GET", "HEAD")
MINOR_CODES = {
    HTTPStatus.BAD_REQUEST: "invalid_query_parameter",
    HTTPStatus.UNAUTHORIZED: "unauthorizedrequest",
    HTTPStatus.FORBIDDEN: "forbidden",
    HTTPStatus.METHOD_NOT_ALLOWED: "not_allowed",
}


@dataclass(frozen=True)
class Caller:
    """A person, and the program that they let in."""

    person: User
    client_id: str


View = Callable[[HttpRequest, Caller], HttpResponse]


def for_programs(scope: str) -> Callable[[View], Callable[[HttpRequest], HttpResponse]]:
    """Make a view for programs whose token a person gave them for this; all others read why not."""

    def decorate(view: View) -> Callable[[HttpRequest], HttpResponse]:
        @csrf_exempt  # no cookie counts here
        @wraps(view)
        def respond(request: HttpRequest) -> HttpResponse:
            if request.method not in READ_ONLY:
                return _read_only()
            grant = grant_of(request)
            if grant is None:
                response = _without_token(request)
            elif grant.person is None:
                sentence = _("This token is a machine's. Only a person can let a program read credentials.")
                response = _refusal(HTTPStatus.FORBIDDEN, sentence)
            elif scope not in grant.scopes:
                sentence = _("The token does not cover this. Ask the person for the scope %(scope)s.")
                response = _refusal(HTTPStatus.FORBIDDEN, sentence % {"scope": scope})
                response.headers["WWW-Authenticate"] = f'Bearer error="insufficient_scope", scope="{scope}"'
            else:
                response = view(request, Caller(grant.person, grant.client_id))
            response.headers["Cache-Control"] = "private, no-store"
            return response

        return respond

    return decorate


@csrf_exempt
@for_all_origins
def discovery(request: HttpRequest) -> HttpResponse:
    """Return what this host can do, and where a program asks to be let in."""
    if request.method not in READ_ONLY:
        return _read_only()
    document = service_description(
        title=settings.WAGTAIL_SITE_NAME,
        base_url=_here(request).removesuffix("/discovery"),
        authorization_url=request.build_absolute_uri(reverse("idp:oidc:authorization")),
        token_url=request.build_absolute_uri(reverse("idp:oidc:token")),
        scopes={scope: str(words) for scope, words in SCOPES.items()},
        read_credentials=READ_CREDENTIALS,
        read_profile=READ_PROFILE,
    )
    return JsonResponse(document)


@for_programs(READ_CREDENTIALS)
def credentials(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Return a page of the person's credentials with their embedded proofs, private ones included.

    None is repeated as a web token: the standard lets each stand in one of the two lists.
    """
    try:
        limit = min(_whole_number(request, "limit", at_least=1, default=MOST), MOST)
        offset = _whole_number(request, "offset", at_least=0, default=0)
        since = _moment(request, "since")
    except ValueError as error:
        return _refusal(HTTPStatus.BAD_REQUEST, str(error))
    page = page_of_awards(caller.person, since=since, offset=offset, limit=limit)
    texts = signed_texts(awards=page.awards, format=SignedCredential.Format.JSON, at=timezone.now())
    response = JsonResponse(
        {"credential": [json.loads(text) for text in texts.values()], "compactJwsString": []}
    )
    response.headers["X-Total-Count"] = str(page.total)
    response.headers["Link"] = _links(request, limit=limit, offset=offset, total=page.total)
    return response


@for_programs(READ_PROFILE)
def profile(_request: HttpRequest, caller: Caller) -> HttpResponse:
    """Return the name of the person, which this scope lets a program read, under an id that only it knows."""
    pseudonym = uuid.uuid5(caller.person.public_id, caller.client_id)
    return JsonResponse({"id": f"urn:uuid:{pseudonym}", "type": ["Profile"], "name": caller.person.full_name})


def _whole_number(request: HttpRequest, name: str, *, at_least: int, default: int) -> int:
    text = request.GET.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) <= 10 and at_least <= int(text) <= FARTHEST):
        raise ValueError(
            _("%(name)s must be a whole number from %(least)d on.") % {"name": name, "least": at_least}
        )
    return int(text)


def _moment(request: HttpRequest, name: str) -> datetime | None:
    text = request.GET.get(name, "")
    moment = read_moment(text.replace(" ", "+"))  # a plus sign that was not written as %2B
    if text and moment is None:
        raise ValueError(_("%(name)s must be a moment such as 2026-01-31T09:00:00Z.") % {"name": name})
    return moment


def _links(request: HttpRequest, *, limit: int, offset: int, total: int) -> str:
    """Return where the other pages are. Source: RFC 8288."""
    last = max(total - 1, 0) // limit * limit
    offsets = {"first": 0, "last": last}
    if offset + limit < total:
        offsets["next"] = offset + limit
    if offset > 0:
        offsets["prev"] = max(min(offset - limit, last), 0)
    since = {"since": request.GET["since"]} if request.GET.get("since") else {}
    return ", ".join(
        f'<{_here(request)}?{urlencode({"limit": limit, "offset": start, **since})}>; rel="{relation}"'
        for relation, start in sorted(offsets.items())
    )


def _here(request: HttpRequest) -> str:
    return request.build_absolute_uri(request.path)


def _without_token(request: HttpRequest) -> HttpResponse:
    sentence = _("Show an access token that a person gave you and that has not expired.")
    response = _refusal(HTTPStatus.UNAUTHORIZED, sentence)
    response.headers["WWW-Authenticate"] = (
        'Bearer error="invalid_token"' if shows_token(request) else "Bearer"
    )
    return response


def _read_only() -> HttpResponse:
    response = _refusal(HTTPStatus.METHOD_NOT_ALLOWED, _("This host is read-only: it takes nothing in."))
    response.headers["Allow"] = ", ".join(READ_ONLY)
    return response


def _refusal(status: HTTPStatus, sentence: str) -> HttpResponse:
    """Return an Imsx_StatusInfo. Source: Open Badges 3.0, section B.9."""
    field: dict[str, Any] = {
        "imsx_codeMinorFieldName": "TargetEndSystem",
        "imsx_codeMinorFieldValue": MINOR_CODES[status],
    }
    document = {
        "imsx_codeMajor": "failure",
        "imsx_severity": "error",
        "imsx_description": sentence,
        "imsx_codeMinor": {"imsx_codeMinorField": [field]},
    }
    return JsonResponse(document, status=status)
