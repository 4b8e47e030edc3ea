"""The files of one credential: JSON, web token, PNG and SVG, and its newest version for verifiers that refresh."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from badges.models import Award, SignedCredential
from badges.ob3.baking import bake_png, bake_svg
from badges.querysets import AwardQuerySet
from badges.selectors.awards import readable_awards
from badges.selectors.holders import returned_holder
from badges.selectors.images import image_of
from badges.services.signing import NotSigned, signed_text
from badges.views.published import CREDENTIAL, for_all_origins

Format = SignedCredential.Format
TYPES = {"json": CREDENTIAL, "jwt": "text/plain", "png": "image/png", "svg": "image/svg+xml"}


def _readable(request: HttpRequest) -> AwardQuerySet:
    return readable_awards(request.user, returned=returned_holder(request.session, at=timezone.now()))


def once_signed(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Say so where there is no file, since it cannot be signed yet."""

    @wraps(view)
    def respond(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except NotSigned as refusal:
            status = HTTPStatus.SERVICE_UNAVAILABLE
            return HttpResponse(refusal.message, content_type="text/plain; charset=utf-8", status=status)

    return respond


@require_safe
@for_all_origins
@once_signed
def award(request: HttpRequest, award_id: str) -> HttpResponse:
    """Return the credential at the address that is its id; browsers of people are led to its page."""
    if request.get_preferred_type([CREDENTIAL, "application/json", "text/html"]) == "text/html":
        return HttpResponseRedirect(reverse("verify-award", args=[award_id]))
    found = get_object_or_404(_readable(request), public_id=award_id)
    return _credential(found)


@require_safe
@once_signed
def download(request: HttpRequest, award_id: str, file_format: str) -> HttpResponse:
    """Return one file of a credential to keep; 404 for a format there is not."""
    if file_format not in TYPES:
        raise Http404
    found = get_object_or_404(_readable(request), public_id=award_id)
    response = HttpResponse(_file(found, file_format), content_type=TYPES[file_format])
    name = f"{found.achievement.slug}.{file_format}"
    disposition = content_disposition_header(as_attachment=True, filename=name)
    response.headers["Content-Disposition"] = disposition or "attachment"
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _file(award: Award, file_format: str) -> str | bytes:
    at = timezone.now()
    if file_format == "jwt":
        return signed_text(award=award, format=Format.JWT, at=at)
    text = signed_text(award=award, format=Format.JSON, at=at)
    if file_format == "json":
        return text
    picture = image_of(award.version)
    return bake_png(picture.png, text) if file_format == "png" else bake_svg(picture.svg, text)


@require_safe
@for_all_origins
@once_signed
def refresh(_request: HttpRequest, token: str) -> HttpResponse:
    """Return the newest signed version to a verifier that holds an older one; the token is in that alone."""
    rows = Award.objects.exclude(recipient=None).select_related("achievement__issuer", "version")
    return _credential(get_object_or_404(rows, refresh_token=token))


def _credential(award: Award) -> HttpResponse:
    text = signed_text(award=award, format=Format.JSON, at=timezone.now())
    return HttpResponse(text, content_type=CREDENTIAL, headers={"Cache-Control": "no-cache"})
