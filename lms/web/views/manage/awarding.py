"""Awarding by hand: one person, several, or a list; planned, read, confirmed."""

import hashlib
import secrets
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from badges.models import Achievement, Award
from badges.services.awarding import award_achievement
from badges.services.listing import AWARD_LISTED, PlanStale, confirm_awards, plan_awards
from lms.core.errors import ActionRefused
from lms.jobs.models import Job, JobRow
from lms.jobs.services import discard_job
from lms.people.decorators import requires
from lms.people.models import User
from lms.people.requests import SignedInRequest
from lms.web.credential_forms import AwardForm, AwardListForm
from lms.web.credential_page import FOUND_AT_ONCE, candidates
from lms.web.credential_words import day, months
from lms.web.keyset import keyset_page
from lms.web.views.manage.credentials import GET_AND_POST, LONGEST_SEARCH, achievement_or_404

ROWS_SHOWN = 100
MOST_CHOSEN = 100


@require_http_methods(GET_AND_POST)
@requires("people.act_as_admin")
def award(request: SignedInRequest, achievement_id: UUID) -> HttpResponse:
    """Look somebody up and award them; several at once become a plan that is read first."""
    achievement = achievement_or_404(achievement_id)
    form = AwardForm(request.POST or None)
    chosen = request.POST.getlist("person")[:MOST_CHOSEN]
    if request.method == "POST" and form.is_valid():
        people = list(User.objects.filter(public_id__in=_ids(chosen)).order_by("full_name", "pk"))
        if not people:
            form.add_error(None, _("Choose at least one person."))
        else:
            try:
                return _award(request, achievement, people, form.cleaned_data["narrative"])
            except ActionRefused as refusal:
                form.add_error(None, refusal.message)
    q = (request.POST.get("q") or request.GET.get("q", ""))[:LONGEST_SEARCH]
    found = candidates(achievement, q, request.user, timezone.now())
    context = {
        "achievement": achievement,
        "lasts": months(achievement.live.validity_months if achievement.live else None),
        "form": form,
        "q": q,
        "found": found[:FOUND_AT_ONCE],
        "has_more": len(found) > FOUND_AT_ONCE,
        "chosen": chosen,
    }
    status = 422 if form.errors else 200
    return render(request, "web/manage/award_people.html", context, status=status)


def _ids(texts: list[str]) -> list[UUID]:
    ids = []
    for text in texts:
        try:
            ids.append(UUID(text))
        except ValueError:
            continue
    return ids


def _award(
    request: SignedInRequest, achievement: Achievement, people: list[User], narrative: str
) -> HttpResponse:
    """Award one person at once, several as a plan.

    Raises:
        ActionRefused: The achievement is not open, or the person has left.
    """
    at = timezone.now()
    if len(people) > 1:
        text = "\n".join(person.email for person in people)
        job = plan_awards(achievement=achievement, text=text, narrative=narrative, actor=request.user, at=at)
        return redirect("manage-award-plan", job.public_id)
    made = award_achievement(
        achievement=achievement,
        recipient=people[0],
        at=at,
        source=Award.Source.PERSON,
        actor=request.user,
        narrative=narrative,
    )
    if made.awarded_at == at:
        messages.success(request, _("Awarded. %s finds it in their record.") % people[0])
    else:
        held = _("%(name)s holds it already, since %(day)s. Nothing was changed.")
        messages.info(request, held % {"name": people[0], "day": day(made.awarded_at)})
    return redirect("manage-award", made.public_id)


@require_http_methods(GET_AND_POST)
@requires("people.act_as_admin")
def award_list(request: SignedInRequest, achievement_id: UUID) -> HttpResponse:
    """Take a list, and plan what it would do."""
    achievement = achievement_or_404(achievement_id)
    bound = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = AwardListForm(*bound, key=secrets.token_urlsafe(18))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        sent = f"{given['key']}\n{given['narrative']}\n{given['people']}"
        try:
            job = plan_awards(
                achievement=achievement,
                text=given["people"],
                narrative=given["narrative"],
                actor=request.user,
                at=timezone.now(),
                key=hashlib.sha256(sent.encode()).hexdigest(),
            )
        except ActionRefused as refusal:
            form.add_error(None, refusal.message)
        else:
            return redirect("manage-award-plan", job.public_id)
    context = {"form": form, "achievement": achievement}
    status = 422 if form.errors else 200
    return render(request, "web/manage/award_list.html", context, status=status)


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
    achievement = Achievement.objects.select_related("live").get(pk=job.params["achievement"])
    context = {
        "job": job,
        "achievement": achievement,
        "lasts": months(achievement.live.validity_months if achievement.live else None),
        "lines": sum(counts.values()),
        "counts": counts,
        "tabs": tabs,
        "outcome": outcome,
        "page": page,
    }
    return render(request, "web/manage/award_plan.html", context)


@require_POST
@requires("people.act_as_admin")
def confirm(request: SignedInRequest, job_id: UUID) -> HttpResponse:
    """Do what was planned, if it still is what would happen."""
    try:
        confirm_awards(job=_planned(job_id), actor=request.user, at=timezone.now())
    except PlanStale as stale:
        messages.warning(request, stale.message)
        return redirect("manage-award-plan", job_id)
    except ActionRefused as refusal:
        messages.warning(request, refusal.message)
        return redirect("manage-award-plan", job_id)  # which leads on once nothing waits there
    return redirect("manage-job", job_id)


@require_POST
@requires("people.act_as_admin")
def discard(request: SignedInRequest, job_id: UUID) -> HttpResponse:
    """Put a plan away."""
    job = _planned(job_id)
    try:
        discard_job(job=job, actor=request.user, at=timezone.now())
    except ActionRefused as refusal:
        messages.warning(request, refusal.message)
        return redirect("manage-job", job_id)
    achievement = Achievement.objects.get(pk=job.params["achievement"])
    return redirect("manage-award-list", achievement.public_id)


def _planned(job_id: UUID) -> Job:
    job: Job | None = Job.objects.filter(public_id=job_id, kind=AWARD_LISTED).first()
    if job is None:
        raise Http404
    return job
