"""Bringing people's places on paths in line with the rules.

Everything here is computed from what holds now (rules, people, exclusions, enrollments) and writes only what differs.
So it does not matter how often it runs, in what pieces, or what was interrupted before.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from enum import Enum
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet

from lms.jobs.models import Job
from lms.paths.assigning import Claim, Effect, Leaving, Standing, Step, decide
from lms.paths.dates import DateRule, days_later, months_later
from lms.paths.models import (
    Assignment,
    AssignmentVersion,
    Enrollment,
    EnrollmentChange,
    Exclusion,
    StepCompletion,
)
from lms.paths.services.problems import pause_if_most_leave, without_problems
from lms.paths.services.registering import register_all
from lms.people.audience_checks import depends_on_days
from lms.people.audience_rules import parse_rule
from lms.people.models import User
from lms.people.selectors import PersonFacts, company_day, facts_of
from lms.people.time_zones import zone_or_default

What = EnrollmentChange.What
WHAT = {
    Step.RETURN: What.RETURNED,
    Step.ASSIGN: What.ASSIGNED,
    Step.DATES: What.DATES,
    Step.OPTIONAL: What.OPTIONAL,
    Step.WITHDRAW: What.WITHDRAWN,
}
CHANGING = [
    "source",
    "reason",
    "is_required",
    "version_id",
    "enrolled_by_id",
    "assigned_at",
    "due_on",
    "closes_on",
    "dates_by_hand",
    "days_away",
    "paused_on",
    "withdrawn_at",
    "expires_on",
]
BY_HAND = {Enrollment.Source.MANUAL, Enrollment.Source.MANAGER, Enrollment.Source.API}


class Trigger(Enum):
    """Why people are brought in line with the rules."""

    CONFIRMED = "somebody has seen whom it concerns and confirmed it"
    CHANGE = "facts about people have changed"
    DAY = "a day has passed"


class _Decided(NamedTuple):
    """What is to be done to one person on one path."""

    person: PersonFacts
    path: int
    enrollment: Enrollment | None
    effect: Effect
    away_since: date | None

    @property
    def left_rule(self) -> int | None:
        """The rule whose audience the person has left; None when that is not what happens."""
        version = self.enrollment.version if self.enrollment else None
        return version.assignment_id if version and self.effect.claim is None else None


@transaction.atomic
def assign_people(
    *,
    people: Collection[int],
    at: datetime,
    assignments: Iterable[Assignment] | None = None,
    job: Job | None = None,
    trigger: Trigger = Trigger.CHANGE,
) -> Counter[Step]:
    """Bring some people in line with the rules; repeating it changes nothing.

    The number of queries depends neither on the number of people nor on that of rules.

    Args:
        people: Primary keys; at most a thousand or so at once.
        at: The present.
        assignments: Look only at the paths of these rules; at all when None.
        job: The job that does it, so that it can be taken back; None outside of one.
        trigger: Why it is done. Unless somebody has confirmed it, a rule that would take its path from a great part
            of its people at once is paused instead, as when a unit was merged into another one.

    Returns:
        How often each thing happened.
    """
    paths = None if assignments is None else {assignment.path_id for assignment in assignments}
    rules = rules_in_force(paths=paths, lock=True)
    asked = {rule.pk: parse_rule(_live(rule).audience) for rule in rules}
    # One process at a time decides about a person. Whoever changes facts meanwhile notes it, so it is looked at again.
    locked = User.objects.filter(pk__in=people).select_for_update(no_key=True)
    facts = facts_of(locked, asked, company_day(at))
    places = _places(people, paths)
    excluded = set(
        Exclusion.objects.filter(learner__in=people, cleared_at=None).values_list("learner", "path")
    )
    work = _Work(at, job, rules)
    for person in facts:
        on = places.get(person.pk, {})
        for path in {rule.path_id for rule in rules if rule.pk in person.rules} | on.keys():
            work.consider(person, path, on.get(path), is_excluded=(person.pk, path) in excluded)
    work.spare_those_who_have_begun()
    if trigger != Trigger.CONFIRMED:
        work.hold_back(trigger)
    work.carry_out()
    return work.done


def rules_in_force(*, paths: Collection[int] | None = None, lock: bool = False) -> list[Assignment]:
    """Return the rules that are active and can be applied, the oldest first; those that cannot note why.

    Args:
        paths: Only rules for these paths; all when None.
        lock: Whether they stay as they are until the caller's transaction ends. Rules are locked before people.
    """
    active: QuerySet[Any] = Assignment.objects.filter(state=Assignment.State.ACTIVE).select_related("live")
    rules = active.annotate(has_live_path=F("path__live")).order_by("pk")
    if paths is not None:
        rules = rules.filter(path__in=paths)
    if lock:
        rules = rules.select_for_update(of=("self",), no_key=True)
    return without_problems(rules=list(rules))


def _live(rule: Assignment) -> AssignmentVersion:
    assert rule.live is not None, "an active rule has been confirmed"
    return rule.live


def _places(people: Collection[int], paths: Collection[int] | None) -> dict[int, dict[int, Enrollment]]:
    """Return the latest enrollments of people by person and path, with the rule that holds each; one query."""
    # Locked, so that nobody completes a step or a path in the moment in which it is withdrawn.
    latest = Enrollment.objects.filter(learner__in=people, is_latest=True).order_by("pk")
    latest = latest.select_for_update(of=("self",), no_key=True)
    if paths is not None:
        latest = latest.filter(path__in=paths)
    places: dict[int, dict[int, Enrollment]] = {}
    for enrollment in latest.select_related("version__assignment"):
        places.setdefault(enrollment.learner_id, {})[enrollment.path_id] = enrollment
    return places


class _Work:
    """Collects what happens to a number of people, and writes it in sets."""

    def __init__(self, at: datetime, job: Job | None, rules: Sequence[Assignment]) -> None:
        self.at, self.job = at, job
        self.rules = {rule.pk: rule for rule in rules}
        self.done: Counter[Step] = Counter()
        self.decided: list[_Decided] = []
        self.created: list[Enrollment] = []
        self.changed: list[Enrollment] = []
        self.changes: list[EnrollmentChange] = []

    def consider(
        self, person: PersonFacts, path: int, enrollment: Enrollment | None, *, is_excluded: bool
    ) -> None:
        """Decide about one person on one path, and note what follows."""
        zone = zone_or_default(person.time_zone, settings.PRAXIS_TIME_ZONE)
        claims = [
            _claim(rule, person, enrollment, self.at, zone)
            for rule in self.rules.values()
            if rule.path_id == path and rule.pk in person.rules
        ]
        standing = self._standing(enrollment) if enrollment else None
        effect = decide(standing, claims, is_excluded=is_excluded)
        if effect is None:
            return
        away_since = self.at.astimezone(zone).date() if person.status == User.Status.ON_LEAVE else None
        self.decided.append(_Decided(person, path, enrollment, effect, away_since))

    def spare_those_who_have_begun(self) -> None:
        """Make optional what would be withdrawn although somebody has begun; no query when nothing is withdrawn.

        Asked only now, with the enrollments locked: a step that was completed while we waited is seen.
        """
        going = {
            each.enrollment.pk
            for each in self.decided
            if each.enrollment and each.effect.step == Step.WITHDRAW
        }
        begun = set(StepCompletion.objects.learned_on(going)) if going else set()
        self.decided = [
            each._replace(effect=Effect(Step.OPTIONAL))
            if each.enrollment and each.effect.step == Step.WITHDRAW and each.enrollment.pk in begun
            else each
            for each in self.decided
        ]

    def hold_back(self, trigger: Trigger) -> None:
        """Pause rules that too many would leave at once, and leave their people as they are; mostly no query."""
        leaving = {each.left_rule for each in self.decided if each.left_rule is not None}
        paused = {
            rule
            for rule in leaving
            if rule in self.rules
            and not (trigger == Trigger.DAY and depends_on_days(parse_rule(_live(self.rules[rule]).audience)))
            and pause_if_most_leave(rule=self.rules[rule], at=self.at)
        }
        self.decided = [each for each in self.decided if each.left_rule not in paused]

    def carry_out(self) -> None:
        """Do what was decided, and write everything; five queries at most, besides lessons to be credited."""
        for each in self.decided:
            self.done[each.effect.step] += 1
            if each.enrollment is None:
                self._enroll(each.person.pk, each.path, each.effect, each.away_since)
            else:
                self._change(each.enrollment, each.effect, each)
        Enrollment.objects.bulk_create(self.created)
        Enrollment.objects.bulk_update(self.changed, CHANGING)
        EnrollmentChange.objects.bulk_create(self.changes)
        turned = [each.enrollment for each in self.changes if each.what in {What.RETURNED, What.WITHDRAWN}]
        register_all(enrollments=[*self.created, *turned], at=self.at)

    def _standing(self, enrollment: Enrollment) -> Standing:
        version = enrollment.version
        rule = version.assignment if version else None
        return Standing(
            is_required=enrollment.is_required,
            assignment=rule.pk if rule else None,
            version=version.pk if version else None,
            due_on=enrollment.due_on,
            closes_on=enrollment.closes_on,
            is_by_hand=rule is None and enrollment.source in BY_HAND,
            has_fixed_dates=enrollment.has_fixed_dates,
            is_completed=enrollment.completed_at is not None,
            is_withdrawn=enrollment.withdrawn_at is not None,
            is_resting=rule is not None and self._is_resting(rule),
            is_archived=rule is not None and rule.state == Assignment.State.ARCHIVED,
            stays_anyway=enrollment.is_own_choice or enrollment.cycle > 1,
            on_leaving=version.on_leaving if version else Leaving.WITHDRAW,
        )

    def _is_resting(self, rule: Assignment) -> bool:
        if rule.state == Assignment.State.ACTIVE:
            return rule.pk not in self.rules
        return rule.state == Assignment.State.PAUSED

    def _enroll(self, learner: int, path: int, effect: Effect, paused_on: date | None) -> None:
        assert effect.claim is not None, "only a claim enrolls"
        claim, version = effect.claim, _live(self.rules[effect.claim.assignment])
        enrollment = Enrollment(
            learner_id=learner,
            path_id=path,
            source=Enrollment.Source.RULE,
            reason=version.reason,
            is_required=claim.is_required,
            version_id=version.pk,
            enrolled_by_id=version.confirmed_by_id,
            job_id=self.job.pk if self.job else None,
            enrolled_at=self.at,
            assigned_at=self.at,
            due_on=claim.due_on,
            closes_on=claim.closes_on,
            paused_on=paused_on if claim.due_on or claim.closes_on else None,
        )
        self.created.append(enrollment)

    def _take(self, enrollment: Enrollment, claim: Claim, zone: ZoneInfo) -> None:
        """Let a rule hold an enrollment from now on."""
        rule = self.rules[claim.assignment]
        version = _live(rule)
        if enrollment.version is None or enrollment.version.assignment_id != rule.pk:
            enrollment.assigned_at, enrollment.days_away = self.at, 0
        enrollment.source = Enrollment.Source.RULE
        enrollment.version = version
        enrollment.reason = version.reason
        enrollment.enrolled_by_id = version.confirmed_by_id
        enrollment.is_required = claim.is_required
        if enrollment.completed_at is not None:
            done_on, months = enrollment.completed_at.astimezone(zone).date(), version.repeat_months
            enrollment.expires_on = months_later(done_on, months) if months else None
        elif not enrollment.has_fixed_dates:
            enrollment.due_on, enrollment.closes_on = claim.due_on, claim.closes_on
        elif enrollment.cycle > 1 and enrollment.due_on and claim.due_on and not enrollment.dates_by_hand:
            enrollment.due_on = max(enrollment.due_on, claim.due_on)

    def _change(self, enrollment: Enrollment, effect: Effect, decided: _Decided) -> None:
        zone = zone_or_default(decided.person.time_zone, settings.PRAXIS_TIME_ZONE)
        before = {name: getattr(enrollment, name) for name in CHANGING}
        was_held_by = enrollment.version_id
        match effect.step:
            case Step.OPTIONAL:
                enrollment.is_required, enrollment.version = False, None
                enrollment.due_on = enrollment.closes_on = enrollment.paused_on = None
                enrollment.dates_by_hand = False
                if enrollment.is_own_choice:
                    enrollment.source, enrollment.reason = Enrollment.Source.SELF, ""
            case Step.WITHDRAW:
                enrollment.withdrawn_at, enrollment.version = self.at, None
                enrollment.paused_on = None
            case _:
                assert effect.claim is not None, "everything else follows from a claim"
                if effect.step == Step.RETURN:
                    enrollment.withdrawn_at, enrollment.version = None, None
                    today = self.at.astimezone(zone).date()
                    # More time that somebody gave still holds, if it is not over.
                    enrollment.dates_by_hand &= enrollment.due_on is not None and enrollment.due_on >= today
                self._take(enrollment, effect.claim, zone)
                if effect.step == Step.RETURN and (enrollment.due_on or enrollment.closes_on):
                    enrollment.paused_on = decided.away_since
        after = {name: getattr(enrollment, name) for name in CHANGING}
        self.changed.append(enrollment)
        self.changes.append(
            EnrollmentChange(
                enrollment=enrollment,
                at=self.at,
                what=WHAT[effect.step],
                version_id=enrollment.version_id or was_held_by,
                job=self.job,
                before={name: value for name, value in before.items() if value != after[name]},
                after={name: value for name, value in after.items() if value != before[name]},
            )
        )


def _claim(
    rule: Assignment, person: PersonFacts, enrollment: Enrollment | None, at: datetime, zone: ZoneInfo
) -> Claim:
    """Return what a rule wants for a person; days count from when it took them, or from now if it takes them now."""
    version = _live(rule)
    assigned_at, days_away = at, 0
    held_by = enrollment.version.assignment_id if enrollment and enrollment.version else None
    if enrollment is not None and held_by == rule.pk and enrollment.withdrawn_at is None:
        assigned_at, days_away = enrollment.assigned_at or enrollment.enrolled_at, enrollment.days_away
    assigned_on = assigned_at.astimezone(zone).date()

    def day(asked: DateRule) -> date | None:
        found = asked.for_person(assigned_on=assigned_on, hired_on=person.hired_on)
        return found and days_later(found, days_away)

    due_on, closes_on = day(version.due), day(version.closes)
    return Claim(
        assignment=rule.pk,
        version=version.pk,
        is_required=version.is_required,
        due_on=due_on,
        # Counted from different days, the two may cross for some people: nothing closes before it is due.
        closes_on=max(closes_on, due_on) if closes_on and due_on else closes_on,
    )
