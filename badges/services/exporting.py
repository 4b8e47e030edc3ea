"""Everything that a person holds, in one file that they take along."""

import json
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from badges.models import Issuer, SignedCredential
from badges.models.awards import new_salt
from badges.ob3.clr import learner_record
from badges.ob3.credentials import identity_object
from badges.ob3.data_integrity import sign_credential
from badges.ob3.keys import Algorithm
from badges.selectors.awards import awards_to_take_along
from badges.selectors.holders import addresses_of
from badges.services.issuers import active_key
from badges.services.signing import issuer_profile, signed_texts
from badges.signing_keys import signer_of
from lms.people.models import User


def export_credentials(*, person: User, at: datetime) -> list[dict[str, Any]]:
    """Return a signed learner record (CLR 2.0) of each issuer with all that a person holds from it.

    Args:
        person: Whose; whoever may see their pages changes nothing here.
        at: Now; goes into the records.

    Returns:
        In the order of the issuers' names; empty when the person holds nothing.
    """
    awards = list(awards_to_take_along(person))
    texts = signed_texts(awards=awards, format=SignedCredential.Format.JSON, at=at)
    held: dict[Issuer, list[dict[str, Any]]] = {}
    for award in awards:
        if award.pk in texts:
            held.setdefault(award.achievement.issuer, []).append(json.loads(texts[award.pk]))
    if not held:
        return []
    named = addresses_of({person.pk: person})[person.pk]
    return [_record(named, issuer, held[issuer], at) for issuer in sorted(held, key=_by_name)]


def _by_name(issuer: Issuer) -> tuple[str, int]:
    return issuer.name, issuer.pk


def _record(
    named: Sequence[str], issuer: Issuer, credentials: list[dict[str, Any]], at: datetime
) -> dict[str, Any]:
    salt = new_salt()
    unsigned = learner_record(
        id=f"urn:uuid:{uuid.uuid4()}",
        issuer=issuer_profile(issuer),
        name=_("Credentials from %(issuer)s") % {"issuer": issuer.name},
        identifiers=[identity_object(each, salt) for each in named],
        credentials=credentials,
        valid_from=at,
    )
    signer = signer_of(active_key(issuer, Algorithm.ED25519))
    return sign_credential(unsigned, signer=signer, created=at)
