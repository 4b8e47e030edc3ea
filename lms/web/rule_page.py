"""Assignment rules as an administrator reads them: what they say in words, whom they reach, what became of them."""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lms.core.selectors import AuditSearch, find_audit_entries
from lms.jobs.models import Job
from lms.paths.dates import DateRule
from lms.paths.models import Assignment, AssignmentVersion, Enrollment
from lms.paths.selectors.previews import (
    BEGUN,
    NOBODY,
    Preview,
    Reach,
    changing_enrollments,
    preview_rule,
    reach_of,
)
from lms.paths.services import faults_of
from lms.paths.services.rules import APPLY
from lms.people.audience_rules import AnyOf, InvalidRule, Rule, parse_rule
from lms.people.models import Employment, User
from lms.people.selectors import company_day, facts_of, today_of
from lms.web.audit_page import AuditLine
from lms.web.keyset import KeysetPage, keyset_page
from lms.web.rule_words import VersionText, day_in_words, rule_history, version_text

PRIMARY = Employment.objects.filter(is_primary=True, effective_to=None)
State = Assignment.State
OnLeaving = AssignmentVersion.OnLeaving
ENTRIES_SHOWN = 30
BY_NAME = ("full_name", "pk")
BY_LEARNER = ("learner__full_name", "pk")
PEOPLE_SHOWN = 25
GROUPS = ("gaining", "leaving", "changing", "on_it", "excluded")
IN_FILE = ("gaining", "leaving", "on_it", "excluded")
"""Everyone once: those for whom something changes are on it, too."""


@dataclass(frozen=True)
class RuleLine:
    """One rule of the list."""

    rule: Assignment
    holding: int
    has_draft: bool

    @property
    def due(self) -> str:
        """By when, in words; empty for a rule that was never in force."""
        return day_in_words(self.rule.live.due) if self.rule.live else ""


@dataclass(frozen=True)
class RulesPage:
    """All rules, by what they do now."""

    working: list[RuleLine]
    drafts: list[RuleLine]
    archived: list[RuleLine]


def rules_page() -> RulesPage:
    """Return all rules; two queries."""
    draft = AssignmentVersion.objects.filter(assignment=OuterRef("pk"), confirmed_at=None)
    rules = Assignment.objects.select_related("path", "live").annotate(has_draft=Exists(draft))
    held = dict(
        Enrollment.objects.current()
        .exclude(version=None)
        .order_by()
        .values_list("version__assignment")
        .annotate(Count("pk"))
    )
    lines = [RuleLine(rule, held.get(rule.pk, 0), rule.has_draft) for rule in rules.defer("path__steps")]
    return RulesPage(
        working=[line for line in lines if line.rule.state in {State.ACTIVE, State.PAUSED}],
        drafts=[line for line in lines if line.rule.state == State.DRAFT],
        archived=[line for line in lines if line.rule.state == State.ARCHIVED],
    )


@dataclass(frozen=True)
class RulePage:
    """One rule.

    Attributes:
        live: What it says now; None before it was confirmed for the first time.
        draft: What it shall say; None when nothing waits.
        holding: Enrollments that it holds: all, of them completed.
        job: The latest one that applied it; None while none did.
        entries: What happened to it, the newest first.
    """

    rule: Assignment
    live: VersionText | None
    draft: VersionText | None
    holding: int
    completed: int
    job: Job | None
    entries: list[AuditLine]


def find_rule(public_id: uuid.UUID) -> Assignment | None:
    """Return a rule with its path and what it says now; None when there is none."""
    rules = Assignment.objects.select_related("path", "live__confirmed_by").defer("path__steps")
    found: Assignment | None = rules.filter(public_id=public_id).first()
    return found


def latest_job(rule: Assignment) -> Job | None:
    """Return the last job that put a rule into force or ended it, with whoever started it; None without one."""
    jobs = Job.objects.filter(kind=APPLY, params__assignment=rule.pk).select_related("actor")
    latest: Job | None = jobs.defer("params").order_by("-pk").first()
    return latest


def rule_page(rule: Assignment) -> RulePage:
    """Return what the page of a rule shows; a dozen queries."""
    draft = rule.versions.filter(confirmed_at=None).first()
    held = Enrollment.objects.current().filter(version__assignment=rule)
    counts = held.aggregate(all=Count("pk"), done=Count("pk", filter=Q(completed_at__isnull=False)))
    about = find_audit_entries(AuditSearch(object_type="paths.assignment", object_id=str(rule.public_id)))
    return RulePage(
        rule=rule,
        live=version_text(rule.live) if rule.live else None,
        draft=version_text(draft) if draft else None,
        holding=counts["all"],
        completed=counts["done"],
        job=latest_job(rule),
        entries=rule_history(list(about[:ENTRIES_SHOWN])),
    )


