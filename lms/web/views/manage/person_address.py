"""Letting somebody who has left claim their credentials to an address of their own."""

from uuid import UUID

from allauth.core import ratelimit
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from badges.selectors.holders import awards_of_holder, personal_address_of, waiting_claim_of
from badges.services.claiming import start_claim
from lms.core.errors import ActionRefused
from lms.people.decorators import requires
from lms.people.models import User
from lms.people.requests import SignedInRequest
from lms.web.holder_forms import AddressForm
from lms.web.views.holders import GET_AND_POST, TOO_OFTEN, too_often


@sensitive_post_parameters("address")
@require_http_methods(GET_AND_POST)
@requires("people.act_as_admin")
def person_address(request: SignedInRequest, person: UUID) -> HttpResponse:
    """Show whether an address keeps what somebody holds, and send a link to one that they have named."""
    about = get_object_or_404(User, public_id=person)
    form = AddressForm(request.POST or None)
    now, status = timezone.now(), 200
    if form.is_valid():
        address = form.cleaned_data["address"]
        if not ratelimit.consume(request, action="credentials_claim", key=address.lower()):
            form.add_error(None, too_often())
            status = TOO_OFTEN
        else:
            try:
                start_claim(person=about, address=address, actor=request.user, at=now)
            except ActionRefused as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, _("A mail is on its way. They have seven days to follow its link."))
                return redirect("manage-person-address", person)
    context = {
        "about": about,
        "form": form,
        "confirmed": personal_address_of(about),
        "waiting": waiting_claim_of(about, at=now),
        "number": len(awards_of_holder(about)),
        "has_left": about.status == User.Status.LEFT,
    }
    if form.errors and status == 200:
        status = 422
    return render(request, "web/manage/person_address.html", context, status=status)
