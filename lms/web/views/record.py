"""My record: what a person has completed, what they learned it from, and everything to take along."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from badges.services.exporting import export_credentials
from courses.rendering import render_content
from lms.people.requests import SignedInRequest
from lms.web.credential_cards import credential_cards
from lms.web.selectors import export_of, learned_steps, record_of


@require_safe
@login_required
def record(request: SignedInRequest) -> HttpResponse:
    """Show completed paths and lessons."""
    return render(
        request,
        "web/record.html",
        {"record": record_of(request.user), "credentials": credential_cards(request.user, timezone.now())},
    )


@require_safe
@login_required
def as_learned(request: SignedInRequest, completion_id: int) -> HttpResponse:
    """Show a lesson as it stood when the person completed it; 404 for anyone else's."""
    completion = get_object_or_404(learned_steps(request.user), pk=completion_id)
    if completion.revision is None:
        raise Http404
    lesson = completion.revision.as_object()
    context = {"completion": completion, "lesson": lesson, "content": render_content(lesson)}
    return render(request, "web/as_learned.html", context)


@require_safe
@login_required
def export(request: SignedInRequest) -> HttpResponse:
    """Return everything the ledger holds about the person as a JSON file."""
    response = JsonResponse({"person": request.user.email, "records": list(export_of(request.user))})
    response["Content-Disposition"] = 'attachment; filename="my-learning-record.json"'
    return response


@require_safe
@login_required
def credentials(request: SignedInRequest) -> HttpResponse:
    """Return all credentials of the person as one signed JSON file; a page that says why where there are none."""
    records = export_credentials(person=request.user, at=timezone.now())
    if not records:
        return render(request, "web/credentials/none.html", status=404)
    content = records[0] if len(records) == 1 else records
    response = JsonResponse(content, safe=False, json_dumps_params={"ensure_ascii": False})
    response["Content-Disposition"] = 'attachment; filename="my-credentials.json"'
    response["Cache-Control"] = "private, no-store"
    return response
