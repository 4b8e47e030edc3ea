"""Long work on enrollments: applying a rule, the daily round, enrolling a list, and taking those back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.jobs.models import Job, JobRow
from lms.jobs.registry import Item, JobKind, PlannedRows, RowResult, job_kind
from lms.paths.assigning import Leaving
from lms.paths.models import Assignment, Enrollment, EnrollmentChange
from lms.paths.selectors.previews import NOBODY, Reach, reach_of
from lms.paths.services.assigning import Trigger, assign_people, rules_in_force
from lms.paths.services.cycles import due_cycles, open_cycles
from lms.paths.services.enrolling import enroll_listed
from lms.paths.services.following import KEEP_RULES
from lms.paths.services.leave import keep_leave
from lms.paths.services.rules import APPLY, rest_instead_of_ending
from lms.paths.services.undoing import take_back_changes, take_back_enrollments
from lms.people.audience_rules import parse_rule
from lms.people.models import User
from lms.people.selectors import company_day

CYCLES = "then cycles"  # behind every "rule ..."


class Stage(NamedTuple):
    """One walk over rows in order of their keys; `person` is the way from a row to its person.

    Walks are in order of their names. So the work goes on behind the right one even if one of them is gone by then,
    as when its rule was paused.
    """

    name: str
    rows: QuerySet[Any]
    person: str = ""


def staged_items(stages: Sequence[Stage], cursor: Any, limit: int) -> list[Item]:
    """Return the next rows of several walks, one walk after the other; the value of an item is the row's key.

    Args:
        stages: The walks; what the first ones have done may be gone from their rows.
        cursor: Name of a stage and the last key; None at the start.
        limit: At most this many, all of the same stage.
    """
    name, after = cursor or ("", 0)
    for stage in stages:
        if stage.name < name:
            continue
        way = f"{stage.person}__" if stage.person else ""
        rows = stage.rows.filter(pk__gt=after if stage.name == name else 0).order_by("pk")
        named = rows.values_list("pk", f"{way}full_name")[:limit]
        if found := [Item([stage.name, pk], called, (stage.name, pk)) for pk, called in named]:
            return found
    return []


def _keys(items: Sequence[Item]) -> list[int]:
    return [item.value[1] for item in items]


@job_kind(APPLY)
class ApplyRule(JobKind):
    """Gives a path to everyone in the audience of a rule, and brings those in line whom the rule holds already."""

    chunk_size = 1000
    undo_kind = "paths.take_back"
    undo_says = _(
        "The rule is paused first. Whoever got the path by this job loses it again, unless they have begun; "
        "whoever lost it gets it back, with its dates."
    )

    def count(self, job: Job) -> int:
        """Return how many people are in the audience or held by the rule."""
        return sum(stage.rows.count() for stage in self._stages(job))

    def items(self, job: Job, cursor: Any, limit: int) -> Sequence[Item]:
        """Return the next people of the audience, then those who are held and not in it."""
        return staged_items(self._stages(job), cursor, limit)

    def apply(self, job: Job, items: Sequence[Item]) -> Sequence[RowResult]:
        """Bring these people in line."""
        rule = Assignment.objects.get(pk=job.params["assignment"])
        assign_people(
            people=_keys(items), at=timezone.now(), assignments=[rule], job=job, trigger=Trigger.CONFIRMED
        )
        return []

    def cancelled(self, job: Job, actor: User, at: datetime) -> None:
        """Let the rule rest; or the daily round would do the rest of what was cancelled."""
        rule = Assignment.objects.get(pk=job.params["assignment"])
        rest_instead_of_ending(rule=rule, actor=actor, at=at, reason=job.title)

    def _stages(self, job: Job) -> list[Stage]:
        rule = Assignment.objects.select_related("live").get(pk=job.params["assignment"])
        reach = _reach(rule, job)
        outside = User.objects.filter(Exists(reach.outside.filter(learner=OuterRef("pk"))))
        return [Stage("1 audience", reach.matching), Stage("2 held", outside)]


def _reach(rule: Assignment, job: Job) -> Reach:
    """Return whom a rule reaches now; nobody once it is archived. A paused one stops its job: nobody is moved."""
    assert rule.live is not None, "only a confirmed rule is applied"
    audience = parse_rule(rule.live.audience) if rule.state == Assignment.State.ACTIVE else NOBODY
    return reach_of(rule, audience, company_day(job.created_at))


@job_kind("paths.take_back")
class TakeBack(JobKind):
    """Takes back what another job did, as far as nobody has built on it since."""

    def count(self, job: Job) -> int:
        """Return how many enrollments were made or changed."""
        return sum(stage.rows.count() for stage in self._stages(job))

    def items(self, job: Job, cursor: Any, limit: int) -> Sequence[Item]:
        """Return the next enrollments that were made, then the next changes."""
        return staged_items(self._stages(job), cursor, limit)

    def apply(self, job: Job, items: Sequence[Item]) -> Sequence[RowResult]:
        """Pause the rule, so that it does not do it again, and take these back."""
        self._pause(job)
        at = timezone.now()
        keyed = [item._replace(value=item.value[1]) for item in items]
        if items[0].value[0] == "1 made":
            return take_back_enrollments(job=job, items=keyed, at=at)
        return take_back_changes(job=job, items=keyed, at=at)

    def _pause(self, job: Job) -> None:
        assert job.undoes is not None, "made by taking a job back"
        if rule := Assignment.objects.filter(pk=job.undoes.params.get("assignment")).first():
            rest_instead_of_ending(rule=rule, actor=job.actor, at=timezone.now(), reason=job.title)

    def _stages(self, job: Job) -> list[Stage]:
        undone = job.undoes
        made = Enrollment.objects.filter(job=undone)
        changes = EnrollmentChange.objects.filter(job=undone)
        return [Stage("1 made", made, "learner"), Stage("2 changed", changes, "enrollment__learner")]


@job_kind(KEEP_RULES)
class KeepRules(JobKind):
    """The daily round: who enters or leaves an audience because a day has passed, cycles, and leave."""

    def count(self, job: Job) -> int:
        """Return how many people and enrollments are to be looked at."""
        return sum(stage.rows.count() for stage in self._stages(job))

    def items(self, job: Job, cursor: Any, limit: int) -> Sequence[Item]:
        """Return the next ones."""
        return staged_items(self._stages(job), cursor, limit)

    def apply(self, job: Job, items: Sequence[Item]) -> Sequence[RowResult]:
        """Bring them in line."""
        at, stage = timezone.now(), items[0].value[0]
        if stage == CYCLES:
            open_cycles(enrollments=_keys(items), at=at)
        else:
            assign_people(people=_keys(items), at=at, job=job, trigger=Trigger.DAY)
        return []

    def finish(self, job: Job) -> None:  # noqa: ARG002  days pass for everyone
        """Pause and resume for leave that was missed while it happened."""
        keep_leave(at=timezone.now())

    def _stages(self, job: Job) -> list[Stage]:
        today = company_day(job.created_at)
        stages = []
        for rule in rules_in_force():
            assert rule.live is not None, "an active rule has been confirmed"
            reach = reach_of(rule, parse_rule(rule.live.audience), today)
            leaving = reach.outside.exclude(version__on_leaving=Leaving.KEEP).values("learner")
            stages.append(Stage(f"rule {rule.pk:012} in", reach.gaining))
            stages.append(Stage(f"rule {rule.pk:012} out", User.objects.filter(pk__in=leaving)))
        return [*stages, Stage(CYCLES, due_cycles(job.created_at), "learner")]


@job_kind("paths.enroll_listed")
class EnrollListed(PlannedRows):
    """Enrolls the people of a list, as it was planned."""

    undo_kind = "paths.take_back"
    undo_says = _("Whoever was enrolled by this list is taken off the path again, unless they have begun.")

    def apply(self, job: Job, items: Sequence[Item]) -> Sequence[RowResult]:
        """Enroll these people."""
        rows: list[JobRow] = [item.value for item in items]
        return enroll_listed(job=job, rows=rows, at=timezone.now())
