"""Tips and messages, for administrators: how sending does, and what can be done about what did not arrive."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lms.core.errors import ActionRefused
from lms.notifications.models import Suppression
from lms.notifications.registry import Outgoing, all_ledgers
from lms.notifications.selectors.waiting import lost_deliveries
from lms.notifications.services.retrying import try_again, try_all_again
from lms.notifications.services.suppressing import mail_works_again, stop_mail_to
from lms.people.decorators import requires
from lms.people.requests import SignedInRequest
from lms.web.keyset import keyset_page
from lms.web.message_forms import SuppressionForm
from lms.web.message_state_page import message_state

DOUBTFUL = "doubtful"


@require_safe
@requires("people.act_as_admin")
def overview(request: SignedInRequest) -> HttpResponse:
    """Show how sending does."""
    return render(request, "web/manage/messages.html", {"shown": message_state(timezone.now())})


@require_safe
@requires("people.act_as_admin")
def lost(request: SignedInRequest, ledger: str) -> HttpResponse:
    """Show what was not sent, or that of which nobody knows, newest first."""
    found = _ledger(ledger)
    is_doubtful = request.GET.get("show") == DOUBTFUL
    rows = lost_deliveries(found, is_doubtful=is_doubtful)
    page = keyset_page(rows, order=("-due_at", "-pk"), cursor=request.GET.get("from", ""))
    context = {
        "ledger": found,
        "name": ledger,
        "page": page,
        "is_doubtful": is_doubtful,
        "now": timezone.now(),
    }
    return render(request, "web/manage/messages_lost.html", context)


@require_POST
@requires("people.act_as_admin")
def again(request: SignedInRequest, ledger: str, delivery: UUID) -> HttpResponse:
    """Send one message again."""
    found, is_sure = _ledger(ledger), request.POST.get("sure") == "yes"
    try:
        try_again(
            ledger=found, name=ledger, uuid=delivery, is_sure=is_sure, actor=request.user, at=timezone.now()
        )
    except ActionRefused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("It is queued again, and goes out within a minute."))
    return _back_to(request, ledger)


@require_POST
@requires("people.act_as_admin")
def all_again(request: SignedInRequest, ledger: str) -> HttpResponse:
    """Send everything again that was not sent, or that is doubtful."""
    found, is_doubtful = _ledger(ledger), request.POST.get("show") == DOUBTFUL
    if is_doubtful and request.POST.get("sure") != "yes":
        messages.error(
            request, _("These may have arrived. Confirm that they may come twice, then try again.")
        )
        return _back_to(request, ledger)
    number = try_all_again(
        ledger=found, name=ledger, is_doubtful=is_doubtful, actor=request.user, at=timezone.now()
    )
    told = ngettext("%(number)s is queued again.", "%(number)s are queued again.", number)
    messages.success(request, told % {"number": number})
    return _back_to(request, ledger)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("people.act_as_admin")
def addresses(request: SignedInRequest) -> HttpResponse:
    """Show the addresses that get no mail, newest first; add one."""
    form = SuppressionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            stop_mail_to(**form.cleaned_data, actor=request.user, at=timezone.now())
        except ActionRefused as refusal:
            form.add_error(refusal.field, refusal.message)
        else:
            told = _("%(address)s gets no more mail.") % {"address": form.cleaned_data["address"]}
            messages.success(request, told)
            return redirect("manage-messages-addresses")
    cursor = request.GET.get("from", "")
    page = keyset_page(Suppression.objects.all(), order=("-at", "-pk"), cursor=cursor)
    status = 422 if form.errors else 200
    return render(request, "web/manage/messages_addresses.html", {"page": page, "form": form}, status=status)


@require_POST
@requires("people.act_as_admin")
def mail_works(request: SignedInRequest) -> HttpResponse:
    """Send mail to an address again."""
    address = request.POST.get("address", "")
    try:
        mail_works_again(address=address, actor=request.user, at=timezone.now())
    except ActionRefused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("%(address)s gets mail again.") % {"address": address})
    return redirect("manage-messages-addresses")


def _ledger(name: str) -> Outgoing:
    found = all_ledgers().get(name)
    if found is None:
        raise Http404
    return found


def _back_to(request: SignedInRequest, ledger: str) -> HttpResponse:
    query = f"?show={DOUBTFUL}" if request.POST.get("show") == DOUBTFUL else ""
    return redirect(reverse("manage-messages-lost", args=[ledger]) + query)
