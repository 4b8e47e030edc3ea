"""Settings: who may do more than learn, and how this installation is set up."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lms.core.errors import ActionRefused
from lms.people.decorators import requires
from lms.people.models import User
from lms.people.requests import SignedInRequest
from lms.people.services import set_persona
from lms.web.manage_forms import PersonaForm, ReasonForm
from lms.web.set_up_page import PERSONAS, set_up_page


@require_http_methods(["GET", "HEAD", "POST"])
@requires("people.act_as_admin")
def set_up(request: SignedInRequest) -> HttpResponse:
    """Show the settings, or make someone an author, reviewer or administrator."""
    form = PersonaForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        person: User = form.cleaned_data["email"]
        set_persona(
            person=person,
            persona=form.cleaned_data["persona"],
            holds=True,
            actor=request.user.as_actor,
            reason=form.cleaned_data["reason"],
        )
        said = {"name": person, "persona": PERSONAS[form.cleaned_data["persona"]]}
        messages.success(request, _("%(name)s: %(persona)s from now on.") % said)
        return redirect("manage-settings")
    return render(request, "web/manage/set_up.html", {"shown": set_up_page(), "form": form})


@require_POST
@requires("people.act_as_admin")
def take_persona_back(request: SignedInRequest, persona: str, person: UUID) -> HttpResponse:
    """Let someone be no longer an author, reviewer or administrator."""
    about = get_object_or_404(User, public_id=person)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        sentence = " ".join(str(error) for errors in form.errors.values() for error in errors)
        messages.error(request, _("Nothing has changed. %(error)s") % {"error": sentence})
        return redirect("manage-settings")
    try:
        set_persona(
            person=about,
            persona=persona,
            holds=False,
            actor=request.user.as_actor,
            reason=form.cleaned_data["reason"],
        )
    except ActionRefused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("Taken back from %(name)s. What they wrote stays.") % {"name": about})
    return redirect("manage-settings")
