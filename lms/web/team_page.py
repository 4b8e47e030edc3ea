"""The Team page: everyone below a manager, by how they stand with what is required of them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from lms.paths.models import Encouragement
from lms.paths.selectors import (
    RequiredPath,
    count_statuses,
    nudges_this_week,
    people_below,
    required_paths,
    with_team_status,
)
from lms.paths.team_status import STATUS_MEANS, STATUS_NAMES, Standing, TeamStatus, status_of
from lms.people.models import User
from lms.people.selectors import today_of
from lms.web.keyset import KeysetPage, keyset_page
from lms.web.team_words import PathLine, path_line, pill_of

BY_NAME = ("full_name", "pk")
EXPORT_FORMATS = ("csv", "xlsx")
EXPORTED_AT_ONCE = 200
REMINDABLE = frozenset(
    {Standing.OVERDUE, Standing.CLOSES_SOON, Standing.DUE_SOON, Standing.OPEN, Standing.PAUSED}
)

EVERYONE = "everyone"
GROUPS: dict[str, tuple[Promise | str, tuple[TeamStatus, ...]]] = {
    TeamStatus.ATTENTION.value: (STATUS_NAMES[TeamStatus.ATTENTION], (TeamStatus.ATTENTION,)),
    TeamStatus.ON_TRACK.value: (STATUS_NAMES[TeamStatus.ON_TRACK], (TeamStatus.ON_TRACK,)),
    TeamStatus.DONE.value: (STATUS_NAMES[TeamStatus.DONE], (TeamStatus.DONE, TeamStatus.NOTHING_REQUIRED)),
    EVERYONE: (gettext_lazy("Everyone"), tuple(TeamStatus)),
}


@dataclass(frozen=True)
class Asked:
    """What the address asks for; anything it does not understand is the first choice.

    Attributes:
        group: A key of `GROUPS`.
        is_direct: Whether only the first step of the reporting line is shown.
    """

    group: str = TeamStatus.ATTENTION.value
    is_direct: bool = False

    @classmethod
    def of(cls, query: QueryDict) -> "Asked":
        """Read the address, or the hidden fields of a form."""
        group = query.get("group", "")
        return cls(group if group in GROUPS else cls.group, query.get("who") == "direct")

    def query(
        self, more: Iterable[tuple[str, str]] = (), *, group: str = "", is_direct: bool | None = None
    ) -> str:
        """Return the same as an address writes it, with other choices and more besides."""
        group = group or self.group
        asked = {"group": group} if group != Asked.group else {}
        if self.is_direct if is_direct is None else is_direct:
            asked["who"] = "direct"
        return "?" + urlencode({**asked, **dict(more)})


@dataclass(frozen=True)
class Tab:
    """One group of people, its number, and where it leads."""

    label: Promise | str
    count: int
    query: str
    is_current: bool


@dataclass(frozen=True)
class Member:
    """One person of the team.

    Attributes:
        lines: What is to be done or runs out, the most pressing first.
        completed: How many required paths are done and last.
        nudge: This week's reminder; None without one.
    """

    person: User
    lines: list[PathLine]
    completed: int
    nudge: Encouragement | None
    can_be_reminded: bool

    @property
    def is_away(self) -> bool:
        """Whether the person is on leave."""
        return self.person.status == User.Status.ON_LEAVE

    @property
    def completed_text(self) -> str:
        """How much is done, beside what is not; empty when nothing is."""
        if not self.completed:
            return "" if self.lines else _("nothing required")
        text = ngettext("%d required path completed", "%d required paths completed", self.completed)
        return text % self.completed

    @property
    def reminded_on(self) -> date | None:
        """The day of this week's reminder, where the person lives."""
        return today_of(self.person, self.nudge.at) if self.nudge else None


@dataclass(frozen=True)
class TeamPage:
    """All that the page shows.

    Attributes:
        total: How many people there are in all groups together.
        nothing_required: How many of those counted as done were asked for nothing.
    """

    asked: Asked
    tabs: list[Tab]
    total: int
    nothing_required: int
    page: KeysetPage[User]
    members: list[Member]

    @property
    def means(self) -> Promise | str:
        """What the open group means."""
        return "" if self.asked.group == EVERYONE else STATUS_MEANS[TeamStatus(self.asked.group)]

    @property
    def can_remind(self) -> bool:
        """Whether there is anyone on the page to remind."""
        return any(member.can_be_reminded for member in self.members)

    @property
    def files(self) -> list[tuple[str, str]]:
        """The formats of the export, and how its address asks for the same people."""
        return [(name.upper(), self.asked.query([("format", name)])) for name in EXPORT_FORMATS]

    @property
    def everyone_below(self) -> str:
        """The same group, everyone below."""
        return self.asked.query(is_direct=False)

    @property
    def direct_reports(self) -> str:
        """The same group, direct reports only."""
        return self.asked.query(is_direct=True)