@dataclass(frozen=True)
class Reached:
    """One person of a preview: who they are, and what happens to them and why."""

    person: User
    job: Employment | None
    what: str

    @property
    def place(self) -> str:
        """The facts that rules ask for most: role, unit, location, day of hire."""
        job = self.job
        facts = [self.person.job_role, self.person.org_unit, job and job.location]
        told = " · ".join(str(fact) for fact in facts if fact)
        if job is not None and job.hired_on:
            hired = _("hired %s") % date_format(job.hired_on, "j M Y")
            return f"{told} · {hired}" if told else hired
        return told or _("no role, no unit")


@dataclass(frozen=True)
class PreviewPage:
    """What a rule would do, with one group of people by name.

    Attributes:
        preview: Everything in numbers; None when the rule has faults.
        faults: What keeps it from being put into force.
        group: Which people are listed, one of `GROUPS`.
        people: They, in order of name.
        due_today: How many get it on the very day on which it is due.
        closing_today: How many get it on the very day on which it closes.
    """

    rule: Assignment
    text: VersionText
    archiving: bool
    preview: Preview | None
    faults: list[str]
    group: str
    people: list[Reached]
    page: KeysetPage[Any]
    due_today: int = 0
    closing_today: int = 0


def preview_page(
    rule: Assignment, version: AssignmentVersion, at: datetime, *, archiving: bool, group: str, cursor: str
) -> PreviewPage:
    """Return what confirming, or archiving, would do; at most twenty queries, however many people it concerns."""
    faults = [] if archiving else faults_of(rule, version, company_day(at))
    text = version_text(version)
    try:
        preview = preview_rule(rule, version, at, archiving=archiving)
    except InvalidRule as invalid:
        empty: KeysetPage[Any] = KeysetPage([])
        return PreviewPage(rule, text, archiving, None, faults or [invalid.message], "gaining", [], empty)
    shown = group if group in GROUPS else _worth_most(preview, archiving=archiving)
    reach = reach_of(rule, _audience(version, archiving=archiving), company_day(at))
    page = keyset_page(
        _listed(rule, version, reach, shown), order=_order(shown), cursor=cursor, size=PEOPLE_SHOWN
    )
    return PreviewPage(
        rule=rule,
        text=text,
        archiving=archiving,
        preview=preview,
        faults=faults,
        group=shown,
        people=_reached(rule, version, shown, page.rows, at),
        page=page,
        due_today=0 if archiving else _met_today(version.due, preview, company_day(at)),
        closing_today=0 if archiving else _met_today(version.closes, preview, company_day(at)),
    )


def _worth_most(preview: Preview, *, archiving: bool) -> str:
    """Return the group that is listed unasked: the first in which something happens."""
    if archiving:
        return "leaving"
    counts = {"gaining": preview.gaining, "leaving": preview.losing, "changing": preview.changing}
    return next((group for group, count in counts.items() if count), "on_it")


def _met_today(asked: DateRule, preview: Preview, today: date) -> int:
    """Return how many gain the path on the very day asked for; what counts from a hire leaves everyone a week."""
    at_once = (asked.basis == "assigned" and not asked.days) or (asked.basis == "day" and asked.day == today)
    return preview.gaining if at_once else 0


def everyone_reached(
    rule: Assignment, version: AssignmentVersion, at: datetime, *, archiving: bool
) -> Iterable[tuple[str, str, str]]:
    """Return name, address and what happens, for everyone whom a preview concerns, one by one; in flat memory.

    Raises:
        InvalidRule: The audience cannot be understood; at once, not while the rows are read.
    """
    reach = reach_of(rule, _audience(version, archiving=archiving), company_day(at))
    return _every_row(rule, version, reach, at)


def _audience(version: AssignmentVersion, *, archiving: bool) -> Rule:
    return NOBODY if archiving else parse_rule(version.audience)


def _every_row(
    rule: Assignment, version: AssignmentVersion, reach: Reach, at: datetime
) -> Iterator[tuple[str, str, str]]:
    for group in IN_FILE:
        rows = _listed(rule, version, reach, group).order_by(*_order(group)).iterator(chunk_size=1000)
        for row in rows:
            person = row if isinstance(row, User) else row.learner
            yield person.full_name, person.email, _what(rule, version, group, row, at)


def _order(group: str) -> tuple[str, ...]:
    return BY_NAME if group in {"gaining", "excluded"} else BY_LEARNER


