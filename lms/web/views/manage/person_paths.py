"""One person and one path: why they have it or not, and what a person decides about that."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from courses.models import LearningPathPage
from lms.core.errors import ActionRefused
from lms.paths.models import Enrollment, Exclusion
from lms.paths.selectors.explanations import explain
from lms.paths.services import clear_exclusion, exclude_person, extend_dates
from lms.people.decorators import requires
from lms.people.models import User
from lms.people.requests import SignedInRequest
from lms.people.selectors import today_of
from lms.web.rule_forms import ReasonForm
from lms.web.team_forms import ExtendForm

EXTEND_ID = "extend_%s"


@require_safe
@requires("people.act_as_admin")
def choose(request: SignedInRequest, person: UUID) -> HttpResponse:
    """Go to the path that was chosen on a person's page."""
    path: LearningPathPage = get_object_or_404(
        LearningPathPage.objects.defer("steps"), slug=request.GET.get("path", "")
    )
    return redirect("manage-person-path", person, path.slug)


@require_safe
@requires("people.act_as_admin")
def person_path(request: SignedInRequest, person: UUID, slug: str) -> HttpResponse:
    """Show why a person has a path, or why not."""
    return _show(request, person, slug)


@require_POST
@requires("people.act_as_admin")
def exclude(request: SignedInRequest, person: UUID, slug: str) -> HttpResponse:
    """Take a person off a path, against every rule."""
    about, path = _find(person, slug)
    form = ReasonForm(request.POST, auto_id="exclude_%s")
    if not form.is_valid():
        return _show(request, person, slug, exclude_form=form)
    exclude_person(
        learner=about, path=path, reason=form.cleaned_data["reason"], actor=request.user, at=timezone.now()
    )
    messages.success(request, _("%s is excluded. No rule gives them this path until you clear that.") % about)
    return redirect("manage-person-path", person, slug)


@require_POST
@requires("people.act_as_admin")
def clear(request: SignedInRequest, person: UUID, slug: str) -> HttpResponse:
    """Let the rules decide again."""
    about, path = _find(person, slug)
    exclusion = Exclusion.objects.filter(learner=about, path=path, cleared_at=None).first()
    if exclusion is None:
        messages.info(request, _("There is no exclusion any more. Somebody was faster."))
        return redirect("manage-person-path", person, slug)
    form = ReasonForm(request.POST, auto_id="clear_%s")
    if not form.is_valid():
        return _show(request, person, slug, clear_form=form)
    reason = form.cleaned_data["reason"]
    clear_exclusion(exclusion=exclusion, reason=reason, actor=request.user, at=timezone.now())
    messages.success(request, _("Rules decide about %s again.") % about)
    return redirect("manage-person-path", person, slug)


@require_POST
@requires("people.act_as_admin")
def extend(request: SignedInRequest, person: UUID, slug: str) -> HttpResponse:
    """Give a person more time."""
    about, path = _find(person, slug)
    enrollment = get_object_or_404(Enrollment.objects.current(), learner=about, path=path)
    form = ExtendForm(request.POST, enrollment=enrollment, auto_id=EXTEND_ID)
    if form.is_valid():
        try:
            extend_dates(enrollment=enrollment, **form.cleaned_data, actor=request.user, at=timezone.now())
        except ActionRefused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("%s has more time. They see the new date and your reason.") % about)
            return redirect("manage-person-path", person, slug)
    return _show(request, person, slug, extend_form=form)


def _show(request: SignedInRequest, person: UUID, slug: str, **forms: object) -> HttpResponse:
    about, path = _find(person, slug)
    now = timezone.now()
    shown = explain(about, path, now)
    context = {
        "shown": shown,
        "today_there": today_of(about, now),
        "exclude_form": ReasonForm(auto_id="exclude_%s"),
        "clear_form": ReasonForm(auto_id="clear_%s"),
        "extend_form": ExtendForm(None, enrollment=shown.enrollment, auto_id=EXTEND_ID)
        if shown.enrollment
        else None,
        **forms,
    }
    return render(request, "web/manage/person_path.html", context, status=422 if forms else 200)


def _find(person: UUID, slug: str) -> tuple[User, LearningPathPage]:
    about = User.objects.select_related("job_role", "org_unit").filter(public_id=person).first()
    path = LearningPathPage.objects.defer("steps").filter(slug=slug).first()
    if about is None or path is None:
        raise Http404
    return about, path
