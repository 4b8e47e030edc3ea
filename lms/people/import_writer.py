"""Reading who is known and writing what a plan says, in sets: queries grow by batches, never by rows."""

from collections.abc import Iterable
from datetime import date, timedelta

from allauth.account.models import EmailAddress
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat

from lms.people.batches import BATCH, in_batches
from lms.people.hr_export import HrRow, unit_code
from lms.people.import_plan import Facts, ImportPlan, Job, Key, Known, PersonChange
from lms.people.models import Employment, ExternalIdentity, JobRole, OrgUnit, User
from lms.people.vocabulary import SIGN_IN_STATUSES

HRIS_ID = "hris_id"
PERSON_FIELDS = ["email", "full_name", "preferred_name", "locale", "time_zone", "status", "is_active"]


class PeopleTable:
    """Everyone as plain facts, and the way back from keys and codes to primary keys."""

    def __init__(self, source: str) -> None:
        """Read everyone in four queries."""
        self.source = source
        self.number_of: dict[int, str] = {}
        elsewhere: set[Key] = set()
        for pk, system, number in ExternalIdentity.objects.filter(kind=HRIS_ID).values_list(
            "person", "source", "value"
        ):
            if system == source:
                self.number_of[pk] = number
            else:
                elsewhere.add(pk)
        self.pk_of: dict[Key, int] = {}
        self.public_id_of: dict[int, str] = {}
        self.employment_of: dict[int, Employment] = {
            job.person_id: job
            for job in Employment.objects.filter(is_primary=True, effective_to=None).select_related(
                "org_unit", "job_role"
            )
        }
        people = self._everyone()
        held = User.objects.suspended_locally().values_list("pk", flat=True)
        self.known = Known(
            people,
            suspended_locally=frozenset(self.number_of.get(pk, pk) for pk in held),
            numbered_elsewhere=frozenset(elsewhere),
        )

    def key(self, pk: int | None) -> Key | None:
        """The name of a person in a plan."""
        return None if pk is None else self.number_of.get(pk, pk)

    def public_id(self, key: Key) -> str:
        """The public id of a person in a plan, as text."""
        return self.public_id_of[self.pk_of[key]]

    def _everyone(self) -> dict[Key, Facts]:
        people: dict[Key, Facts] = {}
        for pk, public_id, role, unit, manager, *values in User.objects.order_by("pk").values_list(
            "pk", "public_id", "job_role__code", "org_unit__code", "manager", *PERSON_FIELDS[:-1]
        ):
            key = self.number_of.get(pk, pk)
            self.pk_of[key] = pk
            self.public_id_of[pk] = str(public_id)
            job = self._job(self.employment_of[pk]) if pk in self.employment_of else None
            person = dict(zip(PERSON_FIELDS[:-1], values, strict=True))
            people[key] = Facts(**person, role=role, unit=unit, manager=self.key(manager), job=job)
        return people

    def _job(self, job: Employment) -> Job:
        return Job(
            number=job.number,
            unit=job.org_unit.code if job.org_unit else None,
            role=job.job_role.code if job.job_role else None,
            manager=self.key(job.manager_id),
            title=job.job_title,
            location=job.location,
            employment_type=job.employment_type,
            hired_on=job.hired_on,
        )


