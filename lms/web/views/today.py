"""Today: one next step."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from lms.people.requests import SignedInRequest
from lms.web.selectors import today_for


@require_safe
@login_required
def today(request: SignedInRequest) -> HttpResponse:
    """Show what to do now."""
    return render(request, "web/today.html", {"today": today_for(request.user, timezone.now())})
