"""What changes people: their status, the reporting lines, and the import from the HR system."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lms.core.errors import ActionRefused
from lms.core.models import AuditEntry
from lms.core.services import write_audit_entry
from lms.people.batches import BATCH, in_batches
from lms.people.hr_export import read_export
from lms.people.import_audit import person_entries
from lms.people.import_plan import ImportPlan, plan_import
from lms.people.import_writer import PeopleTable, PlanWriter
from lms.people.models import Employment, PersonChange, ReportingLine, User
from lms.people.permissions import ADMINS, PERSONA_GROUPS
from lms.people.reporting_lines import closure, find_circles
from lms.people.selectors import company_today
from lms.people.sessions import end_sessions

logger = logging.getLogger(__name__)

HR = "hr"


def note_changes(*, people: Iterable[int]) -> None:
    """Note, in the caller's transaction, that facts about people changed; who keeps audiences reads it later.

    Args:
        people: Primary keys, each noted once.
    """
    PersonChange.objects.bulk_create(
        [PersonChange(person_id=pk) for pk in sorted(set(people))], batch_size=BATCH
    )


@transaction.atomic
def set_person_status(*, person: User, status: User.Status, actor: str, reason: str = "") -> User:
    """Decide here where a person stands with the company, and with it whether they may sign in.

    Whoever may no longer sign in is signed out everywhere at once. Whoever leaves also ends their current
    employment today. Records, enrollments and history stay. A suspension made here outranks the HR system,
    one that HR made and that is confirmed here too; any other status but `LEFT` lifts it.

    Args:
        person: Whom it is about.
        status: What holds from now on; the one they have already changes nothing.
        actor: As in the audit trail.
        reason: Why, in the actor's words.

    Raises:
        ActionRefused: People would lock themselves out, or the last administrator.
    """
    _wait_for_others()  # An import under way would write the status it read before.
    person = User.objects.select_for_update().get(pk=person.pk)
    if status not in User.MAY_SIGN_IN:
        _refuse_locking_out(person, actor)
    before = _standing(person)
    was_held = User.objects.suspended_locally().filter(pk=person.pk).exists()
    is_held = status == User.Status.SUSPENDED or (status == User.Status.LEFT and was_held)
    person.status, person.suspended_by = status, User.Suspender.LOCAL if is_held else ""
    if (after := _standing(person)) == before:
        return person
    person.save(update_fields=["status", "suspended_by"])
    if status not in User.MAY_SIGN_IN:
        end_sessions([person.pk])
        person.refresh_from_db(fields=["password"])
    if status == User.Status.LEFT:
        _end_employments([person.pk], company_today())
    note_changes(people=[person.pk])
    write_audit_entry(
        actor=actor,
        action="people.set_status",
        object_type="people.user",
        object_id=str(person.public_id),
        before={name: value for name, value in before.items() if value != after[name]},
        after={name: value for name, value in after.items() if value != before[name]},
        reason=reason,
    )
    return person


def _refuse_locking_out(person: User, actor: str) -> None:
    """Refuse what a person should not do here; what an HR system reports is a fact and always goes through.

    Raises:
        ActionRefused: Someone would lock out themselves, or the last administrator.
    """
    if actor == person.as_actor:
        raise ActionRefused(
            _("You cannot end your own access. Nothing has changed. Ask another administrator to do it.")
        )
    if actor.startswith("user:"):
        _refuse_losing_last_admin(person)


def _refuse_losing_last_admin(person: User) -> None:
    """Refuse to go on when nobody else would be left to administer; to be asked behind `_wait_for_others`.

    A break-glass account does not count: it is for emergencies, and not everyone can reach it. One query.

    Raises:
        ActionRefused: The person is the last administrator who may sign in.
    """
    admins = User.objects.current().filter(groups__name=ADMINS).values_list("pk", flat=True)[:2]
    if list(admins) == [person.pk]:
        raise ActionRefused(
            _(
                "%(name)s is the last administrator who may sign in. Nothing has changed. Make someone else an "
                "administrator first."
            )
            % {"name": person}
        )


def _standing(person: User) -> dict[str, Any]:
    return {"status": person.status, "suspended_by": person.suspended_by}


def _end_employments(people: list[int], last_day: date) -> None:
    current = list(Employment.objects.filter(person__in=people, effective_to=None))
    for employment in current:
        employment.effective_to = max(employment.effective_from, last_day)
    Employment.objects.bulk_update(current, ["effective_to"], batch_size=BATCH)


@dataclass(frozen=True)
class Rebuilt:
    """What rebuilding the reporting lines changed.

    Attributes:
        written: Pairs that are new or have another distance.
        removed: Pairs that no longer hold.
        circles: Primary keys of people who report to each other; the first counts as having no manager.
    """

    written: int
    removed: int
    circles: tuple[tuple[int, ...], ...] = ()


@transaction.atomic
def rebuild_reporting_lines() -> Rebuilt:
    """Derive who stands above whom from the manager of everyone, writing only what differs.

    A circle ends no line in a loop: the first of its people, by primary key, is taken to have no manager.
    Nobody's manager is changed. Two queries to look, then a few for each batch of differences.
    """
    _wait_for_others()
    manager_of: dict[int, int | None] = dict(User.objects.order_by("pk").values_list("pk", "manager"))
    circles = tuple(find_circles(manager_of))
    for circle in circles:
        logger.warning(
            "people %s report to each other in a circle; the first is taken to have no manager", circle
        )
        manager_of[circle[0]] = None
    wanted = closure(manager_of)
    stored = {
        (manager, report): (pk, depth)
        for pk, manager, report, depth in ReportingLine.objects.values_list(
            "pk", "manager", "report", "depth"
        )
    }
    stale = [pk for pair, (pk, _depth) in stored.items() if pair not in wanted]
    fresh = [
        ReportingLine(manager_id=pair[0], report_id=pair[1], depth=depth)
        for pair, depth in wanted.items()
        if pair not in stored or stored[pair][1] != depth
    ]
    ReportingLine.objects.bulk_create(
        fresh,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["manager", "report"],
        update_fields=["depth"],
    )
    for batch in in_batches(stale):
        ReportingLine.objects.filter(pk__in=batch).delete()
    note_changes(
        people=[line.report_id for line in fresh] + [pair[1] for pair in stored if pair not in wanted]
    )
    return Rebuilt(written=len(fresh), removed=len(stale), circles=circles)


@dataclass(frozen=True)
class ImportResult:
    """What an import did, or would do.

    Attributes:
        plan: Every change, error and warning.
        is_applied: False after a dry run, and when the plan is blocked.
    """

    plan: ImportPlan
    is_applied: bool

    def counts(self) -> dict[str, int]:
        """Return how many people and rows are concerned, by what happens to them."""
        return {
            "created": len(self.plan.created),
            "updated": len(self.plan.updated),
            "unchanged": self.plan.unchanged,
            "left": len(self.plan.left),
            "rejected": len({issue.line for issue in self.plan.errors}),
            "warnings": len(self.plan.warnings),
        }


@transaction.atomic
def import_people(
    *,
    content: bytes,
    actor: str,
    today: date,
    source: str = HR,
    dry_run: bool = False,
    deactivate_missing: bool = False,
    allow_mass_deactivation: bool = False,
) -> ImportResult:
    """Bring people in step with an HR export; importing the same file again changes nothing.

    All is computed first and then written in sets. Good rows are imported even if others are refused. A name
    to be called by, a language and a time zone that a person has are theirs and stay; only a new location
    brings its time zone. A row without a status leaves the status as it is, and makes a new person active;
    whoever was suspended here stays so, unless they leave. Whoever is in Praxis without an employee number, as
    the first administrator is, gets that of the row with their address, and a warning names them.

    The audit trail gets an entry of the import and one of each known person whose address, status, manager, unit
    or role changed; new people have none of their own.

    Args:
        content: The file, see `hr_export`.
        actor: As in the audit trail.
        today: Day on which changes begin to hold.
        source: Name of the HR system; employee numbers are unique within it.
        dry_run: Compute the result and change nothing.
        deactivate_missing: People of this source whom the file no longer names have left.
        allow_mass_deactivation: More than 5 % of the people (10 at least) may leave at once.

    Raises:
        UnreadableExport: The file as a whole cannot be read.
    """
    export = read_export(content)
    _wait_for_others()
    table = PeopleTable(source)
    plan = plan_import(
        export,
        table.known,
        deactivate_missing=deactivate_missing,
        allow_mass_deactivation=allow_mass_deactivation,
    )
    if dry_run or plan.blocked:
        return ImportResult(plan, is_applied=False)
    writer = PlanWriter(table, plan, today=today)
    end_sessions(writer.write())
    note_changes(people=writer.touched())
    rebuild_reporting_lines()
    result = ImportResult(plan, is_applied=True)
    at, digest = timezone.now(), sha256(content).hexdigest()
    people = person_entries(plan, table, actor=actor, reason=f"HR export {digest}", at=at)
    AuditEntry.objects.bulk_create(people, batch_size=BATCH)
    write_audit_entry(
        actor=actor,
        action="people.import",
        object_type="people.hr_export",
        object_id=digest,
        after=_import_facts(result, source),
        at=at,
    )
    return result


def _import_facts(result: ImportResult, source: str) -> dict[str, Any]:
    return {
        "source": source,
        **result.counts(),
        "numbers_left": [change.key for change in result.plan.left],
    }


def _wait_for_others() -> None:
    """Let imports and rebuilds follow one another; SQLite does so anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('lms.people'))")