class PlanWriter:
    """Applies one plan; everything happens in the caller's transaction."""

    def __init__(self, table: PeopleTable, plan: ImportPlan, *, today: date) -> None:
        """Keep what to write.

        Args:
            table: The same that the plan was made from.
            plan: What to write.
            today: First day of employments that begin, last day of those that end.
        """
        self.table, self.plan, self.today = table, plan, today
        self.changes = [*plan.created, *plan.updated, *plan.left]
        rows = [change.row for change in self.changes if change.row]
        self.table.pk_of.update(plan.adopted)
        self.held = {self.table.pk_of[key] for key in self.table.known.suspended_locally}
        self.role_pk = _roles(rows)
        self.unit_pk = _units(rows)

    def write(self) -> list[int]:
        """Write everything; returns the primary keys of people who may no longer sign in."""
        self._identify(self.plan.adopted)
        self._vacate_addresses()
        self._create()
        self._update()
        self._forget_old_addresses()
        self._write_employments()
        return [
            self.table.pk_of[change.key]
            for change in self.changes
            if change.before
            and change.before.status in SIGN_IN_STATUSES
            and change.after.status not in SIGN_IN_STATUSES
        ]

    def touched(self) -> list[int]:
        """Return the primary keys of everyone who is new, changed or left; once everything is written."""
        return [self.table.pk_of[change.key] for change in self.changes]

    def _identify(self, numbers: Iterable[str]) -> None:
        """Link people with the number that this HR system has for them."""
        source, pk_of = self.table.source, self.table.pk_of
        ExternalIdentity.objects.bulk_create(
            [
                ExternalIdentity(person_id=pk_of[number], source=source, kind=HRIS_ID, value=number)
                for number in numbers
            ],
            batch_size=BATCH,
        )

    def _vacate_addresses(self) -> None:
        """Let people swap addresses: whoever gives one up that another takes now steps aside first."""
        wanted = {change.after.email for change in self.changes}
        moving = [
            self.table.pk_of[change.key]
            for change in self.changes
            if change.before
            and (address := change.before.email.lower()) in wanted
            and address != change.after.email
        ]
        aside = Concat(Value("moving-"), Cast("pk", CharField()), Value("@moving.invalid"))
        for batch in in_batches(moving):
            User.objects.filter(pk__in=batch).update(email=aside)

    def _create(self) -> None:
        people = [self._place(User(), change, with_manager=False) for change in self.plan.created]
        for person in people:
            person.set_unusable_password()
        created = User.objects.bulk_create(people, batch_size=BATCH)
        for change, person in zip(self.plan.created, created, strict=True):
            self.table.pk_of[change.key] = person.pk
            self.table.public_id_of[person.pk] = str(person.public_id)
        self._identify([change.key for change in self.plan.created])
        managed = [
            User(pk=person.pk, manager_id=self._pk(change.after.manager))
            for change, person in zip(self.plan.created, created, strict=True)
            if change.after.manager is not None
        ]
        User.objects.bulk_update(managed, ["manager"], batch_size=BATCH)

    def _update(self) -> None:
        changes = [change for change in self.changes if change.before]
        people = [self._place(User(pk=self.table.pk_of[change.key]), change) for change in changes]
        fields = [*PERSON_FIELDS, "suspended_by", "job_role", "org_unit", "manager"]
        User.objects.bulk_update(people, fields, batch_size=BATCH)

    def _place(self, person: User, change: PersonChange, *, with_manager: bool = True) -> User:
        after = change.after
        for name in PERSON_FIELDS[:-1]:
            setattr(person, name, getattr(after, name))
        person.is_active = after.status in SIGN_IN_STATUSES
        person.suspended_by = self._suspender(change)
        person.job_role_id = self.role_pk.get(after.role or "")
        person.org_unit_id = self.unit_pk.get(after.unit or "")
        person.manager_id = self._pk(after.manager) if with_manager else None
        return person

    def _suspender(self, change: PersonChange) -> str:
        if self.table.pk_of.get(change.key) in self.held:
            return User.Suspender.LOCAL
        return User.Suspender.HR if change.after.status == User.Status.SUSPENDED else ""

    def _pk(self, key: Key | None) -> int | None:
        return None if key is None else self.table.pk_of[key]

    def _forget_old_addresses(self) -> None:
        """Sign-in also looks at confirmed addresses; none may outlive the one that HR took away."""
        moved = [
            change
            for change in self.changes
            if change.before is None or change.before.email != change.after.email
        ]
        for batch in in_batches(moved):
            people = [self.table.pk_of[change.key] for change in batch if change.before]
            EmailAddress.objects.filter(user__in=people).delete()
            EmailAddress.objects.filter(email__in=[change.after.email for change in batch]).delete()

    def _write_employments(self) -> None:
        corrected, closed, opened = [], [], []
        for change in self.changes:
            pk = self.table.pk_of[change.key]
            current, job = self.table.employment_of.get(pk), change.after.job
            if current and (
                job is None or (change.starts_new_employment and current.effective_from < self.today)
            ):
                last_day = self.today if job is None else self.today - timedelta(days=1)
                current.effective_to = max(current.effective_from, last_day)
                closed.append(current)
                current = None
            elif current and job:
                # A second change on the day it began, or a corrected number, rewrites the employment.
                corrected.append(self._fill(current, job))
            if job and not current:
                begins = self._first_day(change)
                opened.append(self._fill(Employment(person_id=pk, effective_from=begins), job))
            elif change.before is None and change.row:
                opened.append(self._past_employment(change, change.row))
        Employment.objects.bulk_update(closed, ["effective_to"], batch_size=BATCH)
        fields = [
            "number",
            "org_unit",
            "job_role",
            "manager",
            "job_title",
            "location",
            "employment_type",
            "hired_on",
        ]
        Employment.objects.bulk_update(corrected, fields, batch_size=BATCH)
        Employment.objects.bulk_create(opened, batch_size=BATCH)

    def _first_day(self, change: PersonChange) -> date:
        """Someone new began when hired; a change begins today, or with the job if that is still to come."""
        hired_on = change.after.job.hired_on if change.after.job else None
        if change.before is None:
            return hired_on or self.today
        return max(hired_on or self.today, self.today)

    def _past_employment(self, change: PersonChange, row: HrRow) -> Employment:
        """Return the employment of someone who had left before Praxis first heard of them."""
        begins = min(row.hired_on or self.today, self.today)
        return Employment(
            person_id=self.table.pk_of[change.key],
            number=row.employee_number,
            org_unit_id=self.unit_pk.get(change.after.unit or ""),
            job_role_id=self.role_pk.get(change.after.role or ""),
            manager_id=self._pk(change.after.manager),
            job_title=row.job_title,
            location=row.location,
            employment_type=row.employment_type,
            hired_on=row.hired_on,
            effective_from=begins,
            effective_to=self.today,
        )

    def _fill(self, employment: Employment, job: Job) -> Employment:
        employment.number = job.number
        employment.org_unit_id = self.unit_pk.get(job.unit or "")
        employment.job_role_id = self.role_pk.get(job.role or "")
        employment.manager_id = self._pk(job.manager)
        employment.job_title = job.title
        employment.location = job.location
        employment.employment_type = job.employment_type
        employment.hired_on = job.hired_on
        return employment


