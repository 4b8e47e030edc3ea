"""Sign-in by the company's own provider: whom it lets in, whom it links, and what the others are told."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.core.context import request_context
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.helpers import complete_social_login
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from onelogin.saml2.idp_metadata_parser import (  # type: ignore[import-untyped]
    OneLogin_Saml2_IdPMetadataParser,
)
from pytest_django.fixtures import Settings

from config.env import Environment
from config.sign_in import openid_connect_apps, saml_apps
from lms.people.models import User

METADATA_URL = "https://sso.larkfield.example/metadata"
ENTITY_ID = "https://sso.larkfield.example/entity"
OIDC = {
    "PRAXIS_OIDC_ID": "larkfield",
    "PRAXIS_OIDC_NAME": "Larkfield sign-in",
    "PRAXIS_OIDC_SERVER_URL": "https://login.larkfield.example",
    "PRAXIS_OIDC_CLIENT_ID": "praxis",
    "PRAXIS_OIDC_CLIENT_SECRET": "hush",
}
SAML = {
    "PRAXIS_SAML_ID": "larkfield-saml",
    "PRAXIS_SAML_NAME": "Larkfield single sign-on",
    "PRAXIS_SAML_ENTITY_ID": ENTITY_ID,
    "PRAXIS_SAML_METADATA_URL": METADATA_URL,
}
METADATA = f"""<?xml version="1.0"?>
<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{ENTITY_ID}">
  <md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data>
      <ds:X509Certificate>bm90LWEtcmVhbC1jZXJ0aWZpY2F0ZQ==</ds:X509Certificate>
    </ds:X509Data></ds:KeyInfo></md:KeyDescriptor>
    <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
                            Location="https://sso.larkfield.example/start"/>
  </md:IDPSSODescriptor>
