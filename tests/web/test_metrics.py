"""/metrics: the facts of Manage > Messages, to this machine and to whoever has the token; never a person."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from lms.core.services import claim_slot
from lms.notifications.models import ChannelState, Suppression

pytestmark = pytest.mark.django_db
ELSEWHERE = {"REMOTE_ADDR": "10.0.0.9"}


def figures(response):
    lines = response.content.decode().splitlines()
    return dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))


def test_it_says_what_waits_what_was_lost_and_what_ran(ada, bruno, mei, linus, digest, client):
    now = timezone.now()
    digest(ada, due_at=now - timedelta(minutes=10))
    digest(bruno, state="failed")
    digest(mei, state="unknown")
    digest(linus, state="sent", doubted_at=now - timedelta(days=1))
    claim_slot(name="plan-tips", every=timedelta(minutes=10), at=now)
    Suppression.objects.create(address="gone@larkfield.example", reason="bounced", at=now)
    ChannelState.objects.create(channel="email", down_since=now, paused_until=now + timedelta(minutes=5))

    response = client.get("/metrics")

    found = figures(response)
    assert response["Content-Type"].startswith("text/plain; version=0.0.4")
    assert found['praxis_messages_waiting{channel="email",ledger="digest"}'] == "1.0"
    assert found['praxis_messages_waiting{channel="email",ledger="tips"}'] == "0.0"
    oldest = float(found['praxis_messages_oldest_waiting_seconds{channel="email",ledger="digest"}'])
    assert 600 <= oldest < 660
    assert found['praxis_messages_failed{ledger="digest"}'] == "1.0"
    assert found['praxis_messages_doubtful{ledger="digest"}'] == "1.0"
    assert found['praxis_messages_repeated{ledger="digest"}'] == "1.0"
    assert found['praxis_channel_works{channel="email"}'] == "0.0"
    assert 240 < float(found['praxis_channel_paused_seconds{channel="email"}']) <= 300
    assert found["praxis_addresses_suppressed"] == "1.0"
    at = float(found['praxis_schedule_last_run_timestamp_seconds{schedule="plan-tips"}'])
    assert at == pytest.approx(now.timestamp(), abs=0.001)
    assert "@" not in response.content.decode()
    assert "Ada" not in response.content.decode()


@pytest.mark.parametrize(
    "asked",
    [
        ELSEWHERE,
        {"REMOTE_ADDR": ""},
        {"HTTP_X_FORWARDED_FOR": "203.0.113.7"},
        {"HTTP_X_REAL_IP": "127.0.0.1"},
        {"HTTP_FORWARDED": "for=127.0.0.1"},
        {**ELSEWHERE, "HTTP_AUTHORIZATION": "Bearer "},
        {**ELSEWHERE, "HTTP_AUTHORIZATION": "Bearer wrong"},
    ],
)
def test_from_elsewhere_and_through_a_proxy_there_is_nothing(asked):
    assert Client().get("/metrics", **asked).status_code == 404


def test_the_token_opens_it_from_elsewhere(settings):
    settings.PRAXIS_METRICS_TOKEN = "a-long-token"

    def status(token):
        shown = {"authorization": token, "x-forwarded-for": "203.0.113.7"}
        return Client().get("/metrics", headers=shown, REMOTE_ADDR="10.0.0.9").status_code

    assert status("Bearer a-long-token") == 200
    assert status("Bearer a-long-tok") == 404
    assert status("") == 404


def test_it_is_asked_by_address_and_not_by_a_name(client):
    assert client.get("/metrics", headers={"host": "10.1.2.3:8000"}).status_code == 200
    assert client.post("/metrics").status_code == 405


def test_its_cost_does_not_hang_on_how_much_there_is(
    ada, digest, person_factory, client, django_assert_num_queries
):
    digest(ada)
    for _ in range(20):
        digest(person_factory(), state="failed")

    with django_assert_num_queries(9):
        client.get("/metrics")
