"""Company sign-in (OpenID Connect, SAML), configured by environment variables alone.

An address links a person to their company account only when it is verified: because the provider says so, or
because `PRAXIS_SIGN_IN_DOMAINS` names its domain. Many providers never say so, Entra and most SAML providers
among them.
"""

from typing import Any

from config.env import Environment

App = dict[str, Any]

# Names under which providers send facts: the SAML subject-id profile, plain names, Entra, LDAP object ids.
# Without a stable id the NameID is taken.
SAML_ATTRIBUTES = {
    "uid": [
        "urn:oasis:names:tc:SAML:attribute:subject-id",
        "urn:oasis:names:tc:SAML:attribute:pairwise-id",
        "http://schemas.microsoft.com/identity/claims/objectidentifier",
    ],
    "email": [
        "email",
        "mail",
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
        "urn:oid:0.9.2342.19200300.100.1.3",
    ],
    "email_verified": ["email_verified", "http://schemas.auth0.com/email_verified"],
}


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
            "settings": {
                "server_url": values["OIDC_SERVER_URL"],
                "oauth_pkce_enabled": True,
                "verified_email": env.get("SIGN_IN_DOMAINS"),
            },
        }
    ]


def saml_apps(env: Environment) -> list[App]:
    """Return the configured SAML identity provider as a list of one, or an empty list.

    allauth calls the entity id `provider_id`, and `client_id` the name in our addresses
    (`/accounts/saml/<SAML_ID>/metadata/` is what the provider asks for).
    """
    values = env.require_together("SAML_ID", "SAML_ENTITY_ID", "SAML_METADATA_URL")
    if values is None:
        return []
    return [
        {
            "provider_id": values["SAML_ENTITY_ID"],
            "client_id": values["SAML_ID"],
            "name": env.get("SAML_NAME"),
            "settings": {
                "attribute_mapping": SAML_ATTRIBUTES,
                "verified_email": env.get("SIGN_IN_DOMAINS"),
                "idp": {"entity_id": values["SAML_ENTITY_ID"], "metadata_url": values["SAML_METADATA_URL"]},
                "advanced": {
                    "strict": True,
                    "allow_single_label_domains": True,  # hosts inside a company often have no dot
                    "want_assertion_signed": True,
                    "reject_deprecated_algorithm": True,
                    "reject_idp_initiated_sso": True,
                },
            },
        }
    ]