</md:EntityDescriptor>"""

pytestmark = pytest.mark.django_db


def configure(settings: Settings, *, domains: str = "") -> None:
    env = Environment({**OIDC, **SAML, "PRAXIS_SIGN_IN_DOMAINS": domains})
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {"APPS": openid_connect_apps(env)},
        "saml": {"APPS": saml_apps(env)},
    }
    cache.set(f"saml.metadata.{METADATA_URL}.{ENTITY_ID}", OneLogin_Saml2_IdPMetadataParser.parse(METADATA))


@pytest.fixture(autouse=True)
def _providers(settings: Settings) -> None:
    configure(settings)


@pytest.fixture
def visit(rf: RequestFactory) -> Iterator[HttpRequest]:
    """A request in the middle of coming back from the provider."""
    request = rf.get("/accounts/oidc/larkfield/login/callback/")
    request.user = AnonymousUser()
    SessionMiddleware(lambda _: HttpResponse()).process_request(request)
    MessageMiddleware(lambda _: HttpResponse()).process_request(request)
    with request_context(request):
        yield request


def by_oidc(request: HttpRequest, **claims: Any) -> SocialLogin:
    provider = get_adapter().get_provider(request, "larkfield")
    return provider.sociallogin_from_response(request, {"userinfo": {"sub": "7", **claims}})


def by_saml(request: HttpRequest, attributes: dict[str, list[str]], *, name_id: str = "ada-7") -> SocialLogin:
    provider = get_adapter().get_provider(request, ENTITY_ID)
    answer = SimpleNamespace(
        get_attributes=lambda: attributes,
        get_nameid=lambda: name_id,
        get_nameid_format=lambda: "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
    )
    return provider.sociallogin_from_response(request, answer)


def come_back(request: HttpRequest, login: SocialLogin, *, process: str = "login") -> HttpResponse:
    login.state["process"] = process
    response: HttpResponse = complete_social_login(request, login)
    return response


def signed_in_as(request: HttpRequest) -> str | None:
    return request.session.get("_auth_user_id")


def test_a_verified_address_signs_in_and_links_the_person_who_has_it(visit: HttpRequest, ada: User) -> None:
    response = come_back(visit, by_oidc(visit, email="Ada@larkfield.example", email_verified=True))

    assert response.headers["Location"] == "/"
    assert signed_in_as(visit) == str(ada.pk)
    account = SocialAccount.objects.get()
    assert (account.user, account.provider, account.uid) == (ada, "larkfield", "7")
    assert User.objects.count() == 2


def test_a_linked_person_is_known_by_the_providers_id_whatever_the_address(
    visit: HttpRequest, ada: User
) -> None:
    SocialAccount.objects.create(user=ada, provider="larkfield", uid="7")

    come_back(visit, by_oidc(visit, email="other@larkfield.example"))

    assert signed_in_as(visit) == str(ada.pk)


def refused(visit: HttpRequest, login: SocialLogin, *, process: str = "login") -> str:
    before = list(User.objects.order_by("pk").values())
    links = list(SocialAccount.objects.values_list("user", "provider", "uid"))

    response = come_back(visit, login, process=process)

    assert response.status_code == 403
    assert signed_in_as(visit) is None
    assert list(User.objects.order_by("pk").values()) == before
    assert list(SocialAccount.objects.values_list("user", "provider", "uid")) == links
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize("verified", [{}, {"email_verified": False}, {"email_verified": "false"}])
def test_an_address_the_provider_did_not_verify_links_nobody(
    visit: HttpRequest, ada: User, verified: dict[str, Any]
) -> None:
    page = refused(visit, by_oidc(visit, email=ada.email, **verified))

    assert "You are not in Praxis yet" in page


def test_an_unknown_person_is_refused_with_a_page_that_says_whom_to_ask(
    visit: HttpRequest, ada: User
) -> None:
    page = refused(visit, by_oidc(visit, email="stranger@larkfield.example", email_verified=True))

    assert (
        "Larkfield sign-in signed you in as stranger@larkfield.example, and nobody who works here now has "
        "that address in Praxis. Nothing was created or changed."
    ) in page
    assert "Ask HR whether your address is right" in page
    assert 'href="/accounts/login/"' in page


def test_a_provider_that_names_no_address_is_told_as_such(visit: HttpRequest, ada: User) -> None:
    assert "did not say which e-mail address is yours" in refused(visit, by_oidc(visit))


def test_someone_who_left_is_refused_and_not_linked(visit: HttpRequest, ada: User) -> None:
    User.objects.filter(pk=ada.pk).update(status="left", is_active=False)

    refused(visit, by_oidc(visit, email=ada.email, email_verified=True))


def test_someone_who_left_and_was_linked_before_is_refused_too(visit: HttpRequest, ada: User) -> None:
    User.objects.filter(pk=ada.pk).update(status="left", is_active=False)
    SocialAccount.objects.create(user=ada, provider="larkfield", uid="7")

    refused(visit, by_oidc(visit, email=ada.email, email_verified=True))


def test_an_address_someone_added_by_hand_does_not_attract_the_sign_in_of_its_owner(
    visit: HttpRequest, ada: User, bruno: User
) -> None:
    EmailAddress.objects.create(user=bruno, email=ada.email, verified=True)

    come_back(visit, by_oidc(visit, email=ada.email, email_verified=True))

    assert signed_in_as(visit) == str(ada.pk)


@pytest.mark.parametrize(
    ("domains", "address", "lets_in"),
    [
        ("larkfield.example", "ada@larkfield.example", True),
        ("other.example, LARKFIELD.example", "ada@larkfield.example", True),
        ("other.example", "ada@larkfield.example", False),
        ("field.example", "ada@larkfield.example", False),
    ],
)
def test_addresses_of_the_companys_own_domains_count_as_verified(
    visit: HttpRequest, settings: Settings, ada: User, domains: str, address: str, lets_in: bool
) -> None:
    configure(settings, domains=domains)

    come_back(visit, by_oidc(visit, email=address))

    assert (signed_in_as(visit) == str(ada.pk)) is lets_in


def test_someone_signed_in_may_link_their_own_company_account_and_no_other(
    visit: HttpRequest, ada: User, bruno: User
) -> None:
    visit.user = ada

    come_back(visit, by_oidc(visit, email=ada.email, email_verified=True), process="connect")
    assert SocialAccount.objects.get().user == ada
    SocialAccount.objects.all().delete()

    refused(visit, by_oidc(visit, email=bruno.email, email_verified=True), process="connect")
    refused(visit, by_oidc(visit, email="private@elsewhere.example", email_verified=True), process="connect")


@pytest.mark.parametrize(
    "name",
    [
        "email",
        "mail",
        "urn:oid:0.9.2342.19200300.100.1.3",
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
    ],
)
def test_saml_answers_of_the_usual_providers_are_understood(
    visit: HttpRequest, settings: Settings, ada: User, name: str
) -> None:
    configure(settings, domains="larkfield.example")

    come_back(visit, by_saml(visit, {name: ["ada@larkfield.example"]}))

    assert signed_in_as(visit) == str(ada.pk)
    account = SocialAccount.objects.get()
    assert (account.provider, account.uid) == (ENTITY_ID, "ada-7")


def test_a_saml_person_is_known_by_a_stable_id_rather_than_by_the_name_id(
    visit: HttpRequest, settings: Settings, ada: User
) -> None:
    configure(settings, domains="larkfield.example")
    stable = {
        "http://schemas.microsoft.com/identity/claims/objectidentifier": ["c0ffee"],
        "email": [ada.email],
    }

    come_back(visit, by_saml(visit, stable, name_id="changes@every.day"))

    assert SocialAccount.objects.get().uid == "c0ffee"


@pytest.mark.parametrize("extra", [{}, {"email_verified": ["false"]}])
def test_a_saml_address_of_a_foreign_domain_must_be_said_to_be_verified(
    visit: HttpRequest, ada: User, extra: dict[str, list[str]]
) -> None:
    refused(visit, by_saml(visit, {"email": [ada.email], **extra}))

    come_back(visit, by_saml(visit, {"email": [ada.email], "email_verified": ["true"]}))
    assert signed_in_as(visit) == str(ada.pk)


def test_the_sign_in_page_leads_to_both_providers_by_link(db: None) -> None:
    page = Client().get("/accounts/login/").content.decode()

    assert "/accounts/oidc/larkfield/login/" in page
    assert "/accounts/saml/larkfield-saml/login/" in page


def test_following_the_saml_link_leads_to_the_provider(db: None) -> None:
    response = Client(headers={"Host": "localhost"}).get("/accounts/saml/larkfield-saml/login/")

    assert response.status_code == 302
    assert response.headers["Location"].startswith("https://sso.larkfield.example/start?SAMLRequest=")


def test_the_provider_can_read_our_saml_metadata(db: None) -> None:
    response = Client(headers={"Host": "localhost"}).get("/accounts/saml/larkfield-saml/metadata/")

    assert response.status_code == 200
    text = response.content.decode()
    assert 'entityID="http://localhost/accounts/saml/larkfield-saml/metadata/"' in text
    assert 'Location="http://localhost/accounts/saml/larkfield-saml/acs/"' in text
    assert 'WantAssertionsSigned="true"' in text


def test_an_unknown_provider_does_not_exist(db: None) -> None:
    assert Client().get("/accounts/saml/other/login/").status_code == 404
