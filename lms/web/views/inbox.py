"""The inbox: looking through it, opening one thing, putting all away."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lms.notifications.selectors.inbox import inbox_of
from lms.notifications.services.reading import note_all_seen, note_seen
from lms.people.requests import SignedInRequest
from lms.web.inbox_page import inbox_page


@require_safe
@login_required
def inbox(request: SignedInRequest) -> HttpResponse:
    """Show what one was told, newest first."""
    shown = inbox_page(request.user, request.GET.get("from", ""))
    return render(request, "web/inbox.html", {"shown": shown, "page": shown.page})


@require_POST
@login_required
def open_one(request: SignedInRequest, notification_id: int) -> HttpResponse:
    """Note that one was seen, and go where it leads."""
    found = get_object_or_404(inbox_of(request.user), pk=notification_id)
    note_seen(notification=found, at=timezone.now())
    leads = found.path if url_has_allowed_host_and_scheme(found.path, allowed_hosts=None) else ""
    return redirect(leads or "inbox")


@require_POST
@login_required
def read_all(request: SignedInRequest) -> HttpResponse:
    """Note that everything the page showed was seen."""
    latest = request.POST.get("latest", "")
    if latest.isdecimal() and len(latest) < 19:
        note_all_seen(person=request.user, latest=int(latest), at=timezone.now())
        messages.success(request, _("All read."))
    return redirect("inbox")
