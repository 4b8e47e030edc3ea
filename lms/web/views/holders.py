"""Keeping credentials when the account ends: an address of one's own, and the way back with it."""

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from badges.selectors.holders import (
    awards_of_holder,
    issuers_of,
    personal_address_of,
    returned_holder,
    waiting_claim_of,
)
from badges.services.claiming import confirm_claim, give_up_address, read_claim, start_claim
from badges.services.returning import ask_to_return, close_session, open_session, read_return
from lms.core.errors import ActionRefused
from lms.people.requests import SignedInRequest
from lms.web.holder_forms import AddressForm
from lms.web.verify_page import state_of

GET_AND_POST = ["GET", "HEAD", "POST"]
TOO_OFTEN = 429


@sensitive_post_parameters("address")
@never_cache
@require_http_methods(GET_AND_POST)
@login_required
def own_address(request: SignedInRequest) -> HttpResponse:
    """Show which address keeps one's credentials, and send a link to one that shall."""
    form = AddressForm(request.POST or None)
    now = timezone.now()
    status = 200
    if form.is_valid():
        address = form.cleaned_data["address"]
        if not ratelimit.consume(request, action="credentials_claim", key=address.lower()):
            form.add_error(None, too_often())
            status = TOO_OFTEN
        else:
            try:
                start_claim(person=request.user, address=address, actor=request.user, at=now)
            except ActionRefused as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, _("A mail is on its way. Follow its link within seven days."))
                return redirect("record-address")
    context = {
        "form": form,
        "confirmed": personal_address_of(request.user),
        "waiting": waiting_claim_of(request.user, at=now),
        "holds_any": bool(awards_of_holder(request.user)),
    }
    if form.errors and status == 200:
        status = 422
    return render(request, "web/holders/own_address.html", context, status=status)


@require_POST
@login_required
def give_up_own(request: SignedInRequest) -> HttpResponse:
    """Let credentials forget one's own address."""
    give_up_address(person=request.user, at=timezone.now())
    messages.success(request, _("Your credentials name your work address alone from now on."))
    return redirect("record-address")


@never_cache
@require_http_methods(GET_AND_POST)
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Say what will happen with an address, and do it on POST: programs that open links change nothing."""
    now = timezone.now()
    try:
        letter = read_claim(token=token, at=now)
        if request.method == "POST":
            confirmed = confirm_claim(letter=letter, at=now)
            return render(request, "web/holders/confirmed.html", {"address": confirmed})
    except ActionRefused as refusal:
        return _broken(request, refusal)
    assert letter.person is not None, "a claim is somebody's"
    context = {
        "letter": letter,
        "issuers": issuers_of(people=[letter.person]),
        "number": len(awards_of_holder(letter.person)),
    }
    return render(request, "web/holders/confirm.html", context)


@sensitive_post_parameters("address")
@never_cache
@require_http_methods(GET_AND_POST)
def ask(request: HttpRequest) -> HttpResponse:
    """Take an address and answer the same, whosever it is: what it keeps is told there alone."""
    form = AddressForm(request.POST or None)
    if form.is_valid():
        address = form.cleaned_data["address"]
        if ratelimit.consume(request, action="credentials_return", key=address.lower()):
            ask_to_return(address=address, at=timezone.now())
            return render(request, "web/holders/asked.html", {"address": address})
        form.add_error(None, too_often())
        return render(request, "web/holders/ask.html", {"form": form}, status=TOO_OFTEN)
    return render(request, "web/holders/ask.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@require_http_methods(GET_AND_POST)
def come_back(request: HttpRequest, token: str) -> HttpResponse:
    """Ask whether this browser shall see the credentials, and let it on POST."""
    now = timezone.now()
    try:
        address = read_return(token=token, at=now)
    except ActionRefused as refusal:
        return _broken(request, refusal)
    if request.method != "POST":
        return render(request, "web/holders/come_back.html", {"address": address})
    open_session(session=request.session, address=address, at=now)
    return redirect("credentials-mine")


@never_cache
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Show all credentials of who came back; the link of a mail comes first."""
    now = timezone.now()
    holder = returned_holder(request.session, at=now)
    if holder is None:
        return redirect("credentials-return")
    cards = [(award, *state_of(award, now, for_holder=False)) for award in awards_of_holder(holder)]
    context = {"holder": holder, "address": personal_address_of(holder), "cards": cards}
    return render(request, "web/holders/mine.html", context)


@never_cache
@require_POST
def give_up(request: HttpRequest) -> HttpResponse:
    """Let credentials forget the address with which somebody came back, and close their page."""
    now = timezone.now()
    holder = returned_holder(request.session, at=now)
    if holder is None:
        return redirect("credentials-return")
    give_up_address(person=holder, at=now)
    close_session(session=request.session)
    return render(request, "web/holders/given_up.html")


@never_cache
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Close the page of who came back."""
    close_session(session=request.session)
    messages.success(request, _("Closed. Nobody sees your private credentials in this browser any more."))
    return redirect("credentials-return")


def too_often() -> str:
    """Return what somebody reads who asks for too many mails."""
    return _("That was asked for several times. Look into the mails you have, or try again in an hour.")


def _broken(request: HttpRequest, refusal: ActionRefused) -> HttpResponse:
    return render(request, "web/holders/broken.html", {"refusal": refusal.message}, status=404)