def team_page(manager: User, asked: Asked, cursor: str, now: datetime) -> TeamPage:
    """Return a page of a manager's people, by name; six queries, however many there are.

    Args:
        manager: Whose page it is.
        asked: Which of the people.
        cursor: Where the page begins, see `keyset`.
        now: The present.
    """
    people = _team(manager, asked, now)
    counts = count_statuses(people)
    page = keyset_page(_in_group(people, asked), order=BY_NAME, cursor=cursor)
    paths, nudges = required_paths(manager, page.rows, now), nudges_this_week(page.rows, now)
    tabs = [
        Tab(label, sum(counts[status] for status in statuses), asked.query(group=group), group == asked.group)
        for group, (label, statuses) in GROUPS.items()
    ]
    return TeamPage(
        asked=asked,
        tabs=tabs,
        total=sum(counts.values()),
        nothing_required=counts[TeamStatus.NOTHING_REQUIRED],
        page=page,
        members=[_member(person, paths[person.pk], nudges.get(person.pk)) for person in page.rows],
    )


def _team(manager: User, asked: Asked, now: datetime) -> QuerySet[Any]:
    return with_team_status(people_below(manager, directly=asked.is_direct), manager, now)


def _in_group(people: QuerySet[Any], asked: Asked) -> QuerySet[Any]:
    if asked.group == EVERYONE:
        return people
    return people.filter(team_status__in=[status.value for status in GROUPS[asked.group][1]])


def _member(person: User, paths: Sequence[RequiredPath], nudge: Encouragement | None) -> Member:
    shown = [path for path in paths if path.standing != Standing.DONE]
    return Member(
        person=person,
        lines=[path_line(path) for path in shown],
        completed=len(paths) - len(shown),
        nudge=nudge,
        can_be_reminded=may_be_reminded(person, paths) and nudge is None,
    )


def may_be_reminded(person: User, paths: Iterable[RequiredPath]) -> bool:
    """Return whether a person is here and has something to do that can still be done."""
    return person.status == User.Status.ACTIVE and any(path.standing in REMINDABLE for path in paths)


EXPORT_HEADER = [
    gettext_lazy("Name"),
    gettext_lazy("E-mail address"),
    gettext_lazy("Unit"),
    gettext_lazy("Group"),
    gettext_lazy("Required path"),
    gettext_lazy("Status"),
    gettext_lazy("Steps done"),
    gettext_lazy("Steps"),
    gettext_lazy("Due"),
    gettext_lazy("Closes"),
    gettext_lazy("Completed"),
    gettext_lazy("Certificate until"),
]


def team_rows(manager: User, asked: Asked, now: datetime) -> Iterator[list[Any]]:
    """Yield one row for each person and required path, by name, in flat memory; four queries for 200 people.

    Whoever has nothing required has one row that says so.
    """
    people = _in_group(_team(manager, asked, now), asked).select_related("org_unit")
    cursor = ""
    while True:
        page = keyset_page(people, order=BY_NAME, cursor=cursor, size=EXPORTED_AT_ONCE)
        paths = required_paths(manager, page.rows, now)
        for person in page.rows:
            yield from _rows_of(person, paths[person.pk])
        if not page.next:
            return
        cursor = page.next


def _rows_of(person: User, paths: Sequence[RequiredPath]) -> Iterator[list[Any]]:
    status = STATUS_NAMES[status_of([path.standing for path in paths])]
    who = [person.full_name, person.email, person.org_unit or "", status]
    if not paths:
        yield [*who, *([""] * (len(EXPORT_HEADER) - len(who)))]
    for path in paths:
        of = path.enrollment
        completed_on = today_of(person, of.completed_at) if of.completed_at else None
        yield [
            *who,
            path.title,
            pill_of(path).text,
            path.done_count,
            path.step_count,
            of.due_on,
            of.closes_on,
            completed_on,
            of.expires_on,
        ]