def _roles(rows: Iterable[HrRow]) -> dict[str, int]:
    """Return all job roles by code, those that rows name for the first time included."""
    names: dict[str, str] = {}
    for row in rows:
        names.setdefault(row.job_role_code, row.job_role or row.job_role_code)
    existing = set(JobRole.objects.values_list("code", flat=True))
    new = [JobRole(code=code, name=name) for code, name in names.items() if code and code not in existing]
    JobRole.objects.bulk_create(new, batch_size=BATCH)
    return dict(JobRole.objects.values_list("code", "pk"))


def _units(rows: Iterable[HrRow]) -> dict[str, int]:
    """Return all units by code, those that rows name for the first time and those above them included."""
    existing = set(OrgUnit.objects.values_list("code", flat=True))
    paths = {row.org_unit[:depth] for row in rows for depth in range(1, len(row.org_unit) + 1)}
    for path in sorted(paths, key=lambda path: (len(path), path)):
        if (code := unit_code(path)) in existing:
            continue
        if len(path) == 1:
            OrgUnit.add_root(code=code, name=path[0])
        else:
            # Inserting in order of names moves siblings, so the place of the parent is read anew.
            OrgUnit.objects.get(code=unit_code(path[:-1])).add_child(code=code, name=path[-1])
        existing.add(code)
    return dict(OrgUnit.objects.values_list("code", "pk"))
