"""All credentials of one person in one file: a `ClrCredential` of the Comprehensive Learner Record 2.0.

The record is signed by who issued what is in it, and says no more than that these belong together: each credential
inside keeps its own signature, and can be taken out and verified by itself.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from badges.ob3.contexts.loader import CREDENTIALS_V2, LEARNER_RECORD, OPEN_BADGES, OPEN_BADGES_EXTENSIONS
from badges.ob3.credentials import Issuer, issuer_profile
from badges.ob3.data_model import LEARNER_RECORD_TYPE
from badges.ob3.moments import write_moment

# The first three in this order are the standard's. As in a badge, the fourth gives the type of the schema its meaning.
CONTEXTS = [CREDENTIALS_V2, LEARNER_RECORD, OPEN_BADGES, OPEN_BADGES_EXTENSIONS]

SCHEMA = {
    "id": "https://purl.imsglobal.org/spec/clr/v2p0/schema/json/clr_v2p0_clrcredential_schema.json",
    "type": "1EdTechJsonSchemaValidator2019",
}


def learner_record(
    *,
    id: str,  # noqa: A002 - what the standard calls it
    issuer: Issuer,
    name: str,
    identifiers: Sequence[dict[str, Any]],
    credentials: Sequence[dict[str, Any]],
    valid_from: datetime,
) -> dict[str, Any]:
    """Return the unsigned record.

    Args:
        id: Its URN; another for every record.
        issuer: Who vouches for it.
        name: Its title.
        identifiers: What `identity_object` returns, for each address of the holder.
        credentials: Signed ones, at least one.
        valid_from: When it was put together.

    Raises:
        ValueError: It would hold no credential; the standard wants one at least.
    """
    if not credentials:
        raise ValueError("A learner record holds at least one credential")
    return {
        "@context": list(CONTEXTS),
        "id": id,
        "type": ["VerifiableCredential", LEARNER_RECORD_TYPE],
        "name": name,
        "issuer": issuer_profile(issuer),
        "validFrom": write_moment(valid_from),
        "credentialSubject": {
            "type": ["ClrSubject"],
            "identifier": [dict(identifier) for identifier in identifiers],
            "verifiableCredential": list(credentials),
        },
        "credentialSchema": [dict(SCHEMA)],
    }
