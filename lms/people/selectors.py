"""What screens and other apps ask about people."""

from datetime import date, timedelta
from functools import reduce
from operator import and_, or_
from typing import Any

from django.conf import settings
from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Value
from django.utils import timezone

from lms.people import audience_rules as rules
from lms.people.models import Audience, Employment, JobRole, OrgUnit, ReportingLine, User
from lms.people.time_zones import zone_or_default

_EVERYONE = Q(Value(True))
_NOBODY = Q(Value(False))


def company_today() -> date:
    """Return the day it is in the zone of the company: days of an employment do not hang on who is asking."""
    return timezone.localdate(timezone=zone_or_default("", settings.PRAXIS_TIME_ZONE))


def people_in_audience(audience: Audience, today: date) -> QuerySet[User]:
    """Current people whom the rule or a hand put in, without those excluded by hand; each once, in one query.

    Args:
        audience: A saved audience, or an unsaved one for a preview (it has no members and exclusions yet).
        today: The day from which "hired within" counts.

    Raises:
        InvalidRule: The stored rule cannot be understood.
    """
    members = Audience.members.through.objects.filter(audience_id=audience.pk).values("user_id")
    excluded = Audience.excluded.through.objects.filter(audience_id=audience.pk).values("user_id")
    matching = rule_condition(rules.parse_rule(audience.rule), today) | Q(pk__in=members)
    people: QuerySet[User] = User.objects.current().filter(matching, ~Q(pk__in=excluded))
    return people


def people_matching(rule: rules.Rule, today: date) -> QuerySet[User]:
    """Current people for whom a rule holds, each once, in one query; for a preview while it is written."""
    people: QuerySet[User] = User.objects.current().filter(rule_condition(rule, today))
    return people


def rule_condition(rule: rules.Rule, today: date) -> Q:  # noqa: C901, PLR0911 one case per kind of part
    """Return a condition on people that is true or false for each, never unknown.

    Every fact is an `EXISTS` or a comparison of a column that is never null, so "not" means the rest, and no
    join can list a person twice.
    """
    match rule:
        case rules.AllOf(parts):
            return reduce(and_, (rule_condition(part, today) for part in parts), _EVERYONE)
        case rules.AnyOf(parts):
            return reduce(or_, (rule_condition(part, today) for part in parts), _NOBODY)
        case rules.Not(part):
            return ~rule_condition(part, today)
        case rules.IsOneOf(people):
            return Q(public_id__in=people)
        case rules.HasRole(codes):
            return Q(Exists(JobRole.objects.filter(pk=OuterRef("job_role"), code__in=codes)))
        case rules.InUnit(codes):
            return _in_units(codes)
        case rules.ReportsTo(manager, directly):
            lines = ReportingLine.objects.filter(report=OuterRef("pk"), manager__public_id=manager)
            return Q(Exists(lines.filter(depth=1) if directly else lines))
        case rules.AtLocation(names):
            return _employed(location__in=names)
        case rules.EmployedAs(types):
            return _employed(employment_type__in=types)
        case rules.HiredWithin(days):
            return _employed(hired_on__range=(_days_before(today, days), today))
        case rules.HiredBefore(on):
            return _employed(hired_on__lt=on)
        case rules.HiredAfter(on):
            return _employed(hired_on__gt=on)


def _in_units(codes: tuple[str, ...]) -> Q:
    path = ExpressionWrapper(OuterRef("path"), output_field=CharField())
    above = OrgUnit.objects.alias(below=path).filter(code__in=codes, below__startswith=F("path"))
    return Q(Exists(OrgUnit.objects.filter(Exists(above), pk=OuterRef("org_unit"))))


def _employed(**facts: Any) -> Q:
    current = Employment.objects.filter(person=OuterRef("pk"), is_primary=True, effective_to=None)
    return Q(Exists(current.filter(**facts)))


def _days_before(day: date, days: int) -> date:
    return date.min if days >= day.toordinal() else day - timedelta(days=days)
