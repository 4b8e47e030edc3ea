"""The page to which the links of a test lead: what a recipient would read, while nothing is recorded."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from lms.tips.models import Tip
from lms.tips.questions import Asked, Option, question_of


@require_safe
def sample(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the latest draft, and what the chosen answer would say.

    Raises:
        PermissionDenied: For whoever may not read drafts.
    """
    if not request.user.has_perm("tips.change_tip"):
        raise PermissionDenied
    tip = get_object_or_404(Tip, pk=pk).get_latest_revision_as_object()
    asked = question_of(tip)
    context = {"tip": tip, "asked": asked, "given": _given(asked, request.GET.get("choice", ""))}
    return TemplateResponse(request, "tips/previews/sample.html", context)


def _given(asked: Asked | None, chosen: str) -> Option | None:
    try:
        return asked.option(UUID(hex=chosen)) if asked else None
    except ValueError:
        return None
