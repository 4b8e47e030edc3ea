"""The keys with which an issuer signs: rotated, and given up when others may have one."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from badges.models import IssuerKey
from badges.selectors.managing import issuers_with_keys
from badges.services.issuers import give_up_key, rotate_key
from lms.core.errors import ActionRefused
from lms.people.decorators import requires
from lms.people.requests import SignedInRequest
from lms.web.issuer_forms import GiveUpForm
from lms.web.views.manage.credentials import with_issuer


@require_safe
@requires("people.act_as_admin")
@with_issuer
def keys(request: SignedInRequest) -> HttpResponse:
    """Show issuers and their keys."""
    return _show(request)


@require_POST
@requires("people.act_as_admin")
def rotate(request: SignedInRequest, key_id: UUID) -> HttpResponse:
    """Let a new key sign in place of one."""
    try:
        successor = rotate_key(key=_key(key_id), actor=request.user.as_actor, at=timezone.now())
    except ActionRefused as refusal:
        messages.error(request, refusal.message)
    else:
        told = _("The key %s signs from now on. What the old one signed stays good.")
        messages.success(request, told % successor)
    return redirect("manage-credential-keys")


@require_POST
@requires("people.act_as_admin")
def give_up(request: SignedInRequest, key_id: UUID) -> HttpResponse:
    """Vouch no more for what a key signed, and sign all of it anew."""
    key = _key(key_id)
    form = GiveUpForm(request.POST, number=key.pk)
    if not form.is_valid():
        return _show(request, key, form, status=422)
    try:
        count = give_up_key(
            key=key,
            actor=request.user.as_actor,
            at=timezone.now(),
            reason=form.cleaned_data["reason"],
        )
    except ActionRefused as refusal:
        return _show(request, key, form, refusal=refusal.message, status=409)
    told = ngettext(
        "Nothing that this key signed is vouched for any more. %(n)d credential is signed anew.",
        "Nothing that this key signed is vouched for any more. %(n)d credentials are signed anew.",
        count,
    )
    messages.success(request, told % {"n": count})
    return redirect("manage-credential-keys")


def _key(key_id: UUID) -> IssuerKey:
    return get_object_or_404(IssuerKey, public_id=key_id)


def _show(
    request: SignedInRequest,
    about: IssuerKey | None = None,
    form: GiveUpForm | None = None,
    *,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    issuers = [
        (issuer, [(key, form if about == key else GiveUpForm(number=key.pk)) for key in own])
        for issuer, own in issuers_with_keys()
    ]
    context = {"issuers": issuers, "about": about, "refusal": refusal}
    return render(request, "web/manage/credential_keys.html", context, status=status)
