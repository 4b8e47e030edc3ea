"""Programs are registered, and people let them in: OAuth 2.0 with PKCE, and nothing is given without asking."""

import base64
import hashlib
import json
from io import StringIO
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from allauth.idp.oidc.models import Client as Program
from allauth.idp.oidc.models import Token
from django.core.management import CommandError, call_command
from django.test import Client

from lms.core.models import AuditEntry
from lms.web.views.authorize import form_targets

READ_CREDENTIALS = "https://purl.imsglobal.org/spec/ob/v3p0/scope/credential.readonly"
READ_PROFILE = "https://purl.imsglobal.org/spec/ob/v3p0/scope/profile.readonly"
CREDENTIALS, PROFILE = (f"/ims/ob/v3p0/{name}" for name in ("credentials", "profile"))
BACK = "https://wallet.example/back"
VERIFIER = "a-secret-that-only-this-visit-knows-0123456789-abcdef"


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


def question(**changes: str) -> str:
    challenge = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
    parameters = {
        "client_id": "wallet",
        "response_type": "code",
        "redirect_uri": BACK,
        "scope": f"{READ_CREDENTIALS} {READ_PROFILE}",
        "state": "visit-1",
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        **changes,
    }
    return f"/identity/o/authorize?{urlencode(parameters)}"


def decide(browser: Client, page, **choice) -> dict[str, list[str]]:
    """Answer the page, and return what the program is told."""
    request = page.context["form"].initial["request"]
    response = browser.post("/identity/o/authorize", {"request": request, **choice})
    assert response.status_code == 302
    assert response.headers["Location"].startswith(f"{BACK}?")
    return parse_qs(urlsplit(response.headers["Location"]).query)


def get_token(code: str, **changes: str):
    answer = {
        "grant_type": "authorization_code",
        "client_id": "wallet",
        "code": code,
        "redirect_uri": BACK,
        "code_verifier": VERIFIER,
        **changes,
    }
    return Client().post("/identity/o/api/token", answer)


def test_a_person_lets_a_program_in_and_it_reads_what_they_chose(wallet, awarded, client_of, ada):
    browser = client_of(ada)
    page = browser.get(question())
    assert "Let Wallet in?" in page.text
    assert "Read your credentials, also those that only you can see" in page.text
    assert "form-action 'self' https://wallet.example;" in page.headers["Content-Security-Policy"]

    told = decide(browser, page, action="grant", scopes=[READ_CREDENTIALS])
    token = get_token(told["code"][0]).json()

    assert told["state"] == ["visit-1"]
    assert token["scope"] == READ_CREDENTIALS
    program = Client(headers={"authorization": f"Bearer {token['access_token']}"})
    assert program.get(CREDENTIALS).headers["X-Total-Count"] == "1"
    assert program.get(PROFILE).status_code == 403


def test_a_token_is_renewed_and_given_back(wallet, awarded, client_of, ada):
    browser = client_of(ada)
    told = decide(browser, browser.get(question()), action="grant", scopes=[READ_PROFILE])
    first = get_token(told["code"][0]).json()

    renewed = Client().post(
        "/identity/o/api/token",
        {"grant_type": "refresh_token", "client_id": "wallet", "refresh_token": first["refresh_token"]},
    )
    program = Client(headers={"authorization": f"Bearer {renewed.json()['access_token']}"})
    before = program.get(PROFILE).status_code
    Client().post("/identity/o/api/revoke", {"client_id": "wallet", "token": renewed.json()["access_token"]})

    assert (before, program.get(PROFILE).status_code) == (200, 401)


def test_who_does_not_let_it_in_gives_nothing(wallet, client_of, ada):
    browser = client_of(ada)

    told = decide(browser, browser.get(question()), action="cancel")

    assert told == {"error": ["access_denied"], "state": ["visit-1"]}
    assert Token.objects.count() == 0


def test_whoever_caught_the_code_cannot_use_it(wallet, client_of, ada):
    browser = client_of(ada)
    told = decide(browser, browser.get(question()), action="grant", scopes=[READ_PROFILE])

    caught = get_token(told["code"][0], code_verifier="a-guess-of-what-only-this-visit-knows-0123456789")

    assert caught.status_code == 400
    assert Token.objects.count() == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"code_challenge": ""},
        {"code_challenge_method": "plain"},
        {"prompt": "none"},
        {"client_id": "nobody"},
        {"redirect_uri": "https://elsewhere.example/back"},
    ],
)
def test_a_program_that_asks_wrongly_is_not_let_in(wallet, client_of, ada, changes):
    response = client_of(ada).get(question(**changes))

    assert response.status_code == 400
    assert "This program cannot be let in" in response.text


def test_a_program_gets_no_scope_that_it_was_not_registered_for(wallet, client_of, ada):
    response = client_of(ada).get(question(scope=f"{READ_PROFILE} email"))

    assert response.status_code == 302
    assert parse_qs(urlsplit(response.headers["Location"]).query)["error"] == ["invalid_scope"]


def test_a_stranger_signs_in_first(wallet):
    response = Client().get(question())

    assert response.status_code == 302
    assert response.headers["Location"].startswith("/accounts/login/?next=/identity/o/authorize")


def test_answers_lead_where_the_program_was_registered_for():
    uris = [
        BACK,
        "https://wallet.example/other",
        "http://127.0.0.1:8080/x",
        "org.wallet:/back",
        "'; script-src *",
    ]

    assert form_targets(uris) == ["http://127.0.0.1:8080", "https://wallet.example", "org.wallet:"]


def test_an_administrator_registers_a_program(db):
    out = StringIO()

    call_command("register_program", "Wallet", BACK, stdout=out)

    program = Program.objects.get()
    secret = out.getvalue().splitlines()[1].removeprefix("Client secret, shown this once: ")
    assert program.get_scopes() == [READ_CREDENTIALS, READ_PROFILE]
    assert program.get_grant_types() == ["authorization_code", "refresh_token"]
    assert (program.type, program.check_secret(secret)) == ("confidential", True)
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.after) == (
        "badges.register_program",
        {"name": "Wallet", "redirect_uris": [BACK]},
    )
    assert secret not in json.dumps(entry.after)


def test_a_program_on_a_phone_has_no_secret(db):
    out = StringIO()

    call_command("register_program", "Phone", "org.wallet:/back", public=True, stdout=out)

    assert out.getvalue() == f"Client id: {Program.objects.get().pk}\n"
    assert Program.objects.get().type == "public"


@pytest.mark.parametrize(
    "uri",
    [
        "wallet",
        "https://",
        "http://wallet.example/",
        "https://*.example/",
        f"{BACK}#x",
        "javascript:alert(1)",
    ],
)
def test_an_address_that_is_not_safe_is_refused(db, uri):
    with pytest.raises(CommandError):
        call_command("register_program", "Wallet", uri)

    assert Program.objects.count() == 0
