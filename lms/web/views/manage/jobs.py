"""Jobs: long work, how far it has come, and what can be done about it."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lms.core.errors import ActionRefused
from lms.jobs.models import Job, JobFile
from lms.jobs.selectors import job_report, jobs_for_people, rows_not_done
from lms.jobs.services import cancel_job, resume_job, undo_job
from lms.people.decorators import requires
from lms.people.requests import SignedInRequest
from lms.web.downloads import table_response
from lms.web.keyset import keyset_page


@require_safe
@requires("people.act_as_admin")
def jobs(request: SignedInRequest) -> HttpResponse:
    """Show the jobs, newest first."""
    page = keyset_page(jobs_for_people(), order=("-pk",), cursor=request.GET.get("from", ""))
    return render(request, "web/manage/jobs.html", {"page": page})


@require_safe
@requires("people.act_as_admin")
def job(request: SignedInRequest, job_id: UUID) -> HttpResponse:
    """Show one job; while it runs, the page asks again and gets only what may have changed."""
    report = job_report(job_id, timezone.now())
    if report is None:
        raise Http404
    is_asked_again = bool(request.headers.get("HX-Request"))
    template = "web/manage/_partials/job_news.html" if is_asked_again else "web/manage/job.html"
    response = render(request, template, {"report": report, "job": report.job})
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_POST
@requires("people.act_as_admin")
def cancel(request: SignedInRequest, job_id: UUID) -> HttpResponse:
    """Stop a job where it is."""
    return _change(request, job_id, cancel_job, _("The job was cancelled. What was done before stays done."))


@require_POST
@requires("people.act_as_admin")
def resume(request: SignedInRequest, job_id: UUID) -> HttpResponse:
    """Let a job go on after an error."""
    return _change(request, job_id, resume_job, _("The job goes on from where it stopped."))


@require_POST
@requires("people.act_as_admin")
def undo(request: SignedInRequest, job_id: UUID) -> HttpResponse:
    """Take a job back, which is a job of its own, and show that one."""
    return _change(request, job_id, undo_job, _("The job is being taken back. You can follow it here."))


def _change(request: SignedInRequest, job_id: UUID, service: Callable[..., Job], told: str) -> HttpResponse:
    """Call a service and go to the job that it returns; after a refusal, back to the job with the reason."""
    found = get_object_or_404(Job, public_id=job_id)
    try:
        changed = service(job=found, actor=request.user, at=timezone.now())
    except ActionRefused as refusal:
        messages.error(request, refusal.message)
        return redirect("manage-job", job_id)
    messages.success(request, told)
    return redirect("manage-job", changed.public_id)


@require_safe
@requires("people.act_as_admin")
def not_done(_request: SignedInRequest, job_id: UUID) -> HttpResponseBase:
    """Send every row that could not be done as a CSV file."""
    found = get_object_or_404(Job, public_id=job_id)
    header = [_("Row"), _("About"), _("Outcome"), _("Why")]
    return table_response("not-done", "csv", header, rows_not_done(found))


@require_safe
@requires("people.act_as_admin")
def file(_request: SignedInRequest, job_id: UUID, file_id: int) -> HttpResponse:
    """Send a file that a job made."""
    found = get_object_or_404(JobFile, job__public_id=job_id, pk=file_id)
    disposition = content_disposition_header(as_attachment=True, filename=found.name) or "attachment"
    return HttpResponse(
        bytes(found.content),
        content_type=found.content_type,
        headers={"Content-Disposition": disposition, "X-Content-Type-Options": "nosniff"},
    )
