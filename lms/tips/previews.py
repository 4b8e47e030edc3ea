"""How a draft is shown, channel by channel. What draws a channel stands above the tips and registers here. Pure."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

Preview = Callable[[HttpRequest, Any], HttpResponse]

_previews: dict[str, Preview] = {}


def preview(mode: str) -> Callable[[Preview], Preview]:
    """Register what shows a tip in one of the modes that `Tip.preview_modes` names."""

    def register(show: Preview) -> Preview:
        _previews[mode] = show
        return show

    return register


def shown(mode: str, request: HttpRequest, tip: Any) -> HttpResponse:
    """Return a tip as one mode shows it."""
    return _previews[mode](request, tip)
