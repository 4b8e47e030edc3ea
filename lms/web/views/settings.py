"""Settings: how Praxis speaks to the person, how they sign in, who sees what."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

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
    return render(request, "web/settings.html", {"form": form})
