"""The rows of a report: which required paths of which people, by name, for the page and for files."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from courses.models import LearningPathPage
from lms.paths.models import Enrollment
from lms.paths.querysets import EnrollmentQuerySet
from lms.paths.selectors.reporting import company_zone, required_of_people, start_of
from lms.people.models import OrgUnit, User
from lms.web.report_forms import CLOSED, OWN_PEOPLE

BY_NAME = ("learner__full_name", "learner__pk", "pk")
READ_AT_ONCE = 2000
COLUMNS = [
    "learner__public_id",
    "learner__full_name",
    "learner__email",
    "learner__org_unit__name",
    "path_id",
    "due_on",
    "closes_on",
    "completed_at",
    "expires_on",
]
HEADER: list[Promise] = [
    _("Name"),
    _("E-mail address"),
    _("Unit"),
    _("Path"),
    _("Status"),
    _("Due"),
    _("Closes"),
    _("Closed"),
    _("Completed"),
    _("Expires"),
]


@dataclass(frozen=True)
class PathNames:
    """Slug and title of every path, by its key; the pages themselves hold all their steps."""

    by_key: Mapping[int, tuple[str, str]]

    @property
    def choices(self) -> list[tuple[str, str]]:
        """Slug and title, by title."""
        return list(self.by_key.values())

    def key(self, slug: str) -> int | None:
        """Return the key of the path with a slug; None when there is none."""
        return next((key for key, (known, _title) in self.by_key.items() if known == slug), None)


@dataclass(frozen=True)
class ReportRows:
    """What a report is about.

    Attributes:
        unit: Place in the tree of the unit asked for; empty without one.
        counted: What its figures and charts count; the status asked for narrows the list alone.
        listed: What its list shows, with standings, in any order.
    """

    paths: PathNames
    unit: str
    counted: EnrollmentQuerySet
    listed: EnrollmentQuerySet


@dataclass(frozen=True)
class ReportLine:
    """One person on one path.

    Attributes:
        completed_on: The day it was in the company's time zone.
    """

    person: UUID
    name: str
    email: str
    unit: str
    path: str
    standing: Enrollment.Standing
    due_on: date | None
    closes_on: date | None
    is_closed: bool
    completed_on: date | None
    expires_on: date | None

    @property
    def cells(self) -> tuple[object, ...]:
        """The line of a file, as `HEADER` says."""
        return (
            self.name,
            self.email,
            self.unit,
            self.path,
            self.standing.label,
            self.due_on,
            self.closes_on,
            _("closed") if self.is_closed else "",
            self.completed_on,
            self.expires_on,
        )


def path_names() -> PathNames:
    """Return the paths that a report may speak of, by title: published, or required of someone; one query.

    A draft, or a path that was taken back and that only those know who chose it, is nobody else's to see.
    """
    required = Enrollment.objects.required().filter(path=OuterRef("pk"))
    spoken_of = LearningPathPage.objects.filter(Q(live=True) | Exists(required))
    rows = spoken_of.order_by("title", "pk").values_list("pk", "slug", "title")
    return PathNames({key: (slug, title) for key, slug, title in rows})


def report_rows(reader: User, asked: Mapping[str, Any], paths: PathNames, now: datetime) -> ReportRows:
    """Return what a filter asks for, of those whom the reader may see; one query when it names a unit.

    Args:
        reader: Whoever reads it.
        asked: Values of the fields of `ReportFilter`.
        paths: All paths there are.
        now: The present.
    """
    rows = required_of_people(reader, below_only=asked.get("whose") == OWN_PEOPLE)
    unit = ""
    if asked["path"]:
        rows = rows.filter(path=paths.key(asked["path"]))
    if asked["unit"]:
        unit = OrgUnit.objects.filter(code=asked["unit"]).values_list("path", flat=True).first() or ""
        rows = rows.filter(learner__org_unit__path__startswith=unit) if unit else rows.none()
    if asked["since"]:
        rows = rows.filter(completed_at__gte=start_of(asked["since"]))
    if asked["until"]:
        rows = rows.filter(completed_at__lt=start_of(asked["until"] + timedelta(days=1)))
    return ReportRows(paths, unit, rows, _with_status(rows.with_standing(now), asked["status"]))


def _with_status(rows: EnrollmentQuerySet, status: str) -> EnrollmentQuerySet:
    if status == CLOSED:
        return rows.filter(is_closed=True)
    return rows.filter(standing=status) if status else rows


def for_lines(rows: EnrollmentQuerySet) -> EnrollmentQuerySet:
    """Return rows with what a line needs of the person, and no more."""
    return rows.select_related("learner__org_unit").only(*COLUMNS)


def report_line(row: Enrollment, paths: PathNames) -> ReportLine:
    """Return the line of a row that `for_lines` read."""
    person, unit = row.learner, row.learner.org_unit
    return ReportLine(
        person=person.public_id,
        name=str(person),
        email=person.email,
        unit=unit.name if unit else "",
        path=paths.by_key[row.path_id][1],
        standing=Enrollment.Standing(row.standing),
        due_on=row.due_on,
        closes_on=row.closes_on,
        is_closed=row.is_closed,
        completed_on=row.completed_at.astimezone(company_zone()).date() if row.completed_at else None,
        expires_on=row.expires_on,
    )


def file_lines(found: ReportRows) -> Iterator[tuple[object, ...]]:
    """Yield the whole list for a file, by name, in flat memory; one query."""
    rows = for_lines(found.listed).order_by(*BY_NAME)
    for row in rows.iterator(chunk_size=READ_AT_ONCE):
        yield report_line(row, found.paths).cells
