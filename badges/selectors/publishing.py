"""What is published for verifiers: identities, keys and lists, the same for everyone who asks."""

from typing import Any

from badges.addresses import did_of, key_id, key_url
from badges.models import Issuer, IssuerKey
from badges.ob3.did import did_document
from badges.ob3.keys import Algorithm, PublicKey


def identity_document(issuer: Issuer) -> dict[str, Any]:
    """Return the document that says with which keys an issuer signs; one query.

    Retired keys stay in it, since what they signed is good; one that was given up may no longer assert anything.
    """
    keys = issuer.keys.select_related("issuer").order_by("active_from", "pk")
    return did_document(
        did_of(issuer),
        [(key_id(key), PublicKey.from_multibase(key.public_key), key.may_assert) for key in keys],
    )


def web_keys() -> dict[str, Any]:
    """Return the keys of all issuers for web tokens, as one JWK Set; one query.

    Source: RFC 7517, section 5.
    """
    keys = IssuerKey.objects.select_related("issuer").filter(compromised_at=None, algorithm=Algorithm.P256)
    return {"keys": [web_key(key) for key in keys.order_by("active_from", "pk")]}


def web_key(key: IssuerKey) -> dict[str, Any]:
    """Return one key as a JSON Web Key whose id is the address at which it stands alone."""
    return {**PublicKey.from_multibase(key.public_key).jwk(key_url(key)), "iss": did_of(key.issuer)}