@transaction.atomic
def set_persona(*, person: User, persona: str, holds: bool, actor: str, reason: str = "") -> None:
    """Make someone an author, reviewer or admin, or take that back; what holds already changes nothing.

    Args:
        person: Whom it is about.
        persona: One of `permissions.PERSONA_GROUPS`.
        holds: Whether they shall be one from now on.
        actor: As in the audit trail.
        reason: Why, in the actor's words.

    Raises:
        ActionRefused: There is no such persona; or people would stop being an administrator by themselves, or
            the last administrator would.
    """
    if persona not in PERSONA_GROUPS:
        raise ActionRefused(f"{persona} is none of: {', '.join(sorted(PERSONA_GROUPS))}.")
    _wait_for_others()  # Two administrators who remove each other: the second finds that they are the last.
    group = Group.objects.get(name=PERSONA_GROUPS[persona])
    if person.groups.filter(pk=group.pk).exists() == holds:
        return
    if group.name == ADMINS and not holds:
        _refuse_removing_admin(person, actor)
    if holds:
        person.groups.add(group)
    else:
        person.groups.remove(group)
    write_audit_entry(
        actor=actor,
        action="people.set_persona",
        object_type="people.user",
        object_id=str(person.public_id),
        before={persona: not holds},
        after={persona: holds},
        reason=reason,
    )


def _refuse_removing_admin(person: User, actor: str) -> None:
    """Refuse to leave the company without an administrator.

    Raises:
        ActionRefused: It is the person's own doing, or nobody else administers.
    """
    if actor == person.as_actor:
        raise ActionRefused(
            _(
                "You cannot stop being an administrator by yourself. Nothing has changed. Ask another "
                "administrator to do it."
            )
        )
    _refuse_losing_last_admin(person)
