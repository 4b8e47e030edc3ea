"""People: the list of everyone, and the page of one person."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lms.core.errors import ActionRefused
from lms.people.decorators import requires
from lms.people.models import User
from lms.people.requests import SignedInRequest
from lms.people.selectors import today_of
from lms.people.services import set_person_status
from lms.web.manage_forms import PeopleFilter, StatusForm
from lms.web.people_page import PeopleList, people_list
from lms.web.person_page import PersonPage, person_page


@require_safe
@requires("people.act_as_admin")
def people(request: SignedInRequest) -> HttpResponse:
    """Show who is in Praxis, as the address filters it."""
    form = PeopleFilter(request.GET)
    found = people_list(form.cleaned_data, request.GET.get("from", "")) if form.is_valid() else PeopleList()
    return render(request, "web/manage/people.html", {"form": form, "found": found})


@require_http_methods(["GET", "HEAD", "POST"])
@requires("people.act_as_admin")
def person(request: SignedInRequest, person: UUID) -> HttpResponse:
    """Show one person, or decide where they stand with the company."""
    shown = person_page(person)
    if shown is None:
        raise Http404
    form = StatusForm(request.POST or None, person=shown.person)
    if request.method == "POST" and form.is_valid() and _set_status(request, shown.person, form):
        return redirect("manage-person", person)
    return render(request, "web/manage/person.html", _context(request, shown, form))


def _set_status(request: SignedInRequest, about: User, form: StatusForm) -> bool:
    """Do what the form asks; when that is refused, say why in the form and return False."""
    try:
        changed = set_person_status(
            person=about,
            status=User.Status(form.cleaned_data["status"]),
            actor=request.user.as_actor,
            reason=form.cleaned_data["reason"],
        )
    except ActionRefused as refusal:
        form.add_error(None, refusal.message)
        return False
    said = {"name": changed, "status": changed.get_status_display()}
    if changed.is_active:
        messages.success(request, _("%(name)s: %(status)s from now on.") % said)
    else:
        messages.success(
            request,
            _("%(name)s: %(status)s from now on, and signed out everywhere. Their records stay.") % said,
        )
    return True


def _context(request: SignedInRequest, shown: PersonPage, form: StatusForm) -> dict[str, object]:
    return {
        "shown": shown,
        "about": shown.person,
        "form": form,
        "is_self": shown.person == request.user,
        "today_there": today_of(shown.person, timezone.now()),
    }
