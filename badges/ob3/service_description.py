"""What the Open Badges API of this host can do: the part of its OpenAPI document that is about this host.

Source: Open Badges 3.0, section 6.3 Service Discovery Endpoint.
"""

from collections.abc import Mapping
from typing import Any

REFUSED = {"description": "The request was refused; the body is an Imsx_StatusInfo that says why."}


def service_description(
    *,
    title: str,
    base_url: str,
    authorization_url: str,
    token_url: str,
    scopes: Mapping[str, str],
    read_credentials: str,
    read_profile: str,
) -> dict[str, Any]:
    """Return the description.

    Args:
        title: Name of this host.
        base_url: Where the API stands, without a slash at its end.
        authorization_url: Where a person lets a program in.
        token_url: Where a program gets and renews its token.
        scopes: What each scope lets a program do.
        read_credentials: The scope that reading credentials takes.
        read_profile: The scope that reading the profile takes.
    """
    return {
        "openapi": "3.0.1",
        "info": {"title": title, "version": "3.0"},
        "servers": [{"url": base_url}],
        "paths": {
            "/discovery": {"get": _operation("getServiceDescription", "What this host can do.")},
            "/credentials": {
                "get": {
                    **_operation("getCredentials", "The credentials of the person who let the program in."),
                    "parameters": [
                        _parameter("limit", "How many at most.", {"type": "integer", "minimum": 1}),
                        _parameter("offset", "How many to leave out.", {"type": "integer", "minimum": 0}),
                        _parameter(
                            "since", "Only what began after.", {"type": "string", "format": "date-time"}
                        ),
                    ],
                    "security": [{"OAuth2ACG": [read_credentials]}],
                }
            },
            "/profile": {
                "get": {
                    **_operation("getProfile", "Who let the program in."),
                    "security": [{"OAuth2ACG": [read_profile]}],
                }
            },
        },
        "components": {
            "securitySchemes": {
                "OAuth2ACG": {
                    "type": "oauth2",
                    "description": "OAuth 2.0 authorization code with PKCE (S256)",
                    "x-imssf-name": title,
                    "flows": {
                        "authorizationCode": {
                            "authorizationUrl": authorization_url,
                            "tokenUrl": token_url,
                            "refreshUrl": token_url,
                            "scopes": dict(scopes),
                        }
                    },
                }
            }
        },
    }


def _operation(name: str, summary: str) -> dict[str, Any]:
    answer = {"description": summary, "content": {"application/json": {}}}
    return {"operationId": name, "summary": summary, "responses": {"200": answer, "default": REFUSED}}


def _parameter(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}
