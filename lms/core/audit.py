"""The hash chain of the audit trail, as plain functions.

Each sealed entry carries ``sha256(previous digest + canonical JSON of the entry)``. Changing, removing, swapping or
inserting an entry breaks every digest from there on; keeping the head elsewhere also shows a cut-off tail.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from lms.core.models import AuditEntry

CHAINED_FIELDS = ["position", "actor", "action", "object_type", "object_id", "before", "after", "reason"]


def entry_digest(entry: AuditEntry, previous: str) -> str:
    """Return the digest of a sealed entry, 64 hexadecimal digits, from that of the entry before it."""
    content: dict[str, Any] = {field: getattr(entry, field) for field in CHAINED_FIELDS}
    content["at"] = entry.at.timestamp()
    text = json.dumps(content, cls=DjangoJSONEncoder, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{previous}{text}".encode()).hexdigest()


def set_entry_digest(entry: AuditEntry, previous: str) -> str:
    """Store and return the digest of an entry that has just received its position."""
    entry.digest = entry_digest(entry, previous)
    return entry.digest


@dataclass(frozen=True)
class Verification:
    """The outcome of walking the chain.

    Attributes:
        checked: Entries found intact before the first fault.
        fault: What is wrong and where, for an operator; empty when the whole chain holds.
    """

    checked: int
    fault: str = ""


def verify_chain(entries: Iterable[AuditEntry], *, head_position: int, head_digest: str) -> Verification:
    """Walk sealed entries in order of position and stop at the first that does not fit.

    Args:
        entries: All sealed entries, lowest position first.
        head_position: Position that the last entry must have.
        head_digest: Digest that the last entry must have.
    """
    previous, expected = "", 0
    for entry in entries:
        expected += 1
        if entry.position != expected:
            return Verification(expected - 1, f"entry {expected} is missing; position {entry.position} follows")
        if entry.digest != entry_digest(entry, previous):
            return Verification(expected - 1, f"entry {expected} (row {entry.pk}) was changed after it was sealed")
        previous = entry.digest
    if (expected, previous) != (head_position, head_digest):
        return Verification(expected, f"the chain ends at {expected}, its head says {head_position}")
    return Verification(expected)
