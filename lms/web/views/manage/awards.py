"""One award: its life, renewing it, taking it back."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from badges.models import Award
from badges.selectors.managing import AwardLife, award_life
from badges.services.renewing import renew_award
from badges.services.revoking import revoke_award
from badges.services.signing import try_again
from lms.core.errors import ActionRefused
from lms.people.decorators import requires
from lms.people.requests import SignedInRequest
from lms.web.credential_forms import RevokeForm
from lms.web.credential_words import day, life, reason_for_everyone, standing


@require_safe
@requires("people.act_as_admin")
def award(request: SignedInRequest, award_id: UUID) -> HttpResponse:
    """Show one award and everything that happened to it."""
    return _show(request, award_id, RevokeForm())


@require_POST
@requires("people.act_as_admin")
def revoke(request: SignedInRequest, award_id: UUID) -> HttpResponse:
    """Show what everybody will read; then take the award back with exactly that."""
    form = RevokeForm(request.POST)
    if not form.is_valid():
        return _show(request, award_id, form, status=422)
    code, text = form.cleaned_data["code"], form.cleaned_data["public_text"]
    sentence = reason_for_everyone(code, text)
    if request.POST.get("seen") != sentence:
        return _show(request, award_id, form, sentence=sentence)
    try:
        revoke_award(
            award=_award(award_id).award,
            actor=request.user,
            at=timezone.now(),
            code=code,
            public_text=text,
            private_note=form.cleaned_data["private_note"],
        )
    except ActionRefused as refusal:
        form.add_error(None, refusal.message)
        return _show(request, award_id, form, status=409)
    messages.success(request, _("Revoked. Whoever checks it from now on reads that."))
    return redirect("manage-award", award_id)


@require_POST
@requires("people.act_as_admin")
def renew(request: SignedInRequest, award_id: UUID) -> HttpResponse:
    """Renew it for another period."""
    try:
        renewed = renew_award(award=_award(award_id).award, actor=request.user, at=timezone.now())
    except ActionRefused as refusal:
        return _show(request, award_id, RevokeForm(), refusal=refusal.message, status=409)
    messages.success(request, _("Renewed. It now expires on %s.") % day(renewed.valid_until))
    return redirect("manage-award", award_id)


@require_POST
@requires("people.act_as_admin")
def sign(request: SignedInRequest, award_id: UUID) -> HttpResponse:
    """Try once more to sign what was set aside."""
    if try_again(award=_award(award_id).award, at=timezone.now()):
        messages.success(request, _("Signed."))
    else:
        messages.warning(request, _("It still cannot be signed. What is in the way stands below."))
    return redirect("manage-award", award_id)


def _award(award_id: UUID) -> AwardLife:
    found = award_life(award_id, at=timezone.now())
    if found is None:
        raise Http404
    return found


def _show(
    request: SignedInRequest,
    award_id: UUID,
    form: RevokeForm,
    *,
    sentence: str = "",
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    shown = _award(award_id)
    award = shown.award
    opens, ends = award.renewal_opens, award.renewal_ends
    stands = award.state == Award.State.ISSUED
    context = {
        "award": award,
        "shown": shown,
        "standing": standing(award, now),
        "steps": life(shown.events),
        "form": form,
        "sentence": sentence,
        "refusal": refusal,
        "stands": stands,
        "is_own": award.recipient == request.user,
        "expires": stands and shown.renewed_until is not None,
        "can_be_renewed": stands and opens is not None and ends is not None and opens <= now < ends,
        "renewal_is_over": ends is not None and now >= ends,
    }
    return render(request, "web/manage/award.html", context, status=status)
