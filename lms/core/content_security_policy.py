"""The Content-Security-Policy header on every response.

Django 6 brings this in; the setting has the same name and shape, so this module goes with Django 5.2
(docs/decisions/0004-own-content-security-policy-middleware.md).
"""

from collections.abc import Callable, Iterable, Mapping

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase


def policy_header(policy: Mapping[str, Iterable[str]]) -> str:
    """Return a policy as it stands in the header."""
    return "; ".join(f"{directive} {' '.join(sources)}" for directive, sources in policy.items())


class ContentSecurityPolicyMiddleware:
    """Adds the policy of ``settings.SECURE_CSP`` to every response that has none of its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Write the header once; the policy does not change between requests."""
        self.get_response = get_response
        self.header = policy_header(settings.SECURE_CSP)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Return the response with its policy."""
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", self.header)
        return response
