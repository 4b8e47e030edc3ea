"""Whom a rule reaches now, each as one question to the database."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from badges.criteria import Node
from badges.models import Achievement, AchievementVersion, Award
from badges.querysets import AwardQuerySet
from badges.selectors.facts import people_who_meet, question
from lms.people.models import User


def who_would_earn(achievement: Achievement, node: Node, *, at: datetime) -> QuerySet[User]:
    """Return everyone who meets a rule and holds nothing of it yet; nobody who left, or from whom a person took it."""
    return earnable(people_who_meet(node, at=at), achievement, at=at)


def earnable(people: QuerySet[User], achievement: Achievement, *, at: datetime) -> QuerySet[User]:
    """Return those of some people to whom a rule may give an achievement."""
    own = Award.objects.filter(achievement=achievement, recipient=OuterRef("pk"))
    return people.exclude(status=User.Status.LEFT).filter(
        ~Exists(own.valid_at(at)), ~Exists(own.taken_by_hand())
    )


def standing_awards(achievement: Achievement) -> AwardQuerySet:
    """Return what people hold of an achievement, expired or not; neither what was revoked nor what was replaced."""
    standing = Award.objects.filter(achievement=achievement, state=Award.State.ISSUED)
    return standing.exclude(recipient=None)


def due_for_renewal(achievement: Achievement, *, at: datetime) -> AwardQuerySet:
    """Return the awards whose window of renewal is open at a moment; one query more, for the versions."""
    windows = Q(pk=None)
    for version in AchievementVersion.objects.filter(achievement=achievement):
        windows |= Q(
            version=version,
            valid_until__lte=at + timedelta(days=version.renewal_days),
            valid_until__gt=at - timedelta(days=version.grace_days),
        )
    return standing_awards(achievement).filter(windows)


def award_to_renew(achievement: Achievement, person: User, *, at: datetime) -> Award | None:
    """Return what a person holds of an achievement if its window of renewal is open; None otherwise. One query."""
    own = standing_awards(achievement).filter(recipient=person).select_related("version")
    return next((award for award in own if award.can_be_renewed_at(at)), None)


def would_be_renewed(achievement: Achievement, node: Node, *, at: datetime) -> Q:
    """Return whether an award that is due for renewal meets a rule, by what was done since its own window opened.

    One query more, for the versions: each has a window of its own.
    """
    met = Q(pk=None)
    for version in AchievementVersion.objects.filter(achievement=achievement):
        opened = OuterRef("valid_until") - timedelta(days=version.renewal_days)
        met |= Q(version=version) & question(node, at=at, person="recipient", since=opened)
    return met


def no_longer_met(achievement: Achievement, node: Node, *, at: datetime) -> AwardQuerySet:
    """Return the valid awards whose holders do not meet a rule now."""
    meeting = people_who_meet(node, at=at).filter(pk=OuterRef("recipient"))
    return standing_awards(achievement).valid_at(at).filter(~Exists(meeting))
