"""The audit trail: who did what, to whom, and why; and whether anybody has touched it."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lms.core.selectors import sealed_count
from lms.core.services import verify_audit_trail
from lms.people.decorators import requires
from lms.people.requests import SignedInRequest
from lms.web.audit_page import FILE_HEADER, AuditPage, audit_file_lines, audit_page
from lms.web.downloads import table_response
from lms.web.manage_forms import AuditFilter

VERIFIED_HERE = 100_000
"""Longer trails take longer than a person waits for a page."""


@require_safe
@requires("people.act_as_admin")
def audit(request: SignedInRequest) -> HttpResponse:
    """Show the entries that the address asks for, newest first."""
    form = AuditFilter(request.GET)
    found = audit_page(form.cleaned_data, request.GET.get("from", "")) if form.is_valid() else AuditPage()
    return render(request, "web/manage/audit.html", {"form": form, "found": found})


@require_safe
@requires("people.act_as_admin")
def export(request: SignedInRequest) -> HttpResponseBase:
    """Send all entries that the address asks for as a CSV file, newest first; it streams, however many there are."""
    form = AuditFilter(request.GET)
    if not form.is_valid():
        return redirect(f"{reverse('manage-audit')}?{request.GET.urlencode()}")
    name = f"audit-trail-{timezone.now():%Y-%m-%d}"
    return table_response(name, "csv", FILE_HEADER, audit_file_lines(form.cleaned_data))


@require_POST
@requires("people.act_as_admin")
def verify(request: SignedInRequest) -> HttpResponse:
    """Walk the chain and say whether it holds."""
    if sealed_count() > VERIFIED_HERE:
        messages.warning(
            request,
            _(
                "The audit trail has more than %(count)s entries; checking them takes longer than a page may. "
                "Run this on the server: manage.py verify_audit_trail"
            )
            % {"count": f"{VERIFIED_HERE:,}"},
        )
        return redirect("manage-audit")
    result = verify_audit_trail()
    if result.fault:
        messages.error(
            request,
            _(
                "The audit trail does not hold. %(fault)s. The %(count)s entries before it are intact. Keep a copy of "
                "the database as it is now, and find out who may write to it."
            )
            % {"fault": result.fault, "count": f"{result.checked:,}"},
        )
    elif not result.checked:
        messages.success(request, _("No entry has been sealed yet. That happens within a minute; try again."))
    else:
        messages.success(
            request,
            _(
                "Every entry is as it was when it was written. The chain holds from entry 1 to entry %(count)s and "
                "ends with %(digest)s. Keep this line somewhere else, to prove later that nothing was cut off."
            )
            % {"count": f"{result.checked:,}", "digest": result.digest},
        )
    return redirect("manage-audit")
