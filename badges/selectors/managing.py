"""What administrators look after: achievements, what expires soon, one award and its life, issuers and keys."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, F, Min, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from badges.models import (
    Achievement,
    Award,
    AwardEvent,
    CriteriaRule,
    Issuer,
    IssuerKey,
    Nomination,
    SignedCredential,
    SigningProblem,
)
from badges.querysets import AwardQuerySet
from badges.validity import renewed_until

EXPIRING_WITHIN = timedelta(days=60)


def achievements_with_counts(*, at: datetime) -> QuerySet[Achievement]:
    """Return all achievements by name, each with `holders` (valid now) and `has_rule_in_force`; one query."""
    counted = (
        Award.objects.valid_at(at)
        .filter(achievement=OuterRef("pk"), recipient__isnull=False)
        .order_by()
        .values("achievement")
        .annotate(n=Count("pk"))
        .values("n")
    )
    rules = CriteriaRule.objects.filter(achievement=OuterRef("pk"), purpose=CriteriaRule.Purpose.EARN)
    achievements: QuerySet[Achievement] = Achievement.objects.select_related("live", "issuer")
    return achievements.annotate(
        holders=Coalesce(Subquery(counted), 0),
        has_rule_in_force=Subquery(rules.values("is_enabled")[:1]),
    ).order_by("live__name", "pk")


@dataclass(frozen=True)
class WaitingForReview:
    """How much waits for reviewers; not whose, which concerns reviewers alone.

    Attributes:
        count: How many nominations.
        since: When the oldest was submitted; None when nothing waits.
    """

    count: int
    since: datetime | None


def set_aside() -> QuerySet[SigningProblem]:
    """Return why awards could not be signed, for their present editions, with each award and its holder; one query."""
    problems: QuerySet[SigningProblem] = SigningProblem.objects.filter(
        sequence=F("award__sequence"), award__recipient__isnull=False
    )
    return problems.select_related("award__version", "award__recipient")


def waiting_for_review() -> WaitingForReview:
    """Return how much waits for reviewers; one query."""
    waiting = Nomination.objects.filter(state=Nomination.State.SUBMITTED)
    return WaitingForReview(**waiting.aggregate(count=Count("pk"), since=Min("submitted_at")))


@dataclass(frozen=True)
class ExpiringInUnit:
    """What expires soon in one unit.

    Attributes:
        code: Of the unit; empty for people without one.
        count: How many awards.
        first_at: When the first of them expires.
    """

    code: str
    name: str
    count: int
    first_at: datetime


def expiring_awards(*, at: datetime) -> AwardQuerySet:
    """Return the awards of people who work here that expire within 60 days unless they are renewed."""
    expiring = Award.objects.expiring(at, at + EXPIRING_WITHIN).filter(recipient__isnull=False)
    return expiring.exclude(recipient__status="left")


def expiring_by_unit(*, at: datetime) -> list[ExpiringInUnit]:
    """Return how much expires within 60 days, by the unit of its holders, most first; one query."""
    rows = (
        expiring_awards(at=at)
        .order_by()
        .values_list("recipient__org_unit__code", "recipient__org_unit__name")
        .annotate(Count("pk"), Min("valid_until"))
        .order_by("-pk__count", "recipient__org_unit__name")
    )
    return [ExpiringInUnit(code or "", name or "", count, first) for code, name, count, first in rows]


def find_achievement(public_id: UUID) -> Achievement | None:
    """Return an achievement with its version and issuer; None when there is none."""
    rows = Achievement.objects.select_related("live", "issuer")
    found: Achievement | None = rows.filter(public_id=public_id).first()
    if found is not None and found.live is not None:
        found.live.achievement = found
    return found


@dataclass(frozen=True)
class AwardLife:
    """One award and everything that happened to it.

    Attributes:
        events: Its steps, the oldest first.
        renewed_until: Until when it would last if somebody renewed it now; None when it does not expire.
        newer: What has replaced it; None when nothing has.
        problem: Why its present edition is not signed; None when it is, or will be.
    """

    award: Award
    events: Sequence[AwardEvent]
    renewed_until: datetime | None
    newer: Award | None
    problem: SigningProblem | None


def award_life(public_id: UUID, *, at: datetime) -> AwardLife | None:
    """Return an award with its life; three queries, None when there is no such award."""
    related = ("achievement__live", "achievement__issuer", "version", "recipient", "awarded_by", "job")
    award = Award.objects.select_related(*related, "superseded_by").filter(public_id=public_id).first()
    if award is None:
        return None
    months = award.version.validity_months
    until = renewed_until(award.valid_until, at, months) if award.valid_until and months else None
    newer = getattr(award, "superseded_by", None)
    return AwardLife(
        award, list(award.events.order_by("at", "pk")), until, newer, set_aside().filter(award=award).first()
    )


def issuers_with_keys() -> list[tuple[Issuer, list[IssuerKey]]]:
    """Return each issuer with its keys, the newest first; two queries.

    An issuer has `achievement_count`. A key has `signed_now`: how many awards it vouches for now, so how many are
    signed anew when it is given up.
    """
    keys: dict[int, list[IssuerKey]] = {}
    current = SignedCredential.objects.filter(key=OuterRef("pk"), sequence=F("award__sequence"))
    counted = current.order_by().values("key").annotate(n=Count("award", distinct=True)).values("n")
    annotated = IssuerKey.objects.annotate(signed_now=Coalesce(Subquery(counted), 0))
    for key in annotated.order_by("-active_from", "-pk"):
        keys.setdefault(key.issuer_id, []).append(key)
    issuers = Issuer.objects.annotate(achievement_count=Count("achievements")).order_by("name", "pk")
    return [(issuer, keys.get(issuer.pk, [])) for issuer in issuers]
