"""Fetching what stands at somebody else's address: one answer, or a reason."""

import pytest

from lms.core.addresses import UnsafeAddress
from lms.core.fetching import NotFetched, fetch_document
from tests.fake_model import Behavior, FakeModel

OWN = ["127.0.0.1"]


@pytest.fixture
def server():
    with FakeModel() as running:
        yield running


def test_a_document_is_returned_as_it_is(server):
    assert fetch_document(
        f"http://127.0.0.1:{server.port}/v1/models", most_bytes=10_000, allow_hosts=OWN
    ).startswith(b"{")


def test_an_answer_that_is_too_long_is_refused(server):
    with pytest.raises(NotFetched, match="too large"):
        fetch_document(f"http://127.0.0.1:{server.port}/v1/models", most_bytes=5, allow_hosts=OWN)


def test_an_error_is_said_with_its_number(server):
    server.behavior = Behavior(status=404, body="nothing here")

    with pytest.raises(NotFetched, match="answered with the error 404"):
        fetch_document(f"http://127.0.0.1:{server.port}/nowhere", most_bytes=10_000, allow_hosts=OWN)


def test_a_redirect_is_named_and_not_followed(server):
    elsewhere = {"Location": "http://169.254.169.254/latest/"}
    server.behavior = Behavior(status=302, body="", headers=elsewhere)

    with pytest.raises(NotFetched, match="leads on to http://169"):
        fetch_document(f"http://127.0.0.1:{server.port}/x", most_bytes=10_000, allow_hosts=OWN)

    assert len(server.questions) == 1


def test_nobody_there_is_said():
    with pytest.raises(NotFetched, match="could not be reached"):
        fetch_document("http://127.0.0.1:9/x", most_bytes=10, allow_hosts=OWN)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/", "https://10.0.0.1/", "https://[::1]/", "ftp://example.com/"]
)
def test_our_own_network_is_not_called_not_even_what_administrators_may_call(url, settings):
    settings.PRAXIS_INTERNAL_HOSTS = ["127.0.0.1", "10.0.0.1", "::1"]

    with pytest.raises(UnsafeAddress):
        fetch_document(url, most_bytes=10)
