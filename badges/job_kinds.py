"""Long work on awards: awarding to a list, to everyone who meets a rule, and taking those back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from badges.models import Award
from badges.querysets import AwardQuerySet
from badges.selectors.earning import who_would_earn
from badges.services.enabling import FOLLOW_RULE, award_by_rule, rest_rule_of, rule_of
from badges.services.listing import AWARD_LISTED, award_listed, take_back_awards
from lms.jobs.models import Job
from lms.jobs.registry import Item, JobKind, PlannedRows, RowResult, job_kind
from lms.people.models import User

TAKE_BACK = "badges.take_back"


@job_kind(AWARD_LISTED)
class AwardListed(PlannedRows):
    """Awards to the people of a list, as it was planned."""

    undo_kind = TAKE_BACK
    undo_says = gettext_lazy(
        "Whatever this list awarded is revoked, for everyone who checks it. What people held before stays theirs."
    )

    def apply(self, job: Job, items: Sequence[Item]) -> Sequence[RowResult]:
        """Award to these people."""
        return award_listed(job=job, rows=[item.value for item in items], at=timezone.now())


@job_kind(FOLLOW_RULE)
class FollowRule(JobKind):
    """Awards to everyone who meets a rule on the day it is put in force."""

    undo_kind = TAKE_BACK
    undo_says = gettext_lazy("The rule rests first. Whatever this job awarded is revoked.")

    def count(self, job: Job) -> int:
        """Return how many people meet the rule and hold nothing of it."""
        people = self._people(job)
        return 0 if people is None else people.count()

    def items(self, job: Job, cursor: Any, limit: int) -> Sequence[Item]:
        """Return the next ones, in the order of their keys; none once the rule rests or says something else."""
        people = self._people(job)
        if people is None:
            return []
        rows = people.filter(pk__gt=cursor or 0).order_by("pk").values_list("pk", "full_name")
        return [Item(pk, name, pk) for pk, name in rows[:limit]]

    def apply(self, job: Job, items: Sequence[Item]) -> Sequence[RowResult]:
        """Award to these people."""
        award_by_rule(job=job, people=[item.value for item in items], at=timezone.now())
        return []

    def cancelled(self, job: Job, actor: User, at: datetime) -> None:
        """Let the rule rest; or the daily round would do the rest of what was cancelled."""
        rest_rule_of(job, actor=actor, at=at)

    def _people(self, job: Job) -> Any:
        followed = rule_of(job)
        return followed and who_would_earn(followed[0].achievement, followed[1], at=timezone.now())


@job_kind(TAKE_BACK)
class TakeBack(JobKind):
    """Revokes what another job awarded, as far as it still stands."""

    def count(self, job: Job) -> int:
        """Return how many awards it made."""
        return self._awards(job).count()

    def items(self, job: Job, cursor: Any, limit: int) -> Sequence[Item]:
        """Return the next of them."""
        rows = self._awards(job).filter(pk__gt=cursor or 0).order_by("pk")
        named = rows.values_list("pk", "recipient__full_name")[:limit]
        return [Item(pk, name or _("someone who was erased"), pk) for pk, name in named]

    def apply(self, job: Job, items: Sequence[Item]) -> Sequence[RowResult]:
        """Let the rule rest that awarded them, if one did, and revoke them."""
        assert job.undoes is not None, "made by taking a job back"
        at = timezone.now()
        rest_rule_of(job.undoes, actor=job.actor, at=at)
        return take_back_awards(job=job, items=items, at=at)

    def _awards(self, job: Job) -> AwardQuerySet:
        awards: AwardQuerySet = Award.objects.filter(job=job.undoes_id)
        return awards
