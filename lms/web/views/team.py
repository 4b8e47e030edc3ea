"""Team: everyone below a manager, reminding several of them, and the list as a file."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from lms.paths.selectors import people_below
from lms.paths.services import Nudged, nudge_people
from lms.people.decorators import requires
from lms.people.requests import SignedInRequest
from lms.web.downloads import table_response
from lms.web.team_page import EXPORT_FORMATS, EXPORT_HEADER, Asked, team_page, team_rows

MOST_AT_ONCE = 50  # as many as a page shows


@require_safe
@requires("people.act_as_manager")
def team(request: SignedInRequest) -> HttpResponse:
    """Show the people below a manager, as the address asks."""
    cursor = request.GET.get("from", "")
    shown = team_page(request.user, Asked.of(request.GET), cursor, timezone.now())
    return render(request, "web/team/team.html", {"team": shown, "cursor": cursor})


@require_safe
@requires("people.act_as_manager")
def export(request: SignedInRequest) -> HttpResponseBase:
    """Send the same people as a table; 404 for a format that there is not."""
    file_format = request.GET.get("format", "")
    if file_format not in EXPORT_FORMATS:
        raise Http404
    rows = team_rows(request.user, Asked.of(request.GET), timezone.now())
    return table_response("team", file_format, EXPORT_HEADER, rows)


@require_POST
@requires("people.act_as_manager")
def remind(request: SignedInRequest) -> HttpResponse:
    """Remind everyone who was ticked, and say who was reminded and who was not."""
    ticked = [found for text in request.POST.getlist("person")[:MOST_AT_ONCE] if (found := _uuid(text))]
    people = people_below(request.user).filter(public_id__in=ticked).order_by("full_name", "pk")
    results = nudge_people(people=list(people), sender=request.user, at=timezone.now())
    _tell(request, results)
    place = [("from", cursor)] if (cursor := request.POST.get("from", "")) else []
    return redirect(reverse("team") + Asked.of(request.POST).query(place))


def _tell(request: SignedInRequest, results: list[Nudged]) -> None:
    reminded = [result.nudge for result in results if result.nudge]
    if reminded:
        text = ngettext(
            "%(n)d person was reminded: %(who)s.", "%(n)d people were reminded: %(who)s.", len(reminded)
        )
        who = ", ".join(f"{nudge.recipient} (“{nudge.enrollment.path.title}”)" for nudge in reminded)
        messages.success(request, text % {"n": len(reminded), "who": who})
    if refusals := [result.refusal for result in results if result.refusal]:
        messages.warning(request, _("Not reminded: %s") % " ".join(refusals))
    if not results:
        messages.warning(request, _("Nobody was reminded. Tick the people first, then remind them."))


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
