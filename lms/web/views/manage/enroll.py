"""Enrolling a list of people: planned, read, confirmed."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from courses.models import LearningPathPage
from lms.core.errors import ActionRefused
from lms.jobs.models import Job, JobRow
from lms.jobs.services import discard_job
from lms.paths.services import PlanStale, confirm_enrollments, plan_enrollments
from lms.paths.services.enrolling import ENROLL_LISTED
from lms.people.decorators import requires
from lms.people.requests import SignedInRequest
from lms.web.keyset import keyset_page
from lms.web.rule_forms import EnrollForm

ROWS_SHOWN = 100


@require_http_methods(["GET", "HEAD", "POST"])
@requires("people.act_as_admin")
def enroll(request: SignedInRequest) -> HttpResponse:
    """Take a list, and plan what it would do."""
    form = EnrollForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            job = plan_enrollments(
                path=form.cleaned_data["path"],
                text=form.cleaned_data["people"],
                reason=form.cleaned_data["reason"],
                due_on=form.cleaned_data["due_on"],
                closes_on=form.cleaned_data["closes_on"],
                actor=request.user,
                at=timezone.now(),
            )
        except ActionRefused as refusal:
            form.add_error(None, refusal.message)
        else:
            return redirect("manage-enroll-plan", job.public_id)
    return render(request, "web/manage/enroll.html", {"form": form})


@require_safe
@requires("people.act_as_admin")
def plan(request: SignedInRequest, job_id: UUID) -> HttpResponse:
    """Show what would happen to each line; once confirmed, the job is the place to look."""
    job = _planned(job_id)
    if job.state != Job.State.PREVIEWED:
        return redirect("manage-job", job_id)
    counts = {outcome: job.rows.filter(outcome=outcome).count() for outcome in JobRow.Outcome.values}
    outcome = request.GET.get("outcome", "")
    if outcome not in JobRow.Outcome.values:
        outcome = JobRow.Outcome.FAILED if counts[JobRow.Outcome.FAILED] else JobRow.Outcome.PLANNED
    page = keyset_page(
        job.rows.filter(outcome=outcome),
        order=("number",),
        cursor=request.GET.get("from", ""),
        size=ROWS_SHOWN,
    )
    tabs = [(JobRow.Outcome(each), count) for each, count in counts.items() if each != JobRow.Outcome.DONE]
    context = {
        "job": job,
        "path": LearningPathPage.objects.defer("steps").get(pk=job.params["path"]),
        "lines": sum(counts.values()),
        "due_on": parse_date(job.params["due_on"] or ""),
        "closes_on": parse_date(job.params["closes_on"] or ""),
        "counts": counts,
        "tabs": tabs,
        "outcome": outcome,
        "page": page,
    }
    return render(request, "web/manage/enroll_plan.html", context)


@require_POST
@requires("people.act_as_admin")
def confirm(request: SignedInRequest, job_id: UUID) -> HttpResponse:
    """Do what was planned, if it still is what would happen."""
    try:
        confirm_enrollments(job=_planned(job_id), actor=request.user, at=timezone.now())
    except PlanStale as stale:
        messages.warning(request, stale.message)
        return redirect("manage-enroll-plan", job_id)
    except ActionRefused as refusal:
        messages.warning(request, refusal.message)
    return redirect("manage-job", job_id)


@require_POST
@requires("people.act_as_admin")
def discard(request: SignedInRequest, job_id: UUID) -> HttpResponse:
    """Put a plan away."""
    try:
        discard_job(job=_planned(job_id), actor=request.user, at=timezone.now())
    except ActionRefused as refusal:
        messages.warning(request, refusal.message)
        return redirect("manage-job", job_id)
    return redirect("manage-enroll")


def _planned(job_id: UUID) -> Job:
    job: Job | None = Job.objects.filter(public_id=job_id, kind=ENROLL_LISTED).first()
    if job is None:
        raise Http404
    return job
