"""Public pages: verifying any credential, and the page of one of ours."""

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from badges.addresses import image_url
from badges.models import Award
from badges.selectors.awards import readable_awards
from badges.selectors.holders import has_own_address, returned_holder
from badges.services.showing import show_award
from badges.services.signing import NotSigned
from badges.services.verifying import verify_award
from lms.web.credential_upkeep import upkeep_of
from lms.web.verify_forms import VerifyForm, VisibilityForm
from lms.web.verify_page import (
    check_lines,
    embed_code,
    has_older_form,
    linkedin_url,
    qr_code,
    said_by,
    state_of,
    verdict,
)

if TYPE_CHECKING:
    from lms.people.models import User


@sensitive_post_parameters("text", "holder")
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Verify a file, a text or an address that somebody shows; nothing of it is kept."""
    form = VerifyForm(request.POST, request.FILES) if request.method == "POST" else VerifyForm()
    report = form.verified(at=timezone.now()) if form.is_bound and form.is_valid() else None
    context: dict[str, Any] = {"form": form, "report": report}
    if report is not None:
        context |= {
            "lines": check_lines(report),
            "verdict": verdict(report),
            "said": said_by(report),
        }
    return render(request, "web/credentials/verify.html", context, status=422 if form.errors else 200)


@never_cache
@require_safe
def award(request: HttpRequest, award_id: str) -> HttpResponse:
    """Show a credential with each check; a short notice in its place once its holder was erased."""
    now = timezone.now()
    returned = returned_holder(request.session, at=now)
    found = readable_awards(request.user, returned=returned).filter(public_id=award_id).first()
    if found is None:
        gone = get_object_or_404(
            Award.objects.filter(recipient=None).select_related("achievement__issuer"), public_id=award_id
        )
        return render(request, "web/credentials/erased.html", {"award": gone}, status=410)
    try:
        report = verify_award(award=found, at=now)
    except NotSigned as refusal:
        return render(request, "web/credentials/unsigned.html", {"refusal": refusal.message}, status=503)
    page_url = request.build_absolute_uri(reverse("verify-award", args=[found.public_id]))
    picture = image_url(found.version)
    # Whoever came back without an account has no pages on which to renew anything.
    is_learner = request.user.is_authenticated and found.recipient_id == request.user.pk
    is_own = is_learner or (returned is not None and found.recipient_id == returned.pk)
    state, pill = state_of(found, now, for_holder=is_learner)
    context = {
        "award": found,
        "counts": found.is_valid_at(now),
        "is_own": is_own,
        "upkeep": upkeep_of([found], at=now).get(found.pk) if is_learner else None,
        "has_older_form": is_own and has_older_form(found),
        "has_own_address": is_own and has_own_address(found),
        "state": state,
        "pill": pill,
        "lines": check_lines(report),
        "verdict": verdict(report),
        "page_url": page_url,
        "image_url": picture,
        "linkedin_url": linkedin_url(found, page_url),
        "embed": embed_code(found, page_url, picture),
        "qr": qr_code(page_url),
        "form": VisibilityForm(initial={"visibility": found.visibility}),
        "now": now,
    }
    return render(request, "web/credentials/award.html", context)


@require_POST
def show(request: HttpRequest, award_id: str) -> HttpResponse:
    """Let nobody, whoever has the link, or everyone see the page of one's own credential."""
    now = timezone.now()
    holders: list[User] = [request.user] if request.user.is_authenticated else []
    if (returned := returned_holder(request.session, at=now)) is not None:
        holders.append(returned)
    if not holders:
        return redirect_to_login(request.get_full_path())
    own = get_object_or_404(
        Award.objects.filter(recipient__in=holders).select_related("recipient"), public_id=award_id
    )
    form = VisibilityForm(request.POST)
    if form.is_valid():
        show_award(award=own, holder=own.recipient, visibility=form.cleaned_data["visibility"], at=now)
        messages.success(request, _("Saved. This is who sees this page from now on."))
    else:
        messages.error(request, _("Choose who may see this page. Nothing has changed."))
    return redirect("verify-award", award_id=award_id)
