"""What a load balancer hears."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from lms.web import readiness

ALL_WELL = {"status": "ready", "database": "ok", "migrations": "applied", "cache": "ok", "broker": "ok"}


@pytest.fixture(autouse=True)
def _nothing_known_about_migrations():
    readiness.require_migrations.cache_clear()
    yield
    readiness.require_migrations.cache_clear()


@pytest.fixture
def silent_database(monkeypatch):
    def fail():
        raise DatabaseError("no route to host db.internal")

    monkeypatch.setattr(connection, "cursor", fail)


@pytest.fixture
def silent_broker(monkeypatch):
    class Broker:
        def connection_for_write(self):
            raise ConnectionRefusedError("redis.internal")

    monkeypatch.setattr(readiness, "current_app", Broker())


@pytest.fixture
def silent_cache(monkeypatch):
    class Cache:
        def get(self, _key):
            raise ConnectionRefusedError("redis.internal")

    monkeypatch.setattr(readiness, "shared_cache", Cache())


def test_healthz_answers_without_a_database(client):
    response = client.get("/healthz")

    assert response.status_code == 200
    assert response.json() == {"status": "ok"}


def test_a_migrated_database_is_ready(db, client):
    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.json() == ALL_WELL


def test_a_database_that_does_not_answer_takes_the_process_out_of_service(client, silent_database):
    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json() == ALL_WELL | {
        "status": "unavailable",
        "database": "no answer",
        "migrations": "pending",
    }


def test_a_database_older_than_the_code_is_not_ready_until_it_is_migrated(db, client):
    row = MigrationRecorder.Migration.objects.filter(app="people").latest("id")
    row.delete()

    before = client.get("/readyz")
    row.save()
    after = client.get("/readyz")

    assert (before.status_code, before.json()["migrations"]) == (503, "pending")
    assert (after.status_code, after.json()["migrations"]) == (200, "applied")


def test_once_migrated_a_probe_costs_one_query(db, client, django_assert_num_queries):
    client.get("/readyz")

    with django_assert_num_queries(1):
        client.get("/readyz")


@pytest.mark.parametrize(("trouble", "part"), [("silent_cache", "cache"), ("silent_broker", "broker")])
def test_pages_are_served_without_cache_and_broker_and_the_probe_says_so(db, client, request, trouble, part):
    request.getfixturevalue(trouble)

    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.json() == ALL_WELL | {"status": "degraded", part: "no answer"}


@pytest.mark.parametrize("trouble", ["silent_database", "silent_cache", "silent_broker"])
def test_an_answer_never_tells_where_our_servers_are(db, client, request, trouble):
    request.getfixturevalue(trouble)

    assert b"internal" not in client.get("/readyz").content


@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_probes_are_answered_by_ip_address_over_plain_http_and_never_cached(db, client, address, settings):
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz)$"]

    response = Client(headers={"host": "10.0.0.7:8000"}).get(address)

    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    assert "default-src 'self'" in response["Content-Security-Policy"]


@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_probes_look_at_no_session_and_no_person(client_of, ada, address, django_assert_max_num_queries):
    client = client_of(ada)
    readiness.check_readiness()

    with django_assert_max_num_queries(1) as queries:
        response = client.get(address)

    assert [query["sql"] for query in queries if "session" in query["sql"]] == []
    assert not hasattr(response.wsgi_request, "user") or isinstance(response.wsgi_request.user, AnonymousUser)
    assert response.cookies.output() == ""


@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_probes_only_answer_questions(client, address):
    assert client.post(address).status_code == 405
