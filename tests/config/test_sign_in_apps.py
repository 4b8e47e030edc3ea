"""Company sign-in comes from the environment alone."""

from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from config.env import Environment
from config.sign_in import SAML_ATTRIBUTES, openid_connect_apps, saml_apps

OIDC = {
    "PRAXIS_OIDC_ID": "larkfield",
    "PRAXIS_OIDC_SERVER_URL": "https://login.larkfield.example",
    "PRAXIS_OIDC_CLIENT_ID": "praxis",
    "PRAXIS_OIDC_CLIENT_SECRET": "hunter2",
}
SAML = {
    "PRAXIS_SAML_ID": "larkfield",
    "PRAXIS_SAML_ENTITY_ID": "https://sso.larkfield.example/entity",
    "PRAXIS_SAML_METADATA_URL": "https://sso.larkfield.example/metadata",
}


def test_without_variables_there_is_no_company_sign_in() -> None:
    assert openid_connect_apps(Environment({})) == []
    assert saml_apps(Environment({})) == []
    assert settings.SOCIALACCOUNT_PROVIDERS == {"openid_connect": {"APPS": []}, "saml": {"APPS": []}}


def test_openid_connect_is_set_up_with_pkce() -> None:
    env = Environment(
        {**OIDC, "PRAXIS_OIDC_NAME": "Larkfield", "PRAXIS_SIGN_IN_DOMAINS": "larkfield.example"}
    )

    assert openid_connect_apps(env) == [
        {
            "provider_id": "larkfield",
            "name": "Larkfield",
            "client_id": "praxis",
            "secret": "hunter2",
            "settings": {
                "server_url": "https://login.larkfield.example",
                "oauth_pkce_enabled": True,
                "verified_email": ["larkfield.example"],
            },
        }
    ]
    assert saml_apps(env) == []


def test_saml_is_set_up_to_want_signed_assertions_that_we_asked_for() -> None:
    assert saml_apps(Environment(SAML)) == [
        {
            "provider_id": "https://sso.larkfield.example/entity",
            "client_id": "larkfield",
            "name": "Company sign-in",
            "settings": {
                "attribute_mapping": SAML_ATTRIBUTES,
                "verified_email": [],
                "idp": {
                    "entity_id": "https://sso.larkfield.example/entity",
                    "metadata_url": "https://sso.larkfield.example/metadata",
                },
                "advanced": {
                    "strict": True,
                    "allow_single_label_domains": True,
                    "want_assertion_signed": True,
                    "reject_deprecated_algorithm": True,
                    "reject_idp_initiated_sso": True,
                },
            },
        }
    ]


def test_the_client_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from a file\n", encoding="utf-8")
    environ = {**OIDC, "PRAXIS_OIDC_CLIENT_SECRET_FILE": str(tmp_path / "secret")}
    del environ["PRAXIS_OIDC_CLIENT_SECRET"]

    [app] = openid_connect_apps(Environment(environ))

    assert app["secret"] == "from a file"


@pytest.mark.parametrize("missing", OIDC)
def test_half_an_openid_connect_provider_stops_the_start(missing: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=f"^{missing} missing: ") as refused:
        openid_connect_apps(Environment({name: value for name, value in OIDC.items() if name != missing}))

    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("missing", SAML)
def test_half_a_saml_provider_stops_the_start(missing: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=f"^{missing} missing: "):
        saml_apps(Environment({name: value for name, value in SAML.items() if name != missing}))
