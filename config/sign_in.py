"""Company sign-in (OpenID Connect, SAML), configured by environment variables alone."""

from typing import Any

from config.env import Environment

App = dict[str, Any]


def openid_connect_apps(env: Environment) -> list[App]:
    """Return the configured OpenID Connect provider as a list of one, or an empty list."""
    values = env.require_together("OIDC_ID", "OIDC_SERVER_URL", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET")
    if values is None:
        return []
    return [
        {
            "provider_id": values["OIDC_ID"],
            "name": env.get("OIDC_NAME"),
            "client_id": values["OIDC_CLIENT_ID"],
            "secret": values["OIDC_CLIENT_SECRET"],
            "settings": {"server_url": values["OIDC_SERVER_URL"], "oauth_pkce_enabled": True},
        }
    ]


def saml_apps(env: Environment) -> list[App]:
    """Return the configured SAML identity provider as a list of one, or an empty list."""
    values = env.require_together("SAML_ID", "SAML_ENTITY_ID", "SAML_METADATA_URL")
    if values is None:
        return []
    return [
        {
            "provider_id": values["SAML_ENTITY_ID"],
            "client_id": values["SAML_ID"],
            "name": env.get("SAML_NAME"),
            "settings": {
                "attribute_mapping": {"uid": "uid", "email": "email", "email_verified": "email_verified"},
                "idp": {"entity_id": values["SAML_ENTITY_ID"], "metadata_url": values["SAML_METADATA_URL"]},
            },
        }
    ]
