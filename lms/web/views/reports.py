"""Reports: how required paths stand, for administrators and for managers, each with whom they may see."""

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lms.people.decorators import requires
from lms.people.permissions import is_admin, is_manager
from lms.people.requests import SignedInRequest
from lms.people.selectors import company_day
from lms.web.downloads import table_response
from lms.web.report_forms import ReportFilter
from lms.web.report_list import HEADER, PathNames, file_lines, path_names, report_rows
from lms.web.report_page import report

ROWS_OF_A_WORKBOOK = 50_000
"""A workbook is made in memory; a CSV file is not."""


@require_safe
@requires("people.read_reports")
def reports(request: SignedInRequest) -> HttpResponse:
    """Show how required paths stand, as the address narrows it."""
    paths, now = path_names(), timezone.now()
    form = _filter(request, paths)
    shown = None
    if form.is_valid():
        found = report_rows(request.user, form.cleaned_data, paths, now)
        shown = report(found, form.cleaned_data, address=request.GET, now=now)
    context = {"form": form, "shown": shown, "sees_everyone": is_admin(request.user)}
    return render(request, "web/reports.html", context)


@require_safe
@requires("people.read_reports")
def export(request: SignedInRequest) -> HttpResponseBase:
    """Send the list as a file, narrowed as the page is; a workbook only while it is not too long for one."""
    file_format = request.GET.get("format", "csv")
    if file_format not in {"csv", "xlsx"}:
        raise Http404
    paths, now = path_names(), timezone.now()
    form = _filter(request, paths)
    if not form.is_valid():
        return _back(request)
    found = report_rows(request.user, form.cleaned_data, paths, now)
    if (
        file_format == "xlsx"
        and found.listed.order_by()[: ROWS_OF_A_WORKBOOK + 1].count() > ROWS_OF_A_WORKBOOK
    ):
        messages.error(
            request,
            _(
                "No file was made: the list has more than %(most)s lines, which is too long for an Excel file. "
                "Choose a path, a unit or a status first, or take the CSV file, which may be of any length."
            )
            % {"most": f"{ROWS_OF_A_WORKBOOK:,}"},
        )
        return _back(request)
    return table_response(_file_name(now), file_format, HEADER, file_lines(found))


def _filter(request: SignedInRequest, paths: PathNames) -> ReportFilter:
    may_choose = is_admin(request.user) and is_manager(request.user)
    return ReportFilter(request.GET, paths=paths.choices, may_choose_whose=may_choose)


def _file_name(now: datetime) -> str:
    return f"required-paths-{company_day(now):%Y-%m-%d}"


def _back(request: SignedInRequest) -> HttpResponse:
    """Go to the page with the same filter, where it says what is wrong."""
    asked = request.GET.copy()
    asked.pop("format", None)
    return redirect(f"{reverse('reports')}?{asked.urlencode()}")
