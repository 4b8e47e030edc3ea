"""The Open Badges API: a program that a person let in reads their credentials, and nobody else's."""

import json
import re
import uuid
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.idp.oidc.models import Client as Program
from allauth.idp.oidc.models import Token
from django.test import Client
from django.utils import timezone

from badges.models import Award
from badges.services.awarding import award_achievement
from badges.services.revoking import revoke_award
from badges.services.signing import signed_text
from badges.services.verifying import verify_text
from lms.people.models import User
from lms.people.services import set_person_status

READ_CREDENTIALS = "https://purl.imsglobal.org/spec/ob/v3p0/scope/credential.readonly"
READ_PROFILE = "https://purl.imsglobal.org/spec/ob/v3p0/scope/profile.readonly"
CREDENTIALS, PROFILE, DISCOVERY = (f"/ims/ob/v3p0/{name}" for name in ("credentials", "profile", "discovery"))
BACK = "https://wallet.example/back"


@pytest.fixture
def wallet(db) -> Program:
    return Program.objects.create(
        id="wallet",
        name="Wallet",
        type="public",
        grant_types="authorization_code\nrefresh_token",
        scopes=f"{READ_CREDENTIALS}\n{READ_PROFILE}",
        redirect_uris=BACK,
    )


@pytest.fixture
def caller(wallet):
    """Return a function that gives a program with a token of a person."""

    def call(person, *scopes, client=wallet, **fields) -> Client:
        value = uuid.uuid4().hex
        token = Token(**{"client": client, "user": person, "type": Token.Type.ACCESS_TOKEN, **fields})
        token.set_scopes(scopes or [READ_CREDENTIALS, READ_PROFILE])
        token.set_value(value)
        token.save()
        return Client(headers={"authorization": f"Bearer {value}"}, enforce_csrf_checks=True)

    return call


@pytest.fixture
def award_many(achievement_factory, ada, mei, noon):
    def award(count: int) -> list[Award]:
        awards = [
            award_achievement(
                achievement=achievement_factory(),
                recipient=ada,
                at=noon,
                source=Award.Source.PERSON,
                actor=mei,
            )
            for _ in range(count)
        ]
        for each in awards:
            signed_text(award=each, format="json", at=noon)
        return awards

    return award


def refusal(response) -> tuple[int, str]:
    """Return status and word of a refusal, which has the one shape that the standard knows."""
    document = response.json()
    [field] = document["imsx_codeMinor"]["imsx_codeMinorField"]
    assert document == {
        "imsx_codeMajor": "failure",
        "imsx_severity": "error",
        "imsx_description": document["imsx_description"],
        "imsx_codeMinor": {"imsx_codeMinorField": [field]},
    }
    assert field["imsx_codeMinorFieldName"] == "TargetEndSystem"
    assert document["imsx_description"]
    return response.status_code, field["imsx_codeMinorFieldValue"]


def links(response) -> dict[str, str]:
    found = re.findall(r'<([^>]*)>; rel="(\w+)"', response.headers["Link"])
    return {relation: urlsplit(address).query for address, relation in found}


