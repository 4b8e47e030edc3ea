"""What a manager said to a person, put away by its recipient."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from lms.paths.models import Encouragement
from lms.paths.services import see_encouragement
from lms.people.requests import SignedInRequest


@require_POST
@login_required
def seen(request: SignedInRequest, encouragement: int) -> HttpResponse:
    """Put a word away, and go on to what it is about if the person wants to."""
    own = Encouragement.objects.filter(recipient=request.user).select_related("enrollment__path")
    found = get_object_or_404(own, pk=encouragement)
    see_encouragement(encouragement=found, at=timezone.now())
    if request.POST.get("then") != "open":
        return redirect("today")
    if found.kind == Encouragement.Kind.RECOGNITION:
        return redirect("record")
    return redirect("path", slug=found.enrollment.path.slug)