def _listed(rule: Assignment, version: AssignmentVersion, reach: Reach, group: str) -> QuerySet[Any]:
    match group:
        case "gaining" | "excluded":
            people = reach.gaining if group == "gaining" else reach.excluded
            hired = Subquery(PRIMARY.filter(person=OuterRef("pk")).values("hired_on")[:1])
            return people.select_related("job_role", "org_unit").annotate(hired_on=hired)
        case "leaving":
            rows = reach.leaving
        case "changing":
            rows = changing_enrollments(rule, version, reach.matching)
        case _:
            rows = reach.on_it
    return rows.select_related(
        "learner__job_role", "learner__org_unit", "version__assignment", "enrolled_by"
    ).annotate(is_begun=Exists(BEGUN))


def _reached(
    rule: Assignment, version: AssignmentVersion, group: str, rows: list[Any], at: datetime
) -> list[Reached]:
    people = [row if isinstance(row, User) else row.learner for row in rows]
    fitting = _fitting(version, people, at) if group == "gaining" else {}
    jobs = {job.person_id: job for job in PRIMARY.filter(person__in=people)}
    return [
        Reached(
            person, jobs.get(person.pk), _what(rule, version, group, row, at) + fitting.get(person.pk, "")
        )
        for person, row in zip(people, rows, strict=True)
    ]


def _fitting(version: AssignmentVersion, people: list[User], at: datetime) -> dict[int, str]:
    """Return which groups of the rule these people fit, where there are several; one query."""
    rule = parse_rule(version.audience)
    if not isinstance(rule, AnyOf) or len(rule.parts) < 2 or not people:
        return {}
    chosen = User.objects.filter(pk__in=[person.pk for person in people])
    facts = facts_of(chosen, dict(enumerate(rule.parts, 1)), company_day(at))
    return {each.pk: _("; fits group %s") % ", ".join(map(str, sorted(each.rules))) for each in facts}


def _what(rule: Assignment, version: AssignmentVersion, group: str, row: Any, at: datetime) -> str:
    match group:
        case "gaining":
            return _gets(version, row, at)
        case "excluded":
            return _("was excluded by hand, and gets nothing")
        case "leaving":
            return _leaves(row)
        case _:
            return _stays(rule, version, row)


def _gets(version: AssignmentVersion, person: Any, at: datetime) -> str:
    due = version.due.for_person(assigned_on=today_of(person, at), hired_on=person.hired_on)
    return _("gets it, due %s") % date_format(due, "j F Y") if due else _("gets it")


def _leaves(enrollment: Any) -> str:
    policy = enrollment.version.on_leaving
    if policy == OnLeaving.KEEP:
        return _("the rule applies no more; keeps it")
    stays = enrollment.is_own_choice or enrollment.cycle > 1 or enrollment.is_begun
    if policy == OnLeaving.WITHDRAW and not stays:
        return _("the rule applies no more, and they have not begun: it is withdrawn")
    return _("the rule applies no more: it becomes optional")


def _stays(  # noqa: PLR0911  one sentence for each way to be on a path
    rule: Assignment, version: AssignmentVersion, enrollment: Enrollment
) -> str:
    if enrollment.completed_at is not None:
        return _("has completed it")
    held_by = enrollment.version
    if held_by is None and enrollment.source == Enrollment.Source.SELF:
        return _("chose it; it becomes part of this rule, with its dates")
    if held_by is None:
        who = enrollment.enrolled_by or _("somebody")
        return _("was enrolled by %s; that stays as it is") % who
    if held_by.assignment_id != rule.pk:
        return _("has it by “%s”; the earlier due date holds") % held_by.assignment.name
    if enrollment.has_fixed_dates:
        return _("has it by this rule; their own dates stay")
    if held_by.pk == version.pk:
        return _("has it by this rule already")
    return _("has it by this rule; its dates follow the new text")


def worth_reading(shown: PreviewPage) -> list[str]:
    """Return what is not wrong and still should be read before confirming."""
    preview, told = shown.preview, []
    if preview is None or shown.archiving:
        return []
    if preview.matching == 0:
        told.append(_("This rule applies to nobody today. It waits, and reaches people once they fit."))
    elif preview.matching == preview.everyone:
        told.append(_("This rule applies to everyone who works here."))
    if count := shown.due_today:
        late = ngettext(
            "For %(count)s person it is due on the day they get it.",
            "For %(count)s people it is due on the day they get it.",
            count,
        )
        told.append(late % {"count": f"{count:,}"})
    if count := shown.closing_today:
        closed = ngettext(
            "For %(count)s person it closes on the day they get it.",
            "For %(count)s people it closes on the day they get it.",
            count,
        )
        told.append(closed % {"count": f"{count:,}"})
    return told


def worth_knowing(shown: PreviewPage) -> list[str]:
    """Return what may be just as it should be, and is said once."""
    version = shown.text.version
    if shown.archiving or not version.is_required or version.due.basis:
        return []
    return [_("It is required and has no due day.")]
