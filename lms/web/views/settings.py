"""Settings: how Praxis speaks to the person, how they sign in, who sees what."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from badges.selectors.programs import programs_let_in
from badges.services.programs import shut_out as end_access
from lms.people.requests import SignedInRequest
from lms.web.forms import SettingsForm


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def settings_page(request: SignedInRequest) -> HttpResponse:
    """Show the settings, or save them."""
    form = SettingsForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("settings")
    return render(request, "web/settings.html", {"form": form, "programs": programs_let_in(request.user)})


@require_POST
@login_required
def shut_out(request: SignedInRequest, client_id: str) -> HttpResponse:
    """Let a program in no more."""
    if end_access(person=request.user, client_id=client_id, at=timezone.now()):
        messages.success(
            request, _("It reads nothing of you any more. What it has read before it may still have.")
        )
    else:
        messages.info(request, _("It was not let in any more. Nothing has changed."))
    return redirect("settings")
