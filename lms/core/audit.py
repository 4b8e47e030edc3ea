"""The hash chain of the audit trail, as plain functions.

Each sealed entry carries ``sha256(previous digest + canonical JSON of the entry)``. Changing, removing,
swapping or inserting an entry breaks every digest from there on. Someone who may rewrite the whole database
can also rewrite the whole chain: keep the head that `verify_audit_trail` prints somewhere else, and compare.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC
from decimal import Context, Decimal
from typing import Any

from lms.core.models import AuditEntry

CHAINED_FIELDS = [
    "id",
    "position",
    "actor",
    "action",
    "object_type",
    "object_id",
    "before",
    "after",
    "reason",
]
EXACT = Context(prec=5000)  # more digits than Python reads or writes in one integer


def entry_digest(entry: AuditEntry, previous: str) -> str:
    """Return the digest of a sealed entry, 64 hexadecimal digits, from that of the entry before it.

    The entry must have been read from the database: what was saved may differ from what is stored, such as a
    date from its text.
    """
    content: dict[str, Any] = {field: getattr(entry, field) for field in CHAINED_FIELDS}
    content["at"] = entry.at.astimezone(UTC).isoformat(timespec="microseconds")
    return hashlib.sha256(f"{previous}{canonical_json(content)}".encode()).hexdigest()


def canonical_json(value: Any) -> str:
    """Return the one text of a JSON value, whichever database it comes from.

    Keys are sorted, and equal numbers look equal: PostgreSQL gives 1e300 back as an integer of 301 digits.
    """
    if isinstance(value, dict):
        members = (f"{json.dumps(key)}:{canonical_json(value[key])}" for key in sorted(value))
        return f"{{{','.join(members)}}}"
    if isinstance(value, list):
        return f"[{','.join(canonical_json(item) for item in value)}]"
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _canonical_number(value)
    return json.dumps(value)


def _canonical_number(value: float) -> str:
    number = EXACT.plus(Decimal(repr(value)).normalize(EXACT))  # plus: minus zero is zero
    return f"{number:f}" if -20 <= number.adjusted() <= 20 else f"{number:E}"


def set_entry_digest(entry: AuditEntry, previous: str) -> str:
    """Store and return the digest of an entry that has just received its position."""
    entry.digest = entry_digest(entry, previous)
    return entry.digest


@dataclass(frozen=True)
class Verification:
    """The outcome of walking the chain.

    Attributes:
        checked: Entries found intact before the first fault, which is at position `checked` + 1.
        fault: What is wrong and where, for an operator; empty when the whole chain holds.
        digest: Digest of the last intact entry; empty when there is none.
    """

    checked: int
    fault: str = ""
    digest: str = ""


def verify_chain(entries: Iterable[AuditEntry], *, head_position: int, head_digest: str) -> Verification:
    """Walk sealed entries in order of position and stop at the first that does not fit.

    Args:
        entries: All sealed entries, lowest position first.
        head_position: Position that the last entry must have.
        head_digest: Digest that the last entry must have.
    """
    digest, checked = "", 0
    for entry in entries:
        fault = _fault(entry, previous=digest, expected=checked + 1, head_position=head_position)
        if fault:
            return Verification(checked, fault, digest)
        digest, checked = entry.digest, checked + 1
    if checked != head_position:
        return Verification(
            checked, f"Entry {checked + 1} is missing; there should be {head_position}", digest
        )
    if digest != head_digest:
        return Verification(checked, "The chain holds but does not end as its head says", digest)
    return Verification(checked, digest=digest)


def _fault(entry: AuditEntry, *, previous: str, expected: int, head_position: int) -> str:
    """Return what is wrong with the entry that should stand at that position; empty when it is right."""
    if expected > head_position:
        return (
            f"Entry {entry.position} (row {entry.pk}) was added behind the end of the chain, {head_position}"
        )
    if entry.position != expected:
        return f"Entry {expected} is missing; entry {entry.position} (row {entry.pk}) follows"
    if entry.digest != entry_digest(entry, previous):
        return f"Entry {expected} (row {entry.pk}) is not as it was when it was sealed"
    return ""
