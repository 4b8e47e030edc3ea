"""The audit entries of the people whom an import changes."""

from datetime import datetime
from typing import Any

from lms.core.models import AuditEntry
from lms.people.import_plan import Facts, ImportPlan
from lms.people.import_writer import PeopleTable

AUDITED = ("email", "status", "manager", "unit", "role")


def person_entries(
    plan: ImportPlan, table: PeopleTable, *, actor: str, reason: str, at: datetime
) -> list[AuditEntry]:
    """Return an entry for each known person whose address, status, manager, unit or role changes.

    It holds these facts alone, as far as they change; managers by their public id, units and roles by their
    code, and a first employee number. New people have none: the entry of the import counts them, and what they
    began with is in their employment.

    Args:
        plan: What was written.
        table: People by key, new ones included; costs no query.
        actor: As in the audit trail.
        reason: Which import it was.
        at: Moment of the import.
    """
    entries = []
    for change in [*plan.updated, *plan.left]:
        before, after = _facts(change.before, table), _facts(change.after, table)
        if change.key in plan.adopted:
            before["employee_number"], after["employee_number"] = None, change.key
        if changed := [name for name in after if before[name] != after[name]]:
            entries.append(
                AuditEntry(
                    at=at,
                    actor=actor,
                    action="people.import_person",
                    object_type="people.user",
                    object_id=table.public_id(change.key),
                    before={name: before[name] for name in changed},
                    after={name: after[name] for name in changed},
                    reason=reason,
                )
            )
    return entries


def _facts(facts: Facts | None, table: PeopleTable) -> dict[str, Any]:
    values = {name: getattr(facts, name) for name in AUDITED}
    manager = values["manager"]
    return {**values, "manager": None if manager is None else table.public_id(manager)}
