"""What a rule would do, before it does it: whom it reaches, who gains the path, who loses it, and why not others.

Every group is one queryset over the same conditions that applying the rule asks, so that the numbers, the lists of
names and the effect cannot tell different stories.
The numbers come from fewer and cheaper queries over the same conditions; a test holds them to the groups.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    Count,
    Exists,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    When,
)
from django.db.models.functions import Coalesce
from django.forms.models import model_to_dict

from lms.paths.models import Assignment, AssignmentVersion, Enrollment, Exclusion, StepCompletion
from lms.people.audience_rules import AllOf, AnyOf, Rule, parse_rule
from lms.people.models import User
from lms.people.selectors import company_day, people_matching
from lms.people.vocabulary import SIGN_IN_STATUSES

TYPED_ABOVE = 100
NOBODY = AnyOf(())
EVERYONE = AllOf(())
PRIME = 2_147_483_647
SQUARE = F("pk") * F("pk") % PRIME
"""Sums of this tell sets of rows from one another, and stay small enough for every database."""
NOBODY_LEAVES: dict[str, Any] = {"count": 0, "withdrawn": 0, "keeping": 0}
BEGUN = StepCompletion.objects.filter(enrollment=OuterRef("pk"), how=StepCompletion.How.LEARNED)

OnLeaving = AssignmentVersion.OnLeaving


@dataclass(frozen=True)
class Reach:
    """Whom one version of a rule reaches, as querysets; nobody is asked for until one of them is used.

    Attributes:
        matching: Everyone in the audience who works here.
        gaining: Those of them who get the path now, new or back again.
        on_it: Current enrollments of those who have it already, by whatever way.
        excluded: Those who would get it and were excluded by hand.
        outside: Open enrollments that this rule holds and whose person is not in the audience.
        leaving: Those of them whom no other rule in force takes over.
    """

    matching: QuerySet[User]
    gaining: QuerySet[User]
    on_it: QuerySet[Enrollment]
    excluded: QuerySet[User]
    outside: QuerySet[Enrollment]
    leaving: QuerySet[Enrollment]


def reach_of(assignment: Assignment, rule: Rule, today: date) -> Reach:
    """Return whom a rule reaches on the path of an assignment; one query, for the other rules on it."""
    current = Enrollment.objects.current().filter(path=assignment.path_id)
    excluded = Exclusion.objects.filter(learner=OuterRef("pk"), path=assignment.path_id, cleared_at=None)
    matching = people_matching(rule, today)
    missing = matching.exclude(Exists(current.filter(learner=OuterRef("pk"))))
    matching_learner = Exists(matching.filter(pk=OuterRef("learner")))
    held = current.filter(version__assignment=assignment, completed_at=None)
    outside = held.exclude(matching_learner)
    return Reach(
        matching=matching,
        gaining=missing.exclude(Exists(excluded)),
        on_it=current.filter(matching_learner),
        excluded=missing.filter(Exists(excluded)),
        outside=outside,
        leaving=outside.exclude(Exists(_claimed_by_others(assignment, today).filter(pk=OuterRef("learner")))),
    )


def _claimed_by_others(assignment: Assignment, today: date) -> QuerySet[User]:
    others = Assignment.objects.filter(
        path=assignment.path_id, state=Assignment.State.ACTIVE, problem="", live__isnull=False
    ).exclude(pk=assignment.pk)
    audiences = others.order_by("pk").values_list("live__audience", flat=True)
    return people_matching(AnyOf(tuple(parse_rule(audience) for audience in audiences)), today)


@dataclass(frozen=True)
class Preview:
    """What confirming would do, in numbers.

    Attributes:
        everyone: People who work here; counted no further than it takes to tell that they are more than match.
        matching: Of these, people in the audience.
        gaining: Get the path.
        on_it: Are on it already.
        excluded: Were excluded by hand and get nothing.
        withdrawn: Lose it; they have not started.
        made_optional: Keep it without having to do it.
        keeping: Left the audience and keep it as it is.
        changing: On it already, and the rule makes it required, or offered, or gives it other dates.
        seen: Fingerprint of the version and of exactly these people; another one means another effect.
    """

    everyone: int
    matching: int
    gaining: int
    on_it: int
    excluded: int
    withdrawn: int
    made_optional: int
    keeping: int
    changing: int
    seen: str

    @property
    def affected(self) -> int:
        """How many people gain or lose something, or get other dates."""
        return self.gaining + self.withdrawn + self.made_optional + self.changing

    @property
    def losing(self) -> int:
        """How many people are held by the rule and not meant any more, whatever happens to them."""
        return self.withdrawn + self.made_optional + self.keeping

    @property
    def must_be_typed(self) -> bool:
        """Whether so many are affected that a slip of the mouse must not be enough."""
        return self.affected > TYPED_ABOVE or (self.affected > 20 and self.affected * 2 > self.everyone)


def preview_rule(
    assignment: Assignment, version: AssignmentVersion, at: datetime, *, archiving: bool = False
) -> Preview:
    """Return what putting a version into force, or archiving the rule, would do; at most eight queries.

    Raises:
        InvalidRule: The audience cannot be understood.
    """
    rule = NOBODY if archiving else parse_rule(version.audience)
    reach = reach_of(assignment, rule, company_day(at))
    count = _count_everyone if rule == EVERYONE else _count_some
    audience = count(reach.matching, assignment)
    # Mostly nobody leaves, which is quicker to tell from counts than by looking for them.
    leaving = _count_leaving(reach.leaving) if audience.pop("leaving") else NOBODY_LEAVES
    excluded = reach.excluded.order_by().aggregate(count=Count("*"), keys=Sum(SQUARE))
    # Nobody's path changes who has it by this very text, and that is everyone once it is in force.
    loose = audience.pop("loose") or (assignment.live is not None and _says_other(assignment.live, version))
    changing = (
        changing_enrollments(assignment, version, reach.matching).count() if loose and not archiving else 0
    )
    return Preview(
        everyone=_everyone(rule, audience["matching"]),
        matching=audience["matching"],
        gaining=audience["matching"] - audience["on_it"] - excluded["count"],
        on_it=audience["on_it"],
        excluded=excluded["count"],
        withdrawn=leaving["withdrawn"],
        made_optional=leaving["count"] - leaving["withdrawn"] - leaving["keeping"],
        keeping=leaving["keeping"],
        changing=changing,
        seen=_fingerprint(assignment, version, archiving, [audience, excluded, leaving, changing]),
    )


def _count_some(matching: QuerySet[User], assignment: Assignment) -> dict[str, Any]:
    """Count an audience, those of it who are on the path, and those whom the rule holds outside of it.

    One pass over the audience with its places: nobody has two current ones on a path. Only columns of an index are
    asked for, so that the table of enrollments need not be read. For the fingerprint, the key of whoever is on the
    path counts three times.
    """
    versions = list(assignment.versions.values_list("pk", flat=True))
    on_path = Q(
        enrollments__path=assignment.path_id,
        enrollments__is_latest=True,
        enrollments__withdrawn_at__isnull=True,
    )
    held = Q(place__version__in=versions, place__completed_at__isnull=True)
    on = Q(place__learner__isnull=False)
    weight = Case(When(place__learner__isnull=False, then=3), default=1)
    found = (
        matching.order_by()
        .alias(place=FilteredRelation("enrollments", condition=on_path))
        .aggregate(
            matching=Count("*"),
            on_it=Count("place__learner"),
            held=Count("pk", filter=held),
            loose=Count("pk", filter=Q(place__version__isnull=True, place__completed_at__isnull=True) & on),
            keys=Sum(SQUARE * weight),
        )
    )
    current = Enrollment.objects.current().filter(path=assignment.path_id)
    all_held = current.filter(version__in=versions, completed_at=None).count()
    return {**found, "leaving": all_held - found.pop("held")}


def _count_everyone(matching: QuerySet[User], assignment: Assignment) -> dict[str, Any]:
    """Count the same for an audience of everyone, from the few on the path who do not work here any more.

    Bringing all people together with all their places would take twice as long as all of this.
    """
    versions = list(assignment.versions.values_list("pk", flat=True))
    current = Enrollment.objects.current().filter(path=assignment.path_id)
    numbers = {
        "on_it": Count("*"),
        "held": Count("learner", filter=Q(version__in=versions, completed_at=None)),
        "loose": Count("learner", filter=Q(version=None, completed_at=None)),
        "keys": Coalesce(Sum(F("learner") * F("learner") % PRIME), 0, output_field=BigIntegerField()),
    }
    on_path = current.aggregate(**numbers)
    gone = current.exclude(learner__status__in=SIGN_IN_STATUSES).aggregate(**numbers)
    return {
        **matching.order_by().aggregate(matching=Count("*"), keys=Sum(SQUARE)),
        "on_it": on_path["on_it"] - gone["on_it"],
        "keys_on_it": on_path["keys"] - gone["keys"],
        "leaving": gone["held"],
        "loose": on_path["loose"],
    }


def _count_leaving(leaving: QuerySet[Enrollment]) -> dict[str, Any]:
    """Count what happens to those who leave; the version that holds each decides, not the one that is looked at."""
    return (
        leaving.order_by()
        .alias(is_kept=Q(is_own_choice=True) | Q(cycle__gt=1) | Q(Exists(BEGUN)))
        .aggregate(
            count=Count("*"),
            withdrawn=Count("pk", filter=Q(is_kept=False, version__on_leaving=OnLeaving.WITHDRAW)),
            keeping=Count("pk", filter=Q(version__on_leaving=OnLeaving.KEEP)),
            keys=Sum(SQUARE),
        )
    )


def changing_enrollments(
    assignment: Assignment, version: AssignmentVersion, matching: QuerySet[User]
) -> QuerySet[Enrollment]:
    """Return open enrollments of people in the audience that the version would make required or give other dates.

    Those are paths that people chose themselves, and what earlier versions of the rule hold if they say something else.
    """
    others = [each.pk for each in assignment.versions.all() if _says_other(each, version)]
    chosen = Q(version=None, source=Enrollment.Source.SELF)
    on_it = Enrollment.objects.in_progress().filter(path=assignment.path_id)
    return on_it.filter(
        chosen | Q(version__in=others, dates_by_hand=False, cycle=1),
        Exists(matching.filter(pk=OuterRef("learner"))),
    )


def _says_other(one: AssignmentVersion, other: AssignmentVersion) -> bool:
    """Return whether two versions require something else, or by another day."""
    return (one.is_required, one.due, one.closes) != (other.is_required, other.due, other.closes)


def _everyone(rule: Rule, matching: int) -> int:
    """Count the people who work here, no further than it takes to tell that `matching` are not all of them."""
    if rule == EVERYONE:
        return matching
    enough = max(matching, 2 * TYPED_ABOVE) + 1
    counted: int = User.objects.current().order_by()[:enough].count()
    return counted


def _fingerprint(assignment: Assignment, version: AssignmentVersion, archiving: bool, sums: list[Any]) -> str:
    facts = [assignment.state, assignment.live_id, assignment.round, archiving, model_to_dict(version), sums]
    return sha256(json.dumps(facts, default=str, sort_keys=True).encode()).hexdigest()[:32]
