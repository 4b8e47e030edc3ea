"""My learning: every path, by how it stands."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from lms.people.requests import SignedInRequest
from lms.web.selectors import learning_of


@require_safe
@login_required
def learning(request: SignedInRequest) -> HttpResponse:
    """Show the person's paths and those they could start."""
    return render(request, "web/learning.html", {"learning": learning_of(request.user, timezone.now())})
