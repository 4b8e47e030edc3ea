"""An administrator measures a model before it may tell learners what it thinks of their prompts."""

import pytest

from sandbox.models import Provider
from tests.sandbox.judges import agreeing


@pytest.fixture
def gateway(db):
    """A model at an address."""
    return Provider.objects.create(
        name="Gateway", kind="openai", base_url="https://10.0.0.7/v1", model="small", data_region="EU"
    )


def at(provider, step=""):
    return f"/manage/practice/models/{provider.public_id}/{step}"


def page(response):
    return " ".join(response.content.decode().split())


def opinions(client, provider):
    return page(client.get(at(provider))).partition('id="opinions"')[2]


def test_a_model_is_measured_before_it_may_give_opinions(gateway, mei, client_of, monkeypatch):
    monkeypatch.setattr("sandbox.services.calibrating.chat_provider", lambda _provider: None)
    client = client_of(mei)
    assert "It is asked about 240 prompts that two people rated" in opinions(client, gateway)
    assert "Let it give opinions" not in opinions(client, gateway)

    client.post(at(gateway, "calibrate/"))
    assert "0 of 240 prompts asked." in opinions(client, gateway)

    client.post(at(gateway, "calibrate/"), {"stop": "1"})
    assert "It was stopped." in opinions(client, gateway)

    client.post(at(gateway, "judge/"), {"may_judge": "1"})
    assert "Calibrate it first" in page(client.get(at(gateway)))
    gateway.refresh_from_db()
    assert not gateway.may_judge


def test_a_model_that_agrees_with_people_is_switched_on_and_off(gateway, mei, client_of):
    agreeing(gateway, kappa=0.71, role=0.42)
    client = client_of(mei)

    shown = opinions(client, gateway)
    client.post(at(gateway, "judge/"), {"may_judge": "1"})
    gateway.refresh_from_db()
    is_on = gateway.may_judge
    client.post(at(gateway, "judge/"), {"may_judge": "0"})
    gateway.refresh_from_db()

    assert "Agreement 0.71 on" in shown
    assert '<th scope="row">Role</th><td>0.42</td>' in shown
    assert (is_on, gateway.may_judge) == (True, False)
