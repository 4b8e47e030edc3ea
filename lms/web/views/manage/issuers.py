"""Who vouches for credentials: the company, and parts of it that vouch under their own name."""

import hashlib
import json
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from badges.models import Award, Issuer
from badges.services.issuers import add_issuer, change_issuer
from lms.core.errors import ActionRefused
from lms.people.decorators import requires
from lms.people.requests import SignedInRequest
from lms.web.issuer_forms import WORDS, IssuerForm
from lms.web.views.manage.credentials import GET_AND_POST


@require_http_methods(GET_AND_POST)
@requires("people.act_as_admin")
def new(request: SignedInRequest) -> HttpResponse:
    """Ask who else vouches, or make them with keys of their own; the first one, too."""
    is_first = not Issuer.objects.exists()
    form = IssuerForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            issuer = add_issuer(
                base_url=settings.BASE_URL.rstrip("/"),
                actor=request.user.as_actor,
                at=timezone.now(),
                **form.words,
            )
        except ActionRefused as refusal:
            form.add_error(refusal.field, refusal.message)
        else:
            return _go_on(request, issuer, is_first=is_first)
    return render(request, "web/manage/issuer_new.html", {"form": form, "is_another": not is_first})


def _go_on(request: SignedInRequest, issuer: Issuer, *, is_first: bool) -> HttpResponse:
    if is_first:
        messages.success(request, _("%s vouches from now on. Next: write the first achievement.") % issuer)
        return redirect("manage-credentials")
    messages.success(request, _("%s can vouch for what you write from now on.") % issuer)
    return redirect("manage-credential-keys")


@require_http_methods(GET_AND_POST)
@requires("people.act_as_admin")
def edit(request: SignedInRequest, issuer_id: UUID) -> HttpResponse:
    """Show what is said of an issuer, or change it."""
    issuer = get_object_or_404(Issuer, public_id=issuer_id)
    form = IssuerForm(request.POST if request.method == "POST" else None, issuer=issuer)
    if form.is_bound and request.POST.get("begun_from") != _fingerprint(issuer):
        told = _(
            "Somebody saved other words after you had begun. Nothing was overwritten, and what you entered "
            "stands below. Save again to put yours in their place."
        )
        form.add_error(None, told)
    elif form.is_valid() and _change(request, issuer, form):
        return redirect("manage-credential-keys")
    context = {
        "form": form,
        "issuer": issuer,
        "begun_from": _fingerprint(issuer),
        "signed": Award.objects.filter(achievement__issuer=issuer).count(),
    }
    return render(request, "web/manage/issuer_edit.html", context)


def _change(request: SignedInRequest, issuer: Issuer, form: IssuerForm) -> bool:
    try:
        change_issuer(issuer=issuer, actor=request.user.as_actor, at=timezone.now(), **form.words)
    except ActionRefused as refusal:
        form.add_error(refusal.field, refusal.message)
        return False
    except ValidationError as error:
        form.add_error(None, error.messages)
        return False
    messages.success(request, _("Saved. What is awarded from now on carries these words."))
    return True


def _fingerprint(issuer: Issuer) -> str:
    """Return what tells whether somebody else has saved since."""
    words = [getattr(issuer, name) for name in WORDS]
    return hashlib.sha256(json.dumps(words).encode()).hexdigest()[:32]
