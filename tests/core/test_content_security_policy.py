"""Every response carries the policy of the settings, unless it brings its own."""

from django.http import HttpResponse, HttpResponseBase
from django.test import RequestFactory

from lms.core.content_security_policy import ContentSecurityPolicyMiddleware


def respond(response: HttpResponse) -> HttpResponseBase:
    return ContentSecurityPolicyMiddleware(lambda _request: response)(RequestFactory().get("/"))


def test_a_response_carries_the_policy_of_the_settings(settings):
    settings.SECURE_CSP = {"default-src": ["'self'"], "img-src": ["'self'", "data:"]}

    response = respond(HttpResponse())

    assert response.headers["Content-Security-Policy"] == "default-src 'self'; img-src 'self' data:"


def test_a_response_with_a_policy_of_its_own_keeps_it():
    own = HttpResponse(headers={"Content-Security-Policy": "sandbox"})

    assert respond(own).headers["Content-Security-Policy"] == "sandbox"


def test_the_policy_allows_nothing_inline_and_nothing_from_elsewhere():
    policy = respond(HttpResponse()).headers["Content-Security-Policy"]

    assert "unsafe" not in policy
    assert "http" not in policy
    assert "default-src 'self'" in policy
