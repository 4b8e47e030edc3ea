"""Why somebody has a path, and why somebody else does not: the rules and decisions, part by part.

Administrators read everything. A person reads only the rules that mean or hold them, and of other people no name.
"""

import uuid
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.utils.translation import gettext as _

from courses.models import LearningPathPage
from lms.paths.models import Assignment, Enrollment, EnrollmentChange, Exclusion
from lms.people.audience_rules import (
    AllOf,
    AnyOf,
    InvalidRule,
    IsOneOf,
    Not,
    ReportsTo,
    Rule,
    describe,
    parse_rule,
)
from lms.people.models import User
from lms.people.selectors import company_day, facts_of, names_in

CHANGES_SHOWN = 50
THEMSELVES = uuid.UUID(int=0)
A_MANAGER = uuid.UUID(int=1)


@dataclass(frozen=True)
class Part:
    """One condition, and whether it holds for the person."""

    words: str
    holds: bool


@dataclass(frozen=True)
class RuleCheck:
    """One rule for the path, and whether it means the person.

    Attributes:
        means_them: Whether the person is in its audience today.
        groups: Its conditions; all of a group have to hold, one group is enough.
        problem: Why it rests; empty when it does not.
    """

    rule: Assignment
    means_them: bool
    groups: list[list[Part]]
    problem: str


@dataclass(frozen=True)
class Moved:
    """One thing that happened to an enrollment.

    Attributes:
        due: The due day before and after; None where there was none, and both when it did not change.
        closes: The same for the last day.
        is_for_everyone: Whether its reason was written for the person to read, not only for administrators.
    """

    change: EnrollmentChange
    due: tuple[date | None, date | None]
    closes: tuple[date | None, date | None]
    is_for_everyone: bool


@dataclass(frozen=True)
class Explanation:
    """Everything that decides about one person and one path.

    Attributes:
        enrollment: The latest one, withdrawn or not; None when there never was one.
        earlier: Earlier cycles, the newest first.
        exclusion: The one in force; None without.
        rules: Rules for this path that are in force or paused, the oldest first; for the person themselves only
            those that mean or hold them.
        changes: What happened to the enrollments, the newest first.
        works_here: Whether the person works here now; no rule means anyone who does not.
    """

    person: User
    path: LearningPathPage
    enrollment: Enrollment | None
    earlier: list[Enrollment]
    exclusion: Exclusion | None
    rules: list[RuleCheck]
    changes: list[Moved]
    works_here: bool

    @property
    def has_it(self) -> bool:
        """Whether the person is on the path."""
        return self.enrollment is not None and self.enrollment.withdrawn_at is None


def explain(
    person: User, path: LearningPathPage, now: datetime, *, to_themselves: bool = False
) -> Explanation:
    """Return why a person has a path, or why not; a dozen queries, whatever the number of people.

    Args:
        person: Whom it is about.
        path: The path.
        now: The present.
        to_themselves: Whether the person reads it, and not an administrator.
    """
    enrollments = list(
        Enrollment.objects.filter(learner=person, path=path)
        .select_related("version__assignment", "version__confirmed_by", "enrolled_by")
        .order_by("-cycle")
    )
    changes = EnrollmentChange.objects.filter(enrollment__in=enrollments)
    exclusions = Exclusion.objects.filter(learner=person, path=path, cleared_at=None)
    in_force = [Assignment.State.ACTIVE, Assignment.State.PAUSED]
    rules = Assignment.objects.filter(path=path, state__in=in_force).select_related("live").order_by("pk")
    checks = _checks(list(rules), person, now, blind=to_themselves)
    if to_themselves:
        holder = enrollments[0].version if enrollments else None
        held_by = holder.assignment_id if holder and enrollments[0].withdrawn_at is None else None
        checks = [check for check in checks if check.means_them or check.rule.pk == held_by]
    return Explanation(
        person=person,
        path=path,
        enrollment=enrollments[0] if enrollments else None,
        earlier=enrollments[1:],
        exclusion=exclusions.select_related("excluded_by").first(),
        rules=checks,
        changes=[
            _moved(change)
            for change in changes.select_related("actor", "version__assignment")[:CHANGES_SHOWN]
        ],
        works_here=person.status in User.MAY_SIGN_IN,
    )


def _moved(change: EnrollmentChange) -> Moved:
    written_for_them = {EnrollmentChange.What.EXTENDED, EnrollmentChange.What.ASSIGNED}
    return Moved(
        change,
        due=_days_of(change, "due_on"),
        closes=_days_of(change, "closes_on"),
        is_for_everyone=change.what in written_for_them,
    )


def _days_of(change: EnrollmentChange, name: str) -> tuple[date | None, date | None]:
    before, after = change.before.get(name), change.after.get(name)
    if before == after:
        return None, None
    return (
        date.fromisoformat(before) if before else None,
        date.fromisoformat(after) if after else None,
    )


def _checks(rules: list[Assignment], person: User, now: datetime, *, blind: bool) -> list[RuleCheck]:
    """Ask for all conditions of all rules at once."""
    parsed: list[tuple[Assignment, Rule | None, list[list[Rule]]]] = []
    for rule in rules:
        try:
            audience = parse_rule(rule.live.audience) if rule.live else None
        except InvalidRule:
            audience = None
        parsed.append((rule, audience, _groups(audience) if audience else []))
    asked = [audience for _rule, audience, _groups_of in parsed if audience]
    asked += [part for _rule, _audience, groups in parsed for group in groups for part in group]
    numbers = {part: number for number, part in enumerate(dict.fromkeys(asked))}
    by_number = {number: part for part, number in numbers.items()}
    [facts] = facts_of(User.objects.filter(pk=person.pk), by_number, company_day(now))
    names = names_in(AllOf(tuple(asked)))
    return [
        RuleCheck(
            rule=rule,
            means_them=audience is not None and numbers[audience] in facts.rules,
            groups=[
                [
                    Part(
                        _without_names(p, names) if blind else describe(p, names=names),
                        numbers[p] in facts.rules,
                    )
                    for p in group
                ]
                for group in groups
            ],
            problem=rule.problem,
        )
        for rule, audience, groups in parsed
    ]


def _groups(rule: Rule) -> list[list[Rule]]:
    """Return the conditions as the editor shows them: groups of parts, of which a deeper one is a single part."""
    alternatives = rule.parts if isinstance(rule, AnyOf) else (rule,)
    return [list(each.parts) if isinstance(each, AllOf) and each.parts else [each] for each in alternatives]


def _without_names(rule: Rule, names: dict[object, str]) -> str:
    """Return a condition in words that name no other person."""
    if isinstance(rule, Not) and isinstance(rule.part, IsOneOf):
        return _("is not named in the rule")
    told: dict[object, str] = {THEMSELVES: _("named in the rule"), A_MANAGER: _("somebody named in the rule")}
    return describe(_without_people(rule), names={**names, **told})


def _without_people(rule: Rule) -> Rule:
    match rule:
        case IsOneOf():
            return IsOneOf((THEMSELVES,))
        case ReportsTo():
            return replace(rule, manager=A_MANAGER)
        case Not(part):
            return Not(_without_people(part))
        case AllOf(parts) | AnyOf(parts):
            return replace(rule, parts=tuple(_without_people(part) for part in parts))
        case _:
            return rule
