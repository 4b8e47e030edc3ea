"""One person of a team: what is required of them, and what their manager may do about it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from courses.models import LearningPathPage
from lms.core.errors import ActionRefused
from lms.paths.models import Enrollment
from lms.paths.selectors import people_below
from lms.paths.services import enroll_report, extend_dates, recognize_completion, send_nudge
from lms.people.decorators import requires
from lms.people.models import User
from lms.people.requests import SignedInRequest
from lms.web.team_forms import EnrollForm, ExtendForm, ThankForm
from lms.web.team_person_page import team_person_page


@require_safe
@requires("people.act_as_manager")
def person(request: SignedInRequest, person: UUID) -> HttpResponse:
    """Show one person below the manager; 404 for anyone else."""
    shown = team_person_page(request.user, below_or_404(request, person), timezone.now())
    return render(request, "web/team/person.html", {"shown": shown, "about": shown.person})


@require_POST
@requires("people.act_as_manager")
def remind(request: SignedInRequest, person: UUID, enrollment: int) -> HttpResponse:
    """Remind the person of one path, or say why not."""
    found = _required(request, person, enrollment)
    try:
        send_nudge(enrollment=found, sender=request.user, at=timezone.now())
    except ActionRefused as refusal:
        messages.error(request, refusal.message)
    else:
        told = _("%(name)s is reminded of “%(path)s”. They see it on their page Today.")
        messages.success(request, told % {"name": found.learner, "path": found.path.title})
    return redirect("team-person", person)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("people.act_as_manager")
def extend(request: SignedInRequest, person: UUID, enrollment: int) -> HttpResponse:
    """Ask for new days, or give the person more time."""
    found = _required(request, person, enrollment)
    form = ExtendForm(posted(request), enrollment=found)
    if form.is_valid():
        try:
            changed = extend_dates(
                enrollment=found, **form.cleaned_data, actor=request.user, at=timezone.now()
            )
        except ActionRefused as refusal:
            form.refuse(refusal)
        else:
            told = _("%(name)s has time until %(day)s now.")
            day = date_format(changed.due_on, "j F Y") if changed.due_on else ""
            messages.success(request, told % {"name": found.learner, "day": day})
            return redirect("team-person", person)
    return render(
        request, "web/team/extend.html", {"form": form, "enrollment": found, "about": found.learner}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires("people.act_as_manager")
def thank(request: SignedInRequest, person: UUID, enrollment: int) -> HttpResponse:
    """Ask for a few words, or thank the person."""
    found = _required(request, person, enrollment)
    form = ThankForm(posted(request))
    if form.is_valid():
        try:
            recognize_completion(
                enrollment=found, sender=request.user, note=form.cleaned_data["note"], at=timezone.now()
            )
        except ActionRefused as refusal:
            form.refuse(refusal)
        else:
            told = _("%(name)s sees your thanks on their page Today.")
            messages.success(request, told % {"name": found.learner})
            return redirect("team-person", person)
    return render(request, "web/team/thank.html", {"form": form, "enrollment": found, "about": found.learner})


@require_http_methods(["GET", "HEAD", "POST"])
@requires("people.act_as_manager")
def enroll(request: SignedInRequest, person: UUID) -> HttpResponse:
    """Ask which path, or require it of the person."""
    about = below_or_404(request, person)
    required = Enrollment.objects.visible_to_manager(request.user).current().filter(learner=about)
    form = EnrollForm(posted(request), required=set(required.values_list("path", flat=True)))
    if form.is_valid():
        path = get_object_or_404(LearningPathPage, pk=form.cleaned_data["path"])
        try:
            enroll_report(
                learner=about,
                path=path,
                reason=form.cleaned_data["reason"],
                due_on=form.cleaned_data["due_on"],
                manager=request.user,
                at=timezone.now(),
            )
        except ActionRefused as refusal:
            form.refuse(refusal)
        else:
            told = _("“%(path)s” is required of %(name)s from now on.")
            messages.success(request, told % {"path": path.title, "name": about})
            return redirect("team-person", person)
    return render(request, "web/team/enroll.html", {"form": form, "about": about})


def posted(request: SignedInRequest) -> QueryDict | None:
    """Return what was sent, even if it is nothing; None when the form is only asked for."""
    return request.POST if request.method == "POST" else None


def below_or_404(request: SignedInRequest, public_id: UUID) -> User:
    """Return a person below the manager, with role, unit and manager.

    Raises:
        Http404: There is none, or they are not below the manager.
    """
    people = people_below(request.user).select_related("job_role", "org_unit", "manager")
    found: User = get_object_or_404(people, public_id=public_id)
    return found


def _required(request: SignedInRequest, public_id: UUID, enrollment: int) -> Enrollment:
    """Return a required enrollment of a person below the manager, with person and path; 404 for any other."""
    visible = Enrollment.objects.visible_to_manager(request.user).current().select_related("learner", "path")
    here = visible.filter(learner__in=people_below(request.user).filter(public_id=public_id))
    found: Enrollment = get_object_or_404(here, pk=enrollment)
    return found
