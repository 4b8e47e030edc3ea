"""Identities, keys, status lists and achievements: public, and read by programs from anywhere."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.http import quote_etag
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from badges.models import Achievement, AchievementVersion, Issuer, IssuerKey, StatusList
from badges.ob3 import credentials as ob3
from badges.selectors.images import image_of
from badges.selectors.publishing import identity_document, web_key, web_keys
from badges.services.signing import achievement_as_ob3, issuer_profile
from badges.services.status import signed_list

View = Callable[..., HttpResponse]
Document = Callable[..., dict[str, Any]]
CREDENTIAL = "application/vc+ld+json"


def for_all_origins(view: View) -> View:
    """Let programs in other people's browsers read the answer; it holds nothing that depends on who asks."""

    @wraps(view)
    def open_view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response.headers["Access-Control-Allow-Origin"] = "*"
        return response

    return open_view


def published(*, content_type: str = "application/json", seconds: int = 300) -> Callable[[Document], View]:
    """Make a view that returns a document into one that anyone may read and keep for some time."""

    def decorate(view: Document) -> View:
        @require_safe
        @for_all_origins
        @cache_control(public=True, max_age=seconds)
        @wraps(view)
        def respond(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            return JsonResponse(view(request, *args, **kwargs), content_type=content_type)

        return respond

    return decorate


@published(content_type="application/did+ld+json")
def identity(_request: HttpRequest, slug: str) -> dict[str, Any]:
    """Return the keys of an issuer."""
    return identity_document(get_object_or_404(Issuer, slug=slug))


@published()
def profile(_request: HttpRequest, slug: str) -> dict[str, Any]:
    """Return who an issuer is."""
    return ob3.issuer_profile(issuer_profile(get_object_or_404(Issuer, slug=slug)))


@published(content_type="application/jwk-set+json")
def key_set(_request: HttpRequest) -> dict[str, Any]:
    """Return all keys for web tokens."""
    return web_keys()


@published(content_type="application/jwk+json")
def key(_request: HttpRequest, key_id: str) -> dict[str, Any]:
    """Return one key alone, as 1EdTech's validator wants it."""
    return web_key(get_object_or_404(IssuerKey.objects.select_related("issuer"), public_id=key_id))


@require_safe
@for_all_origins
def status_list(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Return a list as it is now; whoever kept an older one asks whether it has changed."""
    found = get_object_or_404(StatusList.objects.select_related("issuer"), issuer__slug=slug, number=number)
    text = signed_list(status_list=found, at=timezone.now())
    found.refresh_from_db(fields=["signed_at"])
    etag = quote_etag(f"{number}-{found.signed_at:%s.%f}")
    if request.headers.get("If-None-Match") == etag:
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(text, content_type=CREDENTIAL)
    response.headers["Cache-Control"] = "no-cache"
    response.headers["ETag"] = etag
    return response


@published()
def achievement(_request: HttpRequest, achievement_id: str) -> dict[str, Any]:
    """Return what an achievement asks for."""
    found = _published_achievement(achievement_id)
    assert found.live is not None, "only published ones are found"
    found.live.achievement = found
    return ob3.achievement_object(achievement_as_ob3(found.live))


@require_safe
@for_all_origins
@cache_control(public=True, max_age=300)
def image(_request: HttpRequest, achievement_id: str, number: int, file_format: str) -> HttpResponse:
    """Return the image of one version of an achievement; 404 for a format there is not."""
    if file_format not in {"png", "svg"}:
        raise Http404
    versions = AchievementVersion.objects.exclude(achievement__state=Achievement.State.DRAFT)
    version = get_object_or_404(
        versions.select_related("achievement__issuer"), achievement__public_id=achievement_id, number=number
    )
    picture = image_of(version)
    if file_format == "svg":
        return HttpResponse(picture.svg, content_type="image/svg+xml")
    return HttpResponse(picture.png, content_type="image/png")


def _published_achievement(achievement_id: str) -> Achievement:
    rows = Achievement.objects.published().select_related("live", "issuer")
    found: Achievement = get_object_or_404(rows, public_id=achievement_id)
    return found
