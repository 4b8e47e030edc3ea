"""Which persona may act as what, and what a page of one persona is to all others."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.idp.oidc.models import Client as OidcClient
from allauth.idp.oidc.models import Token
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lms.people.api_clients import ApiClient, api_client_of
from lms.people.decorators import requires
from lms.people.models import User

LEARNER, MANAGER, AUTHOR, REVIEWER, ADMIN, MACHINE = (
    f"people.act_as_{name}" for name in ("learner", "manager", "author", "reviewer", "admin", "api_client")
)
PERMISSIONS = [LEARNER, MANAGER, AUTHOR, REVIEWER, ADMIN, MACHINE]
PersonFactory = Callable[..., User]


@pytest.fixture
def persona(
    ada: User, linus: User, grace: User, radia: User, mei: User, person_factory: PersonFactory
) -> Callable[[str], Any]:
    everyone: dict[str, Any] = {
        "learner": ada,
        "manager": linus,
        "author": grace,
        "reviewer": radia,
        "admin": mei,
        "break-glass account": person_factory(is_superuser=True),
        "author who left": person_factory(groups=("Authors",), status="left"),
        "suspended superuser": person_factory(is_superuser=True, status="suspended"),
        "author on leave": person_factory(groups=("Authors",), status="on_leave"),
        "API client": ApiClient("hris", "HR system", frozenset({"hris.employees.read"})),
        "nobody": AnonymousUser(),
    }
    return everyone.__getitem__


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("learner", {LEARNER}),
        ("manager", {LEARNER, MANAGER}),
        ("author", {LEARNER, AUTHOR}),
        ("reviewer", {LEARNER, REVIEWER}),
        ("admin", {LEARNER, AUTHOR, REVIEWER, ADMIN}),
        ("break-glass account", set(PERMISSIONS)),
        ("author who left", set()),
        ("suspended superuser", set()),
        ("author on leave", {LEARNER, AUTHOR}),
        ("API client", {MACHINE}),
        ("nobody", set()),
    ],
)
@pytest.mark.parametrize("permission", PERMISSIONS)
def test_a_persona_may_act_as(
    persona: Callable[[str], Any], name: str, permission: str, allowed: set[str]
) -> None:
    assert persona(name).has_perm(permission) is (permission in allowed)


def test_a_manager_stops_being_one_when_the_last_report_leaves(ada: User, linus: User) -> None:
    assert linus.has_perm(MANAGER)
    ada.status = User.Status.LEFT
    ada.save()

    assert not User.objects.get(pk=linus.pk).has_perm(MANAGER)


def test_asking_again_on_the_same_page_costs_no_query(linus: User) -> None:
    person = User.objects.get(pk=linus.pk)
    with CaptureQueriesContext(connection) as captured:
        for permission in PERMISSIONS * 3:
            person.has_perm(permission)

    rules_queries = [query for query in captured if "auth_permission" not in query["sql"]]
    assert len(rules_queries) == 2


@requires(MANAGER)
def team_page(request: HttpRequest, number: int) -> HttpResponse:
    return HttpResponse(f"team {number}")


def ask(rf: RequestFactory, user: Any) -> HttpRequest:
    request = rf.get("/team/7/", {"sort": "name"})
    request.user = user
    return request


def test_a_page_is_shown_to_its_persona(rf: RequestFactory, ada: User, linus: User) -> None:
    assert team_page(ask(rf, linus), number=7).content == b"team 7"  # type: ignore[attr-defined]


def test_someone_not_signed_in_signs_in_and_comes_back(rf: RequestFactory) -> None:
    response = team_page(ask(rf, AnonymousUser()), number=7)

    assert response.status_code == 302
    assert response.headers["Location"] == "/accounts/login/?next=/team/7/%3Fsort%3Dname"


def test_for_everyone_else_the_page_does_not_exist(rf: RequestFactory, ada: User) -> None:
    with pytest.raises(Http404):
        team_page(ask(rf, ada), number=7)


@pytest.fixture
def machine(db: None) -> OidcClient:
    return OidcClient.objects.create(
        id="hris", name="HR system", grant_types="client_credentials", scopes="hris.employees.read"
    )


def token_for(client: OidcClient, **fields: Any) -> str:
    value = uuid.uuid4().hex
    token = Token(
        client=client, **{"type": Token.Type.ACCESS_TOKEN, "scopes": "hris.employees.read", **fields}
    )
    token.set_value(value)
    token.save()
    return value


def caller(
    rf: RequestFactory, value: str, *, scheme: str = "Bearer", path: str = "/api/v1/people"
) -> ApiClient | None:
    return api_client_of(rf.get(path, headers={"Authorization": f"{scheme} {value}"}))


@pytest.mark.parametrize("scheme", ["Bearer", "bearer"])
def test_a_machine_is_known_by_its_token(rf: RequestFactory, machine: OidcClient, scheme: str) -> None:
    found = caller(rf, token_for(machine), scheme=scheme)

    assert found == ApiClient("hris", "HR system", frozenset({"hris.employees.read"}))
    assert found is not None
    assert str(found) == "HR system"
    assert found.has_scope("hris.employees.read")
    assert not found.has_scope("hris.employees.write")
    assert found.has_perm(MACHINE)


def test_a_machine_is_found_in_one_query(
    rf: RequestFactory, machine: OidcClient, django_assert_num_queries: Callable[[int], CaptureQueriesContext]
) -> None:
    value = token_for(machine)

    with django_assert_num_queries(1):
        caller(rf, value)


@pytest.mark.parametrize(
    "fields",
    [
        {"expires_at": timezone.now() - timedelta(seconds=1)},
        {"type": Token.Type.REFRESH_TOKEN},
        {"type": Token.Type.AUTHORIZATION_CODE},
        {"data": {"resources": ["http://testserver/scim/v2"]}},
        {"data": {"resources": ["http://testserver/api/v1/peo"]}},
        {"data": {"resources": ["https://elsewhere.example/api/v1"]}},
    ],
)
def test_a_token_that_does_not_hold_here_is_nobodys(
    rf: RequestFactory, machine: OidcClient, fields: dict[str, Any]
) -> None:
    assert caller(rf, token_for(machine, **fields)) is None


def test_a_token_for_this_part_of_the_site_holds(rf: RequestFactory, machine: OidcClient) -> None:
    value = token_for(machine, data={"resources": ["http://testserver/api/v1/"]})

    assert caller(rf, value) is not None


def test_a_token_of_a_person_is_no_machine(rf: RequestFactory, machine: OidcClient, ada: User) -> None:
    assert caller(rf, token_for(machine, user=ada)) is None


@pytest.mark.parametrize("change", [{"type": "public"}, {"grant_types": "authorization_code"}])
def test_a_client_of_another_kind_is_no_machine(
    rf: RequestFactory, machine: OidcClient, change: dict[str, str]
) -> None:
    OidcClient.objects.update(**change)

    assert caller(rf, token_for(machine)) is None


def test_a_wrong_token_or_none_is_nobodys(rf: RequestFactory, machine: OidcClient) -> None:
    value = token_for(machine)

    assert caller(rf, f"{value}x") is None
    assert caller(rf, value, scheme="Basic") is None
    assert api_client_of(rf.get("/api/v1/people", {"access_token": value})) is None
