"""A learning path, and starting it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from courses.models import LearningPathPage
from lms.paths.models import Enrollment
from lms.paths.selectors import path_view
from lms.paths.selectors.explanations import explain
from lms.paths.services import enroll_person
from lms.people.requests import SignedInRequest
from lms.web.path_page import draw_lines, step_lines


@require_safe
@login_required
def path(request: SignedInRequest, slug: str) -> HttpResponse:
    """Show the steps of a path and where the person stands."""
    view = path_view(request.user, slug, timezone.now())
    if view is None:
        raise Http404
    return render(request, "web/path.html", {"view": view, "lines": draw_lines(step_lines(view))})


@require_safe
@login_required
def why(request: SignedInRequest, slug: str) -> HttpResponse:
    """Show a person why they have a path, who decided that, and what happened since."""
    page: LearningPathPage = get_object_or_404(LearningPathPage.objects.defer("steps"), slug=slug)
    shown = explain(request.user, page, timezone.now(), to_themselves=True)
    if shown.enrollment is None and shown.exclusion is None and not page.live:
        raise Http404
    return render(request, "web/why.html", {"shown": shown})


@require_POST
@login_required
def start(request: SignedInRequest, slug: str) -> HttpResponse:
    """Enroll the person by their own choice and go to the path."""
    page = get_object_or_404(LearningPathPage.objects.live(), slug=slug)
    enrollment = enroll_person(
        learner=request.user, path=page, source=Enrollment.Source.SELF, at=timezone.now()
    )
    if enrollment.source == Enrollment.Source.SELF:
        messages.success(
            request, _("You are on this path now. Begin with the first step whenever it suits you.")
        )
    return redirect("path", slug=slug)
