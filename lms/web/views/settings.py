"""Settings: how Praxis speaks to the person, how they sign in, who sees what."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from badges.selectors.programs import programs_of
from badges.services.programs import end_access
from lms.core.errors import ActionRefused
from lms.people.requests import SignedInRequest
from lms.web.forms import SettingsForm
from lms.web.program_cards import let_in_cards


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def settings_page(request: SignedInRequest) -> HttpResponse:
    """Show the settings, or save them."""
    form = SettingsForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("settings")
    context = {"form": form, "let_in": let_in_cards(request.user)}
    return render(request, "web/settings.html", context)


@require_POST
@login_required
def end_program(request: SignedInRequest, program: str) -> HttpResponse:
    """Let a program read nothing of the person any more, at once."""
    found = get_object_or_404(programs_of(request.user), pk=program)
    try:
        end_access(person=request.user, program=found, at=timezone.now())
    except ActionRefused as refusal:
        messages.warning(request, refusal.message)
    else:
        told = _(
            "%(name)s can read nothing of yours any more. If you want it back, let it in again from there."
        )
        messages.success(request, told % {"name": found.name})
    return redirect("settings")
