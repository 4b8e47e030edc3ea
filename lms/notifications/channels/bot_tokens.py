"""Whether a request comes from Teams: the token it carries, and the keys with which such tokens are signed.

Source: Azure AI Bot Service, Authentication with the Bot Connector API, section on verifying the JWT token.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from lms.core.errors import ActionRefused
from lms.core.fetching import fetch_document

ISSUER = "https://api.botframework.com"
CHANNEL = "msteams"
SKEW = 5 * 60
MOST_BYTES = 500_000
KEPT = 24 * 60 * 60
BETWEEN_LOOKS = 5 * 60
"""Somebody who makes up key ids must not make us fetch the keys each time."""
KEYS = "notifications.teams.keys"
LOOKED = "notifications.teams.looked"


class NotFromTeams(Exception):
    """A request proves nothing; the message says why, for whoever sets up the bot."""


class KeysUnknown(Exception):
    """It cannot be told: the keys could not be had."""


@dataclass(frozen=True)
class Proven:
    """What a token proves.

    Attributes:
        service_url: The only service that may be spoken to in answer.
        channels: Whose requests may be signed with that key.
    """

    service_url: str
    channels: frozenset[str]

    def allows(self, activity: Mapping[str, Any]) -> bool:
        """Whether a request may say what it says: from Teams, from our directory, answered at that service."""
        tenant = _tenant_of(activity)
        return (
            activity.get("channelId") == CHANNEL
            and CHANNEL in self.channels
            and activity.get("serviceUrl") == self.service_url
            and tenant == settings.PRAXIS_TEAMS_TENANT_ID
        )


def _tenant_of(activity: Mapping[str, Any]) -> str:
    for holder in (activity.get("channelData"), activity.get("conversation")):
        if not isinstance(holder, dict):
            continue
        tenant = holder.get("tenant")
        found = tenant.get("id") if isinstance(tenant, dict) else holder.get("tenantId")
        if found:
            return str(found)
    return ""


def prove(authorization: str, now: datetime) -> Proven:
    """Return what the token of a request proves.

    Args:
        authorization: The header, which begins with ``Bearer``.
        now: The present.

    Raises:
        NotFromTeams: It was not signed by the service, not for us, or ended more than five minutes ago.
        KeysUnknown: The keys could not be had.
    """
    scheme, _space, text = authorization.partition(" ")
    if scheme.lower() != "bearer" or not text.isascii():
        raise NotFromTeams("There is no token.")
    try:
        token, endorsements = _verified(text)
        service_url = str(token.claims.get("serviceurl") or token.claims.get("serviceUrl") or "")
        _claims(now).validate(token.claims)
    except (JoseError, ValueError, TypeError) as error:
        raise NotFromTeams(f"The token is not valid: {type(error).__name__}") from error
    if not service_url:
        raise NotFromTeams("The token names no service.")
    return Proven(service_url, endorsements)


def _claims(now: datetime) -> jwt.JWTClaimsRegistry:
    return jwt.JWTClaimsRegistry(
        now=int(now.timestamp()),
        leeway=SKEW,
        iss={"essential": True, "value": ISSUER},
        aud={"essential": True, "value": settings.PRAXIS_TEAMS_APP_ID},
        exp={"essential": True},
    )


def _verified(text: str) -> tuple[jwt.Token, frozenset[str]]:
    """Return a token whose signature fits, and what its key may sign; an unknown key is looked for once more."""
    try:
        return _verified_with(_keys(), text)
    except InvalidKeyIdError:
        if not cache.add(LOOKED, True, BETWEEN_LOOKS):
            raise
        return _verified_with(_fetched_keys(), text)


def _verified_with(keys: dict[str, Any], text: str) -> tuple[jwt.Token, frozenset[str]]:
    token = jwt.decode(text, KeySet.import_key_set(keys), algorithms=["RS256"])  # type: ignore[arg-type]
    key_id = token.header.get("kid")
    own: dict[str, Any] = next((key for key in keys["keys"] if key_id and key.get("kid") == key_id), {})
    return token, frozenset(own.get("endorsements", ()))


def _keys() -> dict[str, Any]:
    fetched_at, keys = cache.get(KEYS) or (0.0, None)
    is_fresh = timezone.now().timestamp() - fetched_at < KEPT  # by our clock, whatever that of the cache says
    return keys if keys is not None and is_fresh else _fetched_keys()


def _fetched_keys() -> dict[str, Any]:
    try:
        keys: dict[str, Any] = _document(_document(settings.PRAXIS_TEAMS_OPENID_URL)["jwks_uri"])
        KeySet.import_key_set(keys)  # type: ignore[arg-type]
    except (ActionRefused, JoseError, ValueError, KeyError, TypeError) as error:
        raise KeysUnknown(f"The keys of Teams could not be had: {error}") from error
    cache.set(KEYS, (timezone.now().timestamp(), keys), KEPT)
    return keys


def _document(url: str) -> Any:
    # Whoever runs Praxis has named the first address, and what stands there the second.
    hosts = settings.PRAXIS_INTERNAL_HOSTS
    return json.loads(fetch_document(url, most_bytes=MOST_BYTES, allow_hosts=hosts))
