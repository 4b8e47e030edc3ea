"""A company of 100,000: everyone with a job, a unit, a role, a place in the reporting line."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from courses.models import LearningPathPage
from lms.paths.models import Enrollment
from lms.people.models import Employment, JobRole, OrgUnit, User
from tests.bench.company import make_people

TOTAL = 100_000
ROLES = 20
UNITS = 1110
BELOW_A_HEAD = 2000
LOCATIONS = ["Berlin", "Porto", "Austin", "Lyon", "Oslo", "Pune", "Kyoto", "Lima", "Accra", "Cork"]
ZONES = ["Europe/Berlin", "Europe/Lisbon", "America/Chicago", "Asia/Tokyo", ""]

PLACES = f"""
    WITH numbered AS (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM people_user),
    placed AS (
        SELECT id, n, (n - 1) / {BELOW_A_HEAD + 1} AS team, mod(n - 1, {BELOW_A_HEAD + 1}) AS seat
        FROM numbered
    ),
    led AS (
        SELECT id, n, CASE
            WHEN n = 0 THEN NULL
            WHEN seat = 0 THEN 0
            ELSE team * {BELOW_A_HEAD + 1} + 1 + CASE
                WHEN seat <= 20 THEN 0
                WHEN seat <= 200 THEN 1 + (seat - 21) / 9
                ELSE 21 + (seat - 201) / 10
            END
        END AS boss FROM placed
    )
    UPDATE people_user SET
        manager_id = manager.id,
        job_role_id = (%(roles)s::bigint[])[1 + mod(led.n, {ROLES})],
        org_unit_id = (%(units)s::bigint[])[1 + mod(led.n / 50, {UNITS})],
        time_zone = (%(zones)s::text[])[1 + mod(led.n, {len(ZONES)})]
    FROM led LEFT JOIN numbered AS manager ON manager.n = led.boss
    WHERE people_user.id = led.id
"""
"""Teams of 2,001: a head, 20 leads, 180 leads below them, 1,800 others; the heads report to the first person."""

LINES = """
    INSERT INTO people_reportingline (manager_id, report_id, depth)
    WITH RECURSIVE line (manager, report, depth) AS (
        SELECT manager_id, id, 1 FROM people_user WHERE manager_id IS NOT NULL
        UNION ALL
        SELECT above.manager_id, line.report, line.depth + 1
        FROM line JOIN people_user AS above ON above.id = line.manager
        WHERE above.manager_id IS NOT NULL
    )
    SELECT manager, report, depth FROM line
"""


@dataclass(frozen=True)
class Workforce:
    """What is asked for by name.

    Attributes:
        people: Primary keys of all, rising.
        head: A manager with 2,000 people below.
        role: Code of a role that one in 20 has.
        division: Code of a unit with a tenth of the people below it.
    """

    people: list[int]
    head: User
    role: str
    division: str


def make_workforce(role: JobRole) -> Workforce:
    """Add people until there are `TOTAL`, and give everyone a place."""
    make_people(TOTAL, role)
    roles = JobRole.objects.bulk_create(
        JobRole(code=f"role-{number}", name=f"Role {number}") for number in range(ROLES)
    )
    units = OrgUnit.objects.bulk_create(_units())
    keys = {"roles": [each.pk for each in roles], "units": [each.pk for each in units], "zones": ZONES}
    with connection.cursor() as cursor:
        cursor.execute(PLACES, keys)
        cursor.execute(LINES)
    people = list(User.objects.order_by("pk").values_list("pk", flat=True)[:TOTAL])
    _employ(people)
    tidy()
    return Workforce(people, User.objects.get(pk=people[1]), roles[0].code, units[0].code)


def complete_for_some(people: list[int], path: LearningPathPage) -> None:
    """Let every third person have completed a path."""
    now = timezone.now()
    Enrollment.objects.bulk_create(
        (
            Enrollment(learner_id=pk, path=path, source="self", enrolled_at=now, completed_at=now)
            for pk in people[::3]
        ),
        batch_size=2000,
    )


def tidy() -> None:
    """Leave the tables as a database that has been running for a while has them."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _units() -> list[OrgUnit]:
    """Return 10 divisions of 10 departments of 10 teams, each unit followed by what is below it."""
    units = []
    for number in range(10):
        units.append(_unit(f"{number:04}", 1))
        for department in range(10):
            units.append(_unit(f"{number:04}{department:04}", 2))
            units += [_unit(f"{number:04}{department:04}{team:04}", 3) for team in range(10)]
    return units


def _unit(path: str, depth: int) -> OrgUnit:
    return OrgUnit(path=path, depth=depth, numchild=10 if depth < 3 else 0, code=f"U{path}", name=path)


def _employ(people: list[int]) -> None:
    today = timezone.localdate()
    Employment.objects.bulk_create(
        (
            Employment(
                person_id=pk,
                number=str(number),
                location=LOCATIONS[number % 7 % len(LOCATIONS)],
                hired_on=today - timedelta(days=number * 37 % 3650),
                effective_from=today,
            )
            for number, pk in enumerate(people)
        ),
        batch_size=5000,
    )
