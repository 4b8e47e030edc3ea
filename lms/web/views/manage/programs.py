"""Programs that may ask people whether they may read their credentials: registered, shown once, retired."""

from allauth.idp.oidc.models import Client
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from badges.selectors.programs import programs as all_programs
from badges.services.programs import register_program, retire_program
from lms.core.errors import ActionRefused
from lms.people.decorators import requires
from lms.people.requests import SignedInRequest
from lms.web.program_forms import ProgramForm


@require_safe
@requires("people.act_as_admin")
def programs(request: SignedInRequest) -> HttpResponse:
    """Show the programs."""
    return render(request, "web/manage/programs.html", {"programs": all_programs()})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires("people.act_as_admin")
def new(request: SignedInRequest) -> HttpResponse:
    """Ask what to register, or register it and show its secret, which is kept nowhere.

    The answer to the form is the page with the secret, since it must not be stored to be shown after a redirect. Sent
    again, the form is refused: there is a program of that name.
    """
    form = ProgramForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            program, secret = register_program(
                name=form.cleaned_data["name"],
                redirect_uris=form.cleaned_data["redirect_uris"],
                is_public=form.cleaned_data["kind"] == Client.Type.PUBLIC,
                actor=request.user.as_actor,
                at=timezone.now(),
            )
        except ActionRefused as refusal:
            form.add_error(refusal.field, refusal.message)
        else:
            begins_at = request.build_absolute_uri(reverse("badge-api-discovery"))
            context = {"program": program, "secret": secret, "begins_at": begins_at}
            return render(request, "web/manage/program_registered.html", context)
    return render(request, "web/manage/program_new.html", {"form": form})


@require_POST
@requires("people.act_as_admin")
def retire(request: SignedInRequest, program: str) -> HttpResponse:
    """Let a program ask nobody any more, and end what people have let it read."""
    found = get_object_or_404(all_programs(), pk=program)
    people = retire_program(program=found, actor=request.user.as_actor, at=timezone.now())
    told = ngettext(
        "%(name)s is retired. It can read nothing any more of the %(n)d person who had let it in.",
        "%(name)s is retired. It can read nothing any more of the %(n)d people who had let it in.",
        people,
    )
    messages.success(request, told % {"name": found.name, "n": people})
    return redirect("manage-programs")
