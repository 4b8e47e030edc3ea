"""What an import would do: the rows of an HR export held against the people already known, all as plain data.

People are named by a key: their employee number when the HR system knows them, else their primary key.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date

from lms.people.hr_export import HrExport, HrRow, RowIssue, unit_code
from lms.people.reporting_lines import find_circles

Key = str | int
FEW_ENOUGH_TO_LEAVE = 10
PERCENT_THAT_MAY_LEAVE = 5
CORRECTED_IN_PLACE = frozenset({"number", "hired_on"})


@dataclass(frozen=True)
class Job:
    """The facts of an employment; all but the number and the day of hire are dated by a new employment."""

    number: str
    unit: str | None
    role: str | None
    manager: Key | None
    title: str
    location: str
    employment_type: str
    hired_on: date | None


@dataclass(frozen=True)
class Facts:
    """The facts of a person, the current job included; no job once they have left."""

    email: str
    full_name: str
    preferred_name: str
    locale: str
    time_zone: str
    status: str
    role: str | None
    unit: str | None
    manager: Key | None
    job: Job | None


@dataclass(frozen=True)
class Known:
    """Who is in Praxis before the import.

    Attributes:
        people: Everyone, in order of their primary keys.
        suspended_locally: Those whom an administrator suspended, who may have left since.
        numbered_elsewhere: Those who have an employee number of another system.
    """

    people: Mapping[Key, Facts]
    suspended_locally: frozenset[Key] = frozenset()
    numbered_elsewhere: frozenset[Key] = frozenset()

    def numbers(self) -> list[str]:
        """Numbers of the people whom the HR system knows."""
        return [key for key in self.people if isinstance(key, str)]

    def to_adopt(self, rows: Iterable[HrRow]) -> dict[str, int]:
        """Return who gets their first number from a row with their address: primary keys by number.

        Not someone who left: companies give their addresses to others.
        """
        free = {
            facts.email.lower(): key
            for key, facts in self.people.items()
            if isinstance(key, int) and key not in self.numbered_elsewhere and facts.status != "left"
        }
        return {
            row.employee_number: free[row.email]
            for row in rows
            if row.email in free and row.employee_number not in self.people
        }

    def with_numbers(self, adopted: Mapping[str, int]) -> "Known":
        """Return the same people, those adopted named by their number."""
        number_of: dict[Key | None, Key] = {pk: number for number, pk in adopted.items()}

        def named(facts: Facts) -> Facts:
            job = facts.job and replace(
                facts.job, manager=number_of.get(facts.job.manager, facts.job.manager)
            )
            return replace(facts, manager=number_of.get(facts.manager, facts.manager), job=job)

        return Known(
            people={number_of.get(key, key): named(facts) for key, facts in self.people.items()},
            suspended_locally=frozenset(number_of.get(key, key) for key in self.suspended_locally),
            numbered_elsewhere=self.numbered_elsewhere,
        )


@dataclass(frozen=True)
class PersonChange:
    """What happens to one person.

    Attributes:
        key: Their employee number.
        before: None for someone new.
        after: What holds afterwards.
        row: None for someone who is missing from the file.
    """

    key: str
    before: Facts | None
    after: Facts
    row: HrRow | None = None

    @property
    def is_leaving(self) -> bool:
        """They worked here until now."""
        return self.before is not None and self.before.status != "left" and self.after.status == "left"

    @property
    def changed(self) -> tuple[str, ...]:
        """Names of the facts that change, for a preview; all of them for someone new."""
        names = _differing(self.before, self.after, skip="job")
        job, job_before = self.after.job, self.before.job if self.before else None
        return tuple(dict.fromkeys([*names, *(_differing(job_before, job) if job or job_before else ())]))

    @property
    def starts_new_employment(self) -> bool:
        """A dated fact of the job changes, or there was no job."""
        before = self.before.job if self.before else None
        return self.after.job is not None and bool(
            set(_differing(before, self.after.job)) - CORRECTED_IN_PLACE
        )


def _differing(before: Facts | Job | None, after: Facts | Job | None, *, skip: str = "") -> tuple[str, ...]:
    names = [item.name for item in fields(after or before or Facts) if item.name != skip]
    return tuple(name for name in names if getattr(before, name, ...) != getattr(after, name, ...))


@dataclass(frozen=True)
class ImportPlan:
    """Every change that an import makes, and what it could not use.

    Attributes:
        created: New people.
        updated: People of whom some fact changes.
        left: People who worked here until now and no longer do.
        adopted: Primary keys of people in Praxis to whom the file gives their first number, by that number.
        unchanged: How many rows change nothing.
        errors: Refused rows.
        warnings: Rows used with a doubt.
        blocked: Why nothing is applied although it could be; empty otherwise.
    """

    created: tuple[PersonChange, ...] = ()
    updated: tuple[PersonChange, ...] = ()
    left: tuple[PersonChange, ...] = ()
    adopted: Mapping[str, int] = field(default_factory=dict)
    unchanged: int = 0
    errors: tuple[RowIssue, ...] = ()
    warnings: tuple[RowIssue, ...] = ()
    blocked: str = ""


def plan_import(
    export: HrExport, known: Known, *, deactivate_missing: bool = False, allow_mass_deactivation: bool = False
) -> ImportPlan:
    """Return what importing the rows means.

    Args:
        export: The file, read.
        known: Everyone in Praxis.
        deactivate_missing: People whom the HR system knew and no longer names have left.
        allow_mass_deactivation: More people may leave at once than 5 % of those here, 10 at least.
    """
    adopted = known.to_adopt(export.rows)
    known = known.with_numbers(adopted) if adopted else known
    planner = _Planner(export, known)
    planner.warn_of_adoptions(adopted)
    changes = planner.changes()
    left = [change for change in changes if change.is_leaving]
    if deactivate_missing:
        left += planner.missing()
    kept = [change for change in changes if not change.is_leaving]
    return ImportPlan(
        created=tuple(change for change in kept if change.before is None),
        updated=tuple(change for change in kept if change.before is not None and change.changed),
        left=tuple(left),
        adopted=adopted,
        unchanged=sum(not change.changed for change in kept),
        errors=tuple(sorted([*export.errors, *planner.errors], key=_line)),
        warnings=tuple(sorted([*export.warnings, *planner.warnings], key=_line)),
        blocked="" if allow_mass_deactivation else _too_many_leave(len(left), known),
    )


def _line(issue: RowIssue) -> int:
    return issue.line


def _too_many_leave(count: int, known: Known) -> str:
    here = sum(known.people[number].status != "left" for number in known.numbers())
    most = max(FEW_ENOUGH_TO_LEAVE, here * PERCENT_THAT_MAY_LEAVE // 100)
    if count <= most:
        return ""
    return (
        f"{count} of {here} people would leave at once, and {most} is the most without being told so. "
        "Nothing was changed. Check that the file is whole; if they did leave, import it again with mass "
        "deactivation allowed."
    )


@dataclass
class _Planner:
    export: HrExport
    known: Known
    errors: list[RowIssue] = field(default_factory=list)
    warnings: list[RowIssue] = field(default_factory=list)

    def changes(self) -> list[PersonChange]:
        """Return a change for every row that can be used, in order of the file."""
        rows = self.rows_with_free_addresses()
        managers = self.managers(rows)
        self.warn_of_local_suspensions(rows)
        return [
            PersonChange(
                number,
                before := self.known.people.get(number),
                _after(row, before, self.status(row), managers[number]),
                row,
            )
            for number, row in rows.items()
        ]

    def status(self, row: HrRow) -> str:
        """Return what holds after the import; an empty cell decides nothing about someone known."""
        before = self.known.people.get(row.employee_number)
        status = row.status or (before.status if before else "active")
        is_held = row.employee_number in self.known.suspended_locally and status != "left"
        return "suspended" if is_held else status

    def warn_of_adoptions(self, adopted: Mapping[str, int]) -> None:
        for row in self.export.rows:
            if row.employee_number in adopted:
                name = self.known.people[row.employee_number].full_name or row.full_name
                told = f"{row.email} belongs to {name}, who had no employee number in Praxis. "
                told += f"{row.employee_number} is theirs from this import on. "
                told += "If it is somebody else's, give one of the two another address first."
                self.warnings.append(RowIssue(row.line, "email", told))

    def warn_of_local_suspensions(self, rows: Mapping[str, HrRow]) -> None:
        for row in rows.values():
            if row.status and row.status != (status := self.status(row)):
                told = (
                    f"{row.full_name} stays {status}: an administrator of Praxis decided so. Lift it there."
                )
                self.warnings.append(RowIssue(row.line, "status", told))

    def rows_with_free_addresses(self) -> dict[str, HrRow]:
        """Return the rows by number without those whose address belongs to someone who keeps it."""
        holders = {facts.email.lower(): key for key, facts in self.known.people.items()}
        rows = {row.employee_number: row for row in self.export.rows}

        def is_taken(row: HrRow) -> bool:
            holder = holders.get(row.email, row.employee_number)
            moving = rows.get(holder) if isinstance(holder, str) else None
            return holder != row.employee_number and (moving is None or moving.email == row.email)

        # Refusing a row keeps its person's old address, which may refuse the next row.
        while refused := [row for row in rows.values() if is_taken(row)]:
            for row in refused:
                del rows[row.employee_number]
                self.errors.append(_address_taken(row, self.known.people[holders[row.email]]))
        return rows

    def managers(self, rows: Mapping[str, HrRow]) -> dict[Key, Key | None]:
        """Return the manager of each row, None where the file names nobody who can be."""
        managers: dict[Key, Key | None] = {number: self.manager(row, rows) for number, row in rows.items()}
        others = {key: facts.manager for key, facts in self.known.people.items() if key not in rows}
        for circle in find_circles({**managers, **others}):
            if (first := circle[0]) in rows and isinstance(first, str):
                managers[first] = None
                names = " → ".join(self.name(key, rows) for key in (*circle, first))
                self.warn(rows[first], f"{names} report to each other in a circle.")
        return managers

    def manager(self, row: HrRow, rows: Mapping[str, HrRow]) -> Key | None:
        number = row.manager_number
        if not number:
            return None
        if number == row.employee_number:
            self.warn(row, f"{row.full_name} is named as their own manager.")
            return None
        if number not in rows and number not in self.known.people:
            why = (
                "the row of that number was refused"
                if number in self.export.refused_numbers
                else "nobody has it"
            )
            self.warn(row, f"No manager has the number {number}: {why}.")
            return None
        status = self.status(rows[number]) if number in rows else self.known.people[number].status
        if status == "left" and self.status(row) != "left":
            told = (
                f"{self.name(number, rows)}, the manager of {row.full_name}, has left. Name another manager."
            )
            self.warnings.append(RowIssue(row.line, "manager_number", told))
        return number

    def warn(self, row: HrRow, what: str) -> None:
        told = f"{what} {row.full_name} was imported without a manager; name one in the HR system."
        self.warnings.append(RowIssue(row.line, "manager_number", told))

    def name(self, key: Key, rows: Mapping[str, HrRow]) -> str:
        return (
            rows[key].full_name if isinstance(key, str) and key in rows else self.known.people[key].full_name
        )

    def missing(self) -> list[PersonChange]:
        """Return the departure of everyone whom the file no longer names, refused rows counting as named."""
        if self.export.has_anonymous_refusals:
            told = "Nobody was deactivated as missing, since refused rows without a number may be theirs."
            self.warnings.append(RowIssue(1, "employee_number", told))
            return []
        named = {row.employee_number for row in self.export.rows} | self.export.refused_numbers
        people = {number: self.known.people[number] for number in self.known.numbers() if number not in named}
        return [
            PersonChange(number, facts, replace(facts, status="left", job=None))
            for number, facts in people.items()
            if facts.status != "left" and facts.email.lower() not in self.export.refused_emails
        ]


def _address_taken(row: HrRow, holder: Facts) -> RowIssue:
    who = f"{holder.full_name}, who has left" if holder.status == "left" else holder.full_name
    told = f"{row.email} belongs to {who}. Give one of the two another address. The row was not imported."
    return RowIssue(row.line, "email", told)


def _after(row: HrRow, before: Facts | None, status: str, manager: Key | None) -> Facts:
    """Return what holds after the import; what people set for themselves stays unless they move."""
    role, unit = row.job_role_code or None, unit_code(row.org_unit) or None
    had = before or Facts("", "", "", "", "", "", None, None, None, None)
    has_moved = had.job is not None and had.job.location != row.location
    return Facts(
        email=row.email,
        full_name=row.full_name,
        preferred_name=had.preferred_name or row.preferred_name,
        locale=had.locale or row.locale or "en",
        time_zone=(row.time_zone if has_moved else "") or had.time_zone or row.time_zone,
        status=status,
        role=role,
        unit=unit,
        manager=manager,
        job=None
        if status == "left"
        else Job(
            number=row.employee_number,
            unit=unit,
            role=role,
            manager=manager,
            title=row.job_title,
            location=row.location,
            employment_type=row.employment_type,
            hired_on=row.hired_on,
        ),
    )