def test_the_service_describes_itself_to_anyone():
    response = Client().get(DISCOVERY)

    document = response.json()
    assert document["openapi"] == "3.0.1"
    assert document["info"] == {"title": "Praxis", "version": "3.0"}
    assert document["servers"] == [{"url": "http://testserver/ims/ob/v3p0"}]
    assert {path: list(methods) for path, methods in document["paths"].items()} == {
        "/discovery": ["get"],
        "/credentials": ["get"],
        "/profile": ["get"],
    }
    assert document["paths"]["/credentials"]["get"]["security"] == [{"OAuth2ACG": [READ_CREDENTIALS]}]
    assert document["paths"]["/profile"]["get"]["security"] == [{"OAuth2ACG": [READ_PROFILE]}]
    assert document["components"]["securitySchemes"]["OAuth2ACG"] == {
        "type": "oauth2",
        "description": "OAuth 2.0 authorization code with PKCE (S256)",
        "x-imssf-name": "Praxis",
        "flows": {
            "authorizationCode": {
                "authorizationUrl": "http://testserver/identity/o/authorize",
                "tokenUrl": "http://testserver/identity/o/api/token",
                "refreshUrl": "http://testserver/identity/o/api/token",
                "scopes": {
                    READ_CREDENTIALS: "Read your credentials, also those that only you can see",
                    READ_PROFILE: "Read your name",
                },
            }
        },
    }
    assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_a_program_reads_the_credentials_of_who_let_it_in(caller, awarded, ada, noon):
    response = caller(ada).get(CREDENTIALS)

    signed = json.loads(signed_text(award=awarded, format="json", at=noon))
    assert response.json() == {"credential": [signed], "compactJwsString": []}
    assert response.headers["X-Total-Count"] == "1"
    assert links(response) == {"first": "limit=100&offset=0", "last": "limit=100&offset=0"}
    assert response.headers["Cache-Control"] == "private, no-store"
    [read] = response.json()["credential"]
    report = verify_text(text=json.dumps(read), at=timezone.now(), recipient_email=ada.email)
    assert {check.outcome for check in report.checks} == {"passed"}


def test_private_ones_are_read_revoked_ones_and_other_peoples_are_not(
    caller, award_many, ada, linus, mei, noon
):
    private, revoked = award_many(2)
    Award.objects.filter(pk=private.pk).update(visibility="private")
    revoke_award(award=revoked, actor=mei, at=noon, code="mistake")

    own = caller(ada).get(CREDENTIALS).json()
    others = caller(linus).get(CREDENTIALS).json()

    assert [each["id"].rsplit("/", 1)[1] for each in own["credential"]] == [str(private.public_id)]
    assert others == {"credential": [], "compactJwsString": []}


def test_pages_follow_each_other(caller, award_many, ada):
    awards = award_many(5)
    program = caller(ada)

    pages = [program.get(CREDENTIALS, {"limit": 2, "offset": offset}) for offset in (0, 2, 4)]

    ids = [[each["id"].rsplit("/", 1)[1] for each in page.json()["credential"]] for page in pages]
    expected = [str(award.public_id) for award in awards]
    assert ids == [expected[:2], expected[2:4], expected[4:]]
    assert [page.headers["X-Total-Count"] for page in pages] == ["5", "5", "5"]
    ends = {"first": "limit=2&offset=0", "last": "limit=2&offset=4"}
    assert [links(page) for page in pages] == [
        {**ends, "next": "limit=2&offset=2"},
        {**ends, "next": "limit=2&offset=4", "prev": "limit=2&offset=0"},
        {**ends, "prev": "limit=2&offset=2"},
    ]
    assert links(program.get(CREDENTIALS, {"limit": 2, "offset": 40}))["prev"] == "limit=2&offset=4"


def test_since_leaves_out_what_began_before(caller, award_many, ada, noon):
    _old, renewed = award_many(2)
    Award.objects.filter(pk=renewed.pk).update(valid_from=noon + timedelta(days=2))
    since = f"{noon + timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}"

    response = caller(ada).get(CREDENTIALS, {"since": since})

    assert [each["id"].rsplit("/", 1)[1] for each in response.json()["credential"]] == [
        str(renewed.public_id)
    ]
    assert response.headers["X-Total-Count"] == "1"
    assert parse_qs(links(response)["first"])["since"] == [since]


@pytest.mark.parametrize(
    "query",
    [{"limit": "0"}, {"limit": "-1"}, {"limit": "many"}, {"offset": "-1"}, {"offset": "9" * 30}, {"since": "May"},
     {"since": "2026-01-31"}],
)  # fmt: skip
def test_a_question_that_makes_no_sense_is_refused(caller, ada, query):
    assert refusal(caller(ada).get(CREDENTIALS, query)) == (400, "invalid_query_parameter")


