"""Questions to the tables of credentials."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from lms.people.models import User


NOT_BY_HAND = ("lapsed", "undone")
"""Codes of revoking after which a rule may award again: it lapsed by a rule, or its list was meant otherwise."""


class AchievementQuerySet(models.QuerySet[Any]):
    """Questions to achievements."""

    def open(self) -> "AchievementQuerySet":
        """Those that can be earned."""
        return self.filter(state="open").exclude(live=None)

    def published(self) -> "AchievementQuerySet":
        """Those that anyone may read about: what can be earned, and what somebody may still hold."""
        return self.exclude(state="draft").exclude(live=None)

    def taking_nominations(self) -> "AchievementQuerySet":
        """Those that people can be put forward for."""
        return self.open().filter(live__takes_nominations=True)


class AwardQuerySet(models.QuerySet[Any]):
    """Questions to awards."""

    def of(self, person: "User") -> "AwardQuerySet":
        """A person's own."""
        return self.filter(recipient=person)

    def visible_to_the_world(self) -> "AwardQuerySet":
        """Those whose page opens to whoever has its address."""
        return self.exclude(visibility="private")

    def valid_at(self, moment: datetime) -> "AwardQuerySet":
        """Those that count at a moment."""
        not_over = Q(valid_until=None) | Q(valid_until__gt=moment)
        return self.filter(not_over, state="issued", valid_from__lte=moment)

    def taken_by_hand(self) -> "AwardQuerySet":
        """Those that a person took back, and after which nothing was awarded: no rule awards over that.

        What a rule let lapse can be earned again, and what was taken back with its list may be meant otherwise.
        """
        own = self.model.objects.filter(
            achievement=models.OuterRef("achievement"), recipient=models.OuterRef("recipient")
        )
        taken = self.filter(state="revoked").exclude(revocation_code__in=NOT_BY_HAND)
        return taken.filter(~models.Exists(own.filter(pk__gt=models.OuterRef("pk"))))

    def expiring(self, after: datetime, until: datetime) -> "AwardQuerySet":
        """Those that end between two moments unless they are renewed."""
        return self.filter(state="issued", valid_until__gt=after, valid_until__lte=until)

    def unsigned(self) -> "AwardQuerySet":
        """Those whose present edition is not signed yet, nor set aside; nothing is signed for who was erased."""
        set_aside = self.model.signing_problems.rel.related_model.objects.filter(
            award=models.OuterRef("pk"), sequence=models.OuterRef("sequence")
        )
        signed = self.model.signed.rel.related_model.objects.filter(
            award=models.OuterRef("pk"), sequence=models.OuterRef("sequence")
        )
        return self.filter(
            ~models.Exists(signed), ~models.Exists(set_aside), recipient__isnull=False
        ).exclude(state="superseded")


class RuleQuerySet(models.QuerySet[Any]):
    """Questions to rules."""

    def in_force(self) -> "RuleQuerySet":
        """Those that work by themselves now."""
        return self.filter(is_enabled=True, achievement__state="open").exclude(achievement__live=None)


class NominationQuerySet(models.QuerySet[Any]):
    """Questions to nominations."""

    def of(self, person: "User") -> "NominationQuerySet":
        """Those in which a person was put forward."""
        return self.filter(nominee=person)

    def of_others_by(self, person: "User") -> "NominationQuerySet":
        """Those in which a person has put somebody else forward."""
        return self.filter(nominated_by=person).exclude(nominee=person)

    def visible_to(self, person: "User") -> "NominationQuerySet":
        """Those that a person knows of: their own, and those they made. A manager sees no other one."""
        return self.filter(Q(nominee=person) | Q(nominated_by=person))

    def open(self) -> "NominationQuerySet":
        """Those that have not ended."""
        return self.filter(state__in=["draft", "submitted", "returned"])

    def taken_back(self) -> "NominationQuerySet":
        """Those whose award was revoked: what their reviewers confirmed counts no more.

        One that lapsed says nothing about its evidence.
        """
        return self.filter(award__state="revoked").exclude(award__revocation_code="lapsed")

    def to_review(self, reviewer: "User") -> "NominationQuerySet":
        """Those that wait for reviewers, oldest first, as one of them may know of them.

        Whoever stands above the nominee does not learn that there is one, unless they made it.
        """
        below = Q(nominee__lines_up__manager=reviewer) & ~Q(nominated_by=reviewer)
        hidden = self.model.objects.filter(below).values("pk")
        return self.filter(state="submitted").exclude(pk__in=hidden).order_by("submitted_at", "pk")


class EvidenceQuerySet(models.QuerySet[Any]):
    """Questions to evidence."""

    def of(self, person: "User") -> "EvidenceQuerySet":
        """What a person has shown for themselves."""
        return self.filter(nomination__nominee=person)

    def for_reviewers(self) -> "EvidenceQuerySet":
        """What the nominee lets reviewers see."""
        return self.exclude(visibility="private")

    def public(self) -> "EvidenceQuerySet":
        """What the nominee lets stand in the credential."""
        return self.filter(visibility="public")
