"""Probes for whoever restarts processes and balances load."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from lms.web.metrics import metrics
from lms.web.readiness import check_readiness


@never_cache
@require_safe
def healthz(_request: HttpRequest) -> JsonResponse:
    """Answer that this process runs. It asks nobody else: a restart would not bring a database back."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def readyz(_request: HttpRequest) -> JsonResponse:
    """Answer 200 when pages can be served here, 503 when not, and name what is missing."""
    found = check_readiness()
    status = "unavailable" if not found.is_ready else "degraded" if found.is_degraded else "ready"
    return JsonResponse(
        {
            "status": status,
            "database": "ok" if found.database else "no answer",
            "migrations": "applied" if found.migrations else "pending",
            "cache": "ok" if found.cache else "no answer",
            "broker": "ok" if found.broker else "no answer",
        },
        status=200 if found.is_ready else 503,
    )


PROBES: dict[str, Callable[[HttpRequest], HttpResponseBase]] = {
    "/healthz": healthz,
    "/readyz": readyz,
    "/metrics": metrics,
}


class ProbeMiddleware:
    """Answers probes before anything looks at host names, sessions or people.

    Load balancers call by IP address, which is no allowed host, and a probe must not fail because the session
    store does.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Keep the next handler."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Return the probe's answer, or that of the site for every other address."""
        return PROBES.get(request.path_info, self.get_response)(request)
