"""The living style page: every component in one place, in development only."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from lms.web.forms import SettingsForm


@require_safe
def living_style(request: HttpRequest) -> HttpResponse:
    """Show the tokens and components."""
    return render(
        request, "web/design.html", {"form": SettingsForm(), "track_steps": TRACK, "current_step": TRACK[3]}
    )


class _Drawn:
    """A step for the drawing."""

    def __init__(self, status: str) -> None:
        self.status = status


TRACK = [
    _Drawn(status) for status in ["done", "done", "done", "open", "locked", "locked", "locked", "locked"]
]
