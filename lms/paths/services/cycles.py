"""Paths to be taken again: before a completion runs out the next cycle opens; the one before stays as it is."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from lms.paths.dates import days_later
from lms.paths.models import Assignment, AssignmentVersion, Enrollment, Exclusion
from lms.paths.services.registering import lock_people, register_all
from lms.people.audience_rules import parse_rule
from lms.people.models import User
from lms.people.selectors import company_day, facts_of, today_of

LONGEST_LEAD = timedelta(days=366)


def due_cycles(at: datetime) -> QuerySet[Enrollment]:
    """Return completions that may need a next cycle soon, a few too many; `open_cycles` looks closely."""
    excluded = Exclusion.objects.filter(learner=OuterRef("learner"), path=OuterRef("path"), cleared_at=None)
    return (
        Enrollment.objects.current()
        .filter(
            Q(version__assignment__state=Assignment.State.ACTIVE, version__assignment__problem=""),
            expires_on__lte=company_day(at) + LONGEST_LEAD,
            completed_at__isnull=False,
            learner__in=User.objects.current().values("pk"),
            version__assignment__live__repeat_months__isnull=False,
        )
        .exclude(Exists(excluded))
    )


@transaction.atomic
def open_cycles(*, enrollments: Collection[int], at: datetime) -> list[Enrollment]:
    """Open the next cycle of completions that run out soon; repeating it changes nothing.

    The next cycle is due on the last day of the one before, or later when it opens late. Whoever is excluded, or no
    longer in the audience of the rule, gets none: their completion runs out.

    Args:
        enrollments: Primary keys of completed enrollments, at most a few hundred.
        at: The present.

    Returns:
        The new enrollments.
    """
    learners = Enrollment.objects.filter(pk__in=enrollments).values_list("learner", flat=True)
    lock_people(people=list(learners))
    ended = list(
        due_cycles(at)
        .filter(pk__in=enrollments)
        .select_related("learner", "version__assignment__live")
        .select_for_update(of=("self",))
        .order_by("pk")
    )
    ripe = [each for each in ended if _is_ripe(each, at)]
    rules = {each.version.assignment_id: each.version.assignment for each in ripe if each.version}
    asked = {pk: parse_rule(rule.live.audience) for pk, rule in rules.items() if rule.live}
    facts = facts_of(User.objects.filter(pk__in=[each.learner_id for each in ripe]), asked, company_day(at))
    in_audience = {person.pk: person.rules for person in facts}
    ripe = [
        each
        for each in ripe
        if each.version and each.version.assignment_id in in_audience.get(each.learner_id, frozenset())
    ]
    Enrollment.objects.filter(pk__in=[each.pk for each in ripe]).update(is_latest=False)
    opened = Enrollment.objects.bulk_create(_next_cycle(each, at) for each in ripe)
    register_all(enrollments=opened, at=at)
    return opened


def _is_ripe(enrollment: Enrollment, at: datetime) -> bool:
    version = enrollment.version
    if version is None or version.assignment.live is None or enrollment.expires_on is None:
        return False
    opens_on = enrollment.expires_on - timedelta(days=version.assignment.live.opens_days_before)
    return opens_on <= today_of(enrollment.learner, at)


def _next_cycle(ended: Enrollment, at: datetime) -> Enrollment:
    assert ended.version is not None, "only what a rule holds is taken again"
    live = ended.version.assignment.live
    assert live is not None, "the rule is active"
    today = today_of(ended.learner, at)
    due_on, closes_on = _days_of_next(ended, live, today)
    return Enrollment(
        learner=ended.learner,
        path_id=ended.path_id,
        cycle=ended.cycle + 1,
        source=Enrollment.Source.RULE,
        reason=live.reason,
        is_required=live.is_required,
        version=live,
        enrolled_by_id=live.confirmed_by_id,
        enrolled_at=at,
        assigned_at=at,
        due_on=due_on,
        closes_on=closes_on,
        is_own_choice=ended.is_own_choice,
        paused_on=today if ended.learner.status == User.Status.ON_LEAVE else None,
    )


def _days_of_next(ended: Enrollment, live: AssignmentVersion, today: date) -> tuple[date, date | None]:
    """Return when the next cycle is due, and when it closes; None for never.

    It is due when the one before runs out, or, when it opens late, as if it had been assigned today. It closes as long
    after that as the rule lets pass between the two days; never, if the rule counts them from different things.
    """
    fresh = live.due.for_person(assigned_on=today, hired_on=None)
    due_on = ended.expires_on
    if due_on is None or due_on < today:
        due_on = fresh if fresh is not None and fresh >= today else days_later(today, live.opens_days_before)
    if live.due_basis != live.closes_basis or live.due_days is None or live.closes_days is None:
        return due_on, None
    return due_on, days_later(due_on, live.closes_days - live.due_days)