def test_thirty_credentials_cost_as_many_queries_as_one(caller, award_many, ada, django_assert_num_queries):
    award_many(1)
    program = caller(ada)

    with django_assert_num_queries(4):
        assert program.get(CREDENTIALS).headers["X-Total-Count"] == "1"
    award_many(29)
    with django_assert_num_queries(4):
        assert len(program.get(CREDENTIALS).json()["credential"]) == 30


def test_the_profile_is_a_name_under_an_id_that_only_this_program_knows(caller, ada, linus):
    other = Program.objects.create(id="other", name="Other", scopes=READ_PROFILE)

    mine, again, elsewhere = (
        program.get(PROFILE).json() for program in (caller(ada), caller(ada), caller(ada, client=other))
    )

    assert mine == {"id": mine["id"], "type": ["Profile"], "name": ada.full_name}
    assert uuid.UUID(mine["id"].removeprefix("urn:uuid:")).version == 5
    assert str(ada.public_id) not in mine["id"]
    assert mine == again
    assert mine["id"] != elsewhere["id"]
    assert mine["id"] != caller(linus).get(PROFILE).json()["id"]


@pytest.mark.parametrize("address", [CREDENTIALS, PROFILE])
@pytest.mark.parametrize(
    "fields",
    [
        {"expires_at": timezone.now() - timedelta(seconds=1)},
        {"type": Token.Type.REFRESH_TOKEN},
        {"data": {"resources": ["https://elsewhere.example/"]}},
        {"client": None},
    ],
)
def test_a_token_that_does_not_hold_opens_nothing(caller, ada, address, fields):
    response = caller(ada, **fields).get(address)

    assert refusal(response) == (401, "unauthorizedrequest")
    assert response.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'


@pytest.mark.parametrize("address", [CREDENTIALS, PROFILE])
def test_without_a_token_nothing_opens_not_even_to_who_is_signed_in(client_of, ada, address):
    for browser in (Client(), client_of(ada)):
        response = browser.get(address)
        assert refusal(response) == (401, "unauthorizedrequest")
        assert response.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(("address", "scope"), [(CREDENTIALS, READ_PROFILE), (PROFILE, READ_CREDENTIALS)])
def test_a_token_opens_what_its_scope_says_and_no_more(caller, ada, address, scope):
    response = caller(ada, scope).get(address)

    assert refusal(response) == (403, "forbidden")
    assert 'error="insufficient_scope"' in response.headers["WWW-Authenticate"]
    assert caller(ada, "openid", "email").get(address).status_code == 403


@pytest.mark.parametrize("address", [CREDENTIALS, PROFILE])
def test_a_machine_is_not_a_person(caller, address):
    machine = Program.objects.create(id="hris", name="HR", grant_types="client_credentials")

    response = caller(None, client=machine).get(address)

    assert refusal(response) == (403, "forbidden")
    assert "a machine's" in response.json()["imsx_description"]


def test_the_token_of_somebody_who_left_opens_nothing(caller, ada, mei):
    program = caller(ada)
    set_person_status(person=ada, status=User.Status.LEFT, actor=mei.as_actor)
    again = caller(ada)

    assert (
        refusal(program.get(CREDENTIALS)) == refusal(again.get(CREDENTIALS)) == (401, "unauthorizedrequest")
    )


@pytest.mark.parametrize(
    ("method", "address"),
    [("post", CREDENTIALS), ("put", PROFILE), ("delete", CREDENTIALS), ("post", DISCOVERY)],
)
def test_nothing_can_be_written_here(caller, awarded, ada, method, address):
    response = getattr(caller(ada), method)(address, "{}", content_type="application/json")

    assert refusal(response) == (405, "not_allowed")
    assert "read-only" in response.json()["imsx_description"]
    assert response.headers["Allow"] == "GET, HEAD"
    assert Award.objects.count() == 1
