"""The list of people: whom it shows, and what one may filter by, in a fixed number of queries."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q, QuerySet

from lms.people.models import JobRole, OrgUnit, ReportingLine, User
from lms.people.selectors import named_like
from lms.web.keyset import KeysetPage, keyset_page

BY_NAME = ("full_name", "pk")
WORKS_HERE = ""
ANY_STATUS = "any"
COUNTED = 1000
"""Counting stops here: reading 100,000 rows for a figure would cost more than the page."""
CHOICES_SHOWN = 400
INDENT = "\u2003"


@dataclass(frozen=True)
class PeopleList:
    """A page of the list.

    Attributes:
        total: How many people match, up to `COUNTED` + 1.
    """

    page: KeysetPage[User] = field(default_factory=lambda: KeysetPage([]))
    total: int = 0

    @property
    def has_uncounted(self) -> bool:
        """Whether there are more people than were counted."""
        return self.total > COUNTED


def people_list(asked: Mapping[str, str], cursor: str) -> PeopleList:
    """Return the people whom a filter asks for, by name; two queries, and one to find a unit.

    Args:
        asked: Values of the fields of `PeopleFilter`.
        cursor: Where the page begins, see `keyset`.
    """
    people = _people(asked)
    shown = people.select_related("job_role", "org_unit", "manager")
    page = keyset_page(shown, order=BY_NAME, cursor=cursor)
    return PeopleList(page, people.values("pk")[: COUNTED + 1].count())


def _people(asked: Mapping[str, str]) -> QuerySet[User]:
    people = _with_status(asked["status"])
    if asked["q"].strip():
        people = people.filter(named_like(asked["q"]))
    if asked["unit"]:
        people = people.filter(org_unit__in=units_below(asked["unit"]))
    if asked["role"]:
        people = people.filter(job_role__code=asked["role"])
    return people.filter(missing_condition(asked["missing"])) if asked["missing"] else people


def _with_status(status: str) -> QuerySet[User]:
    people: QuerySet[User] = User.objects.current() if status == WORKS_HERE else User.objects.all()
    return people if status in {WORKS_HERE, ANY_STATUS} else people.filter(status=status)


def units_below(code: str) -> QuerySet[OrgUnit]:
    """Return the unit with a code, and all below it; one query."""
    units: QuerySet[OrgUnit] = OrgUnit.objects.all()
    path = units.filter(code=code).values_list("path", flat=True).first()
    return units.filter(path__startswith=path) if path else units.none()


def missing_condition(what: str) -> Q:
    """Return the condition for people of whom HR should say more; the break-glass account has no place anyway.

    "Line" are those at whom a circle of managers was cut: the reporting lines do not know their manager.
    """
    if what == "line":
        lines = ReportingLine.objects.filter(report=OuterRef("pk"), manager=OuterRef("manager"))
        return Q(manager__isnull=False) & ~Q(Exists(lines))
    column = {"role": "job_role", "unit": "org_unit", "manager": "manager"}[what]
    return Q(**{f"{column}__isnull": True, "is_superuser": False})


def unit_choices(asked: str) -> list[tuple[str, str]]:
    """Return code and name of the units nearest to the top, and of the one asked for, as they hang together."""
    columns = ("path", "depth", "code", "name")
    units = list(OrgUnit.objects.order_by("depth", "path").values_list(*columns)[:CHOICES_SHOWN])
    if asked and len(units) == CHOICES_SHOWN:
        units = list({*units, *OrgUnit.objects.filter(code=asked).values_list(*columns)})
    return [(code, f"{INDENT * (depth - 1)}{name}") for _path, depth, code, name in sorted(units)]


def role_choices() -> list[tuple[str, str]]:
    """Return code and name of the job roles."""
    return list(JobRole.objects.order_by("name").values_list("code", "name")[:CHOICES_SHOWN])
