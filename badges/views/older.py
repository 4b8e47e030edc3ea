"""Open Badges 2.0, the older form: documents and pictures for backpacks that know no other.

An assertion of 2.0 names one address alone. Whoever has confirmed an address of their own has a second one, which
stands elsewhere and names that; the first stays as it is, so that a backpack that knows the work address goes on.
"""

import json
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from badges import ob2
from badges.addresses import (
    achievement_ob2_url,
    award_ob2_url,
    award_url,
    issuer_ob2_url,
)
from badges.models import Achievement, Award, Issuer
from badges.ob3.baking import KEYWORD_2, bake_png
from badges.selectors.awards import RELATED, awards_shown_to_all
from badges.selectors.images import image_of
from badges.services.signing import achievement_as_ob3
from badges.services.signing import issuer_profile as as_ob3
from badges.views.published import for_all_origins, published

JSON_LD = "application/ld+json"


@require_safe
@for_all_origins
def assertion(_request: HttpRequest, award_id: str, *, is_personal: bool = False) -> HttpResponse:
    """Return who holds what; 410 with the reason once it was revoked, 404 for what only its holder may see."""
    award = _shown_or_404(award_id, is_personal=is_personal)
    if award.state == Award.State.REVOKED:
        return _gone(award, is_personal=is_personal)
    return _fresh(JsonResponse(_assertion(award, is_personal=is_personal), content_type=JSON_LD))


@require_safe
@for_all_origins
def picture(_request: HttpRequest, award_id: str, *, is_personal: bool = False) -> HttpResponse:
    """Return the picture with the assertion inside."""
    award = _shown_or_404(award_id, is_personal=is_personal)
    if award.state == Award.State.REVOKED:
        return _gone(award, is_personal=is_personal)
    text = json.dumps(_assertion(award, is_personal=is_personal), ensure_ascii=False)
    baked = bake_png(image_of(award.version).png, text, keyword=KEYWORD_2)
    return _fresh(HttpResponse(baked, content_type="image/png"))


@published(content_type=JSON_LD)
def badge_class(_request: HttpRequest, achievement_id: str) -> dict[str, Any]:
    """Return what an achievement asks for, as it is earned now."""
    rows = Achievement.objects.published().select_related("live", "issuer")
    found: Achievement = get_object_or_404(rows, public_id=achievement_id)
    assert found.live is not None, "only published ones are found"
    found.live.achievement = found
    return ob2.badge_class(
        id=achievement_ob2_url(found),
        issuer=issuer_ob2_url(found.issuer),
        achievement=achievement_as_ob3(found.live),
    )


@published(content_type=JSON_LD)
def issuer(_request: HttpRequest, slug: str) -> dict[str, Any]:
    """Return who an issuer is."""
    found = get_object_or_404(Issuer, slug=slug)
    return ob2.issuer_profile(id=issuer_ob2_url(found), url=found.base_url, issuer=as_ob3(found))


def _shown_or_404(award_id: str, *, is_personal: bool) -> Award:
    shown = awards_shown_to_all()
    if is_personal:
        claimed = shown.exclude(recipient__personal_address=None)
        shown = claimed.select_related(*RELATED, "recipient__personal_address")
    found: Award = get_object_or_404(shown, public_id=award_id)
    return found


def _assertion(award: Award, *, is_personal: bool) -> dict[str, Any]:
    assert award.recipient is not None, "those of erased people are not shown"
    holder = award.recipient
    address = award_ob2_url(award, is_personal=is_personal)
    return ob2.assertion(
        id=address,
        badge=achievement_ob2_url(award.achievement),
        email=holder.personal_address.address if is_personal else holder.email,
        salt=award.salt,
        issued_on=award.awarded_at,
        expires=award.valid_until,
        image=f"{address}.png",
        narrative=award.narrative,
        credential=award_url(award),
    )


def _gone(award: Award, *, is_personal: bool) -> HttpResponse:
    reason = award.revocation_text or str(award.get_revocation_code_display())
    document = ob2.revoked_assertion(id=award_ob2_url(award, is_personal=is_personal), reason=reason)
    return _fresh(JsonResponse(document, content_type=JSON_LD, status=HTTPStatus.GONE))


def _fresh(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-cache"
    return response
