"""Every response carries the policy that allows nothing inline and nothing from elsewhere."""

from contextlib import closing

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.urls import path

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)


def broken(_request):
    raise RuntimeError("on purpose")


urlpatterns = [path("broken/", broken)]


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/accounts/login/", 200),
        ("/", 302),
        ("/no-such-page/", 404),
        ("/paths/x/start/", 405),
        ("/cms/", 302),
        ("/healthz", 200),
        ("/static/design/js/praxis.js", 200),
    ],
)
def test_every_response_carries_the_policy(db, address, status):
    with closing(Client().get(address)) as response:
        assert response.status_code == status
        assert response["Content-Security-Policy"] == POLICY
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Referrer-Policy"] == "same-origin"


def test_pages_of_the_cms_carry_the_same_policy(mei, client_of):
    assert client_of(mei).get("/cms/")["Content-Security-Policy"] == POLICY


def test_a_crash_carries_the_policy_and_says_what_to_do(db):
    with override_settings(ROOT_URLCONF=__name__):
        response = Client(raise_request_exception=False).get("/broken/")

    assert response.status_code == 500
    assert response["Content-Security-Policy"] == POLICY
    assert "What you did before is kept." in response.content.decode()


def test_a_post_without_its_token_says_to_send_it_again(db):
    response = Client(enforce_csrf_checks=True).post("/demo/sign-in/", {"email": "ada@larkfield.example"})

    assert response.status_code == 403
    assert "Please send it again" in response.content.decode()


def test_the_policy_allows_nothing_unsafe():
    assert not [
        source for sources in settings.SECURE_CSP.values() for source in sources if "unsafe" in source
    ]
