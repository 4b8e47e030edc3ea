"""What an administrator should decide today."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from lms.paths.selectors.reporting import required_of_people
from lms.people.decorators import requires
from lms.people.requests import SignedInRequest
from lms.web.decisions import open_decisions


@require_safe
@requires("people.act_as_admin")
def overview(request: SignedInRequest) -> HttpResponse:
    """Show what waits for a decision."""
    now = timezone.now()
    overdue = required_of_people(request.user, below_only=False).overdue(now).count()
    context = {"decisions": open_decisions(now), "overdue": overdue}
    return render(request, "web/manage/overview.html", context)
