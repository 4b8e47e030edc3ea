"""What screens and other apps ask about people."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from functools import reduce
from operator import and_, or_
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db.models import (
    BooleanField,
    CharField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
)
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext

from lms.people import audience_rules as rules
from lms.people.audience_checks import leaves
from lms.people.audience_facts import registered_facts
from lms.people.batches import in_batches
from lms.people.models import Audience, Employment, ExternalIdentity, JobRole, OrgUnit, ReportingLine, User
from lms.people.time_zones import zone_or_default
from lms.people.vocabulary import SIGN_IN_STATUSES

_EVERYONE = Q(Value(True))
_NOBODY = Q(Value(False))
WORDS_SEARCHED = 8


def company_today() -> date:
    """Return the day it is in the zone of the company: days of an employment do not hang on who is asking."""
    return company_day(timezone.now())


def company_day(at: datetime) -> date:
    """Return the day it is in the zone of the company at a moment."""
    return at.astimezone(zone_or_default("", settings.PRAXIS_TIME_ZONE)).date()


def today_of(person: User, now: datetime) -> date:
    """Return the day it is where a person lives."""
    return now.astimezone(zone_or_default(person.time_zone, settings.PRAXIS_TIME_ZONE)).date()


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


def rule_condition(  # noqa: C901, PLR0911, PLR0912 one case per kind of part
    rule: rules.Rule, today: date
) -> Q:
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
        case rules.LeadsPeople():
            lines = ReportingLine.objects.filter(manager=OuterRef("pk"), report__in=User.objects.current())
            return Q(Exists(lines))
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
        case rules.Has(key, values):
            return registered_facts()[key].condition(values, today)


def _in_units(codes: tuple[str, ...]) -> Q:
    path = ExpressionWrapper(OuterRef("path"), output_field=CharField())
    above = OrgUnit.objects.alias(below=path).filter(code__in=codes, below__startswith=F("path"))
    return Q(Exists(OrgUnit.objects.filter(Exists(above), pk=OuterRef("org_unit"))))


def _employed(**facts: Any) -> Q:
    current = Employment.objects.filter(person=OuterRef("pk"), is_primary=True, effective_to=None)
    return Q(Exists(current.filter(**facts)))


def _days_before(day: date, days: int) -> date:
    return date.min if days >= day.toordinal() else day - timedelta(days=days)


class PersonFacts(NamedTuple):
    """What rules and dates need to know about one person; `rules` has the keys of the rules that hold for them."""

    pk: int
    status: str
    time_zone: str
    hired_on: date | None
    rules: frozenset[int]


def facts_of(
    people: QuerySet[User], rules_by_key: Mapping[int, rules.Rule], today: date
) -> list[PersonFacts]:
    """Return what is known of each of these people, and which rules hold for them; one query.

    No rule holds for people who do not work here now.

    Args:
        people: Few people, such as a chunk of a thousand or one.
        rules_by_key: Parsed rules by a key of the caller's.
        today: As in `people_in_audience`.
    """
    columns = {
        f"rule_{key}": ExpressionWrapper(rule_condition(rule, today), output_field=BooleanField())
        for key, rule in rules_by_key.items()
    }
    job = Employment.objects.filter(person=OuterRef("pk"), is_primary=True, effective_to=None)
    rows = people.order_by("pk").annotate(hired_on=Subquery(job.values("hired_on")[:1]), **columns)
    names = ["pk", "status", "time_zone", "hired_on", *columns]
    found = []
    for pk, status, time_zone, hired_on, *held in rows.values_list(*names):
        works_here = status in SIGN_IN_STATUSES
        holding = frozenset(
            key for key, holds in zip(rules_by_key, held, strict=True) if holds and works_here
        )
        found.append(PersonFacts(pk, status, time_zone, hired_on, holding))
    return found


Named = tuple[str, str]
"""Kind and name: ``("role", "sales")``, or the key of a registered fact and one of its values."""


def missing_from(rule: rules.Rule) -> list[str]:
    """Return a sentence for each name in a rule that nothing has any more; see `missing_by_rule`."""
    return missing_by_rule({0: rule})[0]


def missing_by_rule(rules_by_key: Mapping[int, rules.Rule]) -> dict[int, list[str]]:
    """Return for each rule a sentence for each name in it that nothing has any more; empty when all is there.

    One query for roles, units and people together, and one for each other fact, however many rules.
    """
    named = {key: _named(rule) for key, rule in rules_by_key.items()}
    everything = {each for names in named.values() for each in names}
    by_kind = {kind: {name for k, name in everything if k == kind} for kind, _name in everything}
    there = _existing(by_kind.get("role", set()), by_kind.get("unit", set()), by_kind.get("person", set()))
    for kind in by_kind.keys() - there.keys():
        there[kind] = {value for value, _name in registered_facts()[kind].choices()}
    return {
        key: [_told(kind, name) for kind, name in names if name not in there[kind]]
        for key, names in named.items()
    }


def _named(rule: rules.Rule) -> list[Named]:
    """Return every name that a rule uses, in order, each once."""
    names: list[Named] = []
    for leaf in leaves(rule):
        match leaf:
            case rules.HasRole(codes):
                names += [("role", code) for code in codes]
            case rules.InUnit(codes):
                names += [("unit", code) for code in codes]
            case rules.ReportsTo(manager, _):
                names.append(("person", str(manager)))
            case rules.IsOneOf(public_ids):
                names += [("person", str(public_id)) for public_id in public_ids]
            case rules.Has(key, values):
                names += [(key, value) for value in values]
    return list(dict.fromkeys(names))


def _told(kind: str, name: str) -> str:
    match kind:
        case "role":
            return gettext("There is no job role %s any more. Choose another one.") % name
        case "unit":
            return (
                gettext("There is no unit %s any more: it was deleted or merged. Choose another one.") % name
            )
        case "person":
            return gettext("Person %s is not known any more. Choose someone else.") % name
        case _:
            return gettext("“%(value)s” in “%(fact)s” does not exist any more. Choose another one.") % {
                "value": name,
                "fact": registered_facts()[kind].label,
            }


def _existing(roles: set[str], units: set[str], people: set[str]) -> dict[str, set[str]]:
    """Return which of these there are, by kind and as text; one query, none when nothing is asked."""
    kinds: list[tuple[str, Any, str, set[Any]]] = [
        ("role", JobRole, "code", roles),
        ("unit", OrgUnit, "code", units),
        ("person", User, "public_id", people),
    ]
    parts = [
        model.objects.order_by()
        .filter(**{f"{field}__in": wanted})
        .values_list(Value(kind), Cast(field, TextField()))
        for kind, model, field, wanted in kinds
        if wanted
    ]
    found: dict[str, set[str]] = {kind: set() for kind, *_ in kinds}
    # The order that a model has by itself would be asked of all of them together, whose columns it does not know.
    for kind, name in parts[0].union(*parts[1:], all=True).order_by() if parts else []:
        # Databases write the same UUID in different ways.
        found[kind].add(str(UUID(name)) if kind == "person" else name)
    return found


def named_like(text: str) -> Q:
    """Return the condition that each word is part of the name or address, or that all is an employee number.

    PostgreSQL reads everyone for this, 100,000 people in a tenth of a second. An index of trigrams would be faster,
    but needs an extension that not every database has.
    """
    named = Q(pk__in=Employment.objects.filter(number=text.strip()).values("person"))
    words = [Q(full_name__icontains=word) | Q(email__icontains=word) for word in text.split()]
    return named | reduce(and_, words[:WORDS_SEARCHED], _EVERYONE)


def role_choices() -> list[tuple[str, str]]:
    """Return code and name of all job roles, in order of name; one query."""
    return list(JobRole.objects.order_by("name").values_list("code", "name"))


def unit_choices() -> list[tuple[str, str]]:
    """Return code and name of all units as they hang together, those below another one set in; one query."""
    units = OrgUnit.objects.order_by("path").values_list("code", "name", "depth")
    return [
        (code, "\N{NO-BREAK SPACE}\N{NO-BREAK SPACE}" * (depth - 1) + name) for code, name, depth in units
    ]


def location_choices() -> list[tuple[str, str]]:
    """Return all locations of current jobs, each twice: as value and as name; one query."""
    current = Employment.objects.filter(is_primary=True, effective_to=None).exclude(location="")
    return [
        (name, name) for name in current.order_by("location").values_list("location", flat=True).distinct()
    ]


def people_named(texts: Collection[str]) -> dict[str, str]:
    """Return public ids of people by address or employee number, in small letters; two queries for each 500."""
    found: dict[str, str] = {}
    for batch in in_batches({text.lower() for text in texts}):
        people = User.objects.filter(email__in=batch).values_list("email", "public_id")
        found.update({email: str(public_id) for email, public_id in people})
    for batch in in_batches({text for text in texts if text.lower() not in found}):
        numbered = ExternalIdentity.objects.filter(source="hr", kind="hris_id", value__in=batch)
        found.update(
            {number.lower(): str(pid) for number, pid in numbered.values_list("value", "person__public_id")}
        )
    return found


def find_listed(texts: Collection[str]) -> dict[str, User]:
    """Return people by what somebody wrote, an address or an employee number, in small letters.

    Cost: two queries for each 500. What they bring of a person: key, address, name and status.
    """
    found: dict[str, User] = {}
    fields = ["pk", "email", "full_name", "status"]
    for batch in in_batches({text.lower() for text in texts}):
        found.update({person.email: person for person in User.objects.filter(email__in=batch).only(*fields)})
    for batch in in_batches({text for text in texts if text.lower() not in found}):
        numbers = ExternalIdentity.objects.filter(source="hr", kind="hris_id", value__in=batch)
        found.update({each.value.lower(): each.person for each in numbers.select_related("person")})
    return found


def people_in_rule(rule: rules.Rule) -> dict[UUID, tuple[str, str]]:
    """Return address and name of everyone a rule names, by public id; one query, none when it names nobody."""
    ids: set[UUID] = set()
    for leaf in leaves(rule):
        match leaf:
            case rules.ReportsTo(manager, _):
                ids.add(manager)
            case rules.IsOneOf(public_ids):
                ids.update(public_ids)
    if not ids:
        return {}
    people = User.objects.filter(public_id__in=ids).values_list("public_id", "email", "full_name")
    return {public_id: (email, name) for public_id, email, name in people}


def rule_in_words(rule: rules.Rule) -> str:
    """Return a rule in words, with the names of what it names; at most three queries, and one for each other fact."""
    return rules.describe(rule, names=names_in(rule))


def names_in(rule: rules.Rule) -> dict[object, str]:
    """Return the names of the people, roles and units of a rule, as `audience_rules.describe` wants them."""
    codes: dict[str, set[str]] = {"role": set(), "unit": set()}
    for leaf in leaves(rule):
        match leaf:
            case rules.HasRole(found):
                codes["role"].update(found)
            case rules.InUnit(found):
                codes["unit"].update(found)
            case _:
                pass
    names: dict[object, str] = {pid: name for pid, (_email, name) in people_in_rule(rule).items()}
    for kind, model in (("role", JobRole), ("unit", OrgUnit)):
        if codes[kind]:
            named = model.objects.filter(code__in=codes[kind]).values_list("code", "name")
            names.update({f"{kind}:{code}": name for code, name in named})
    return names
