"""Putting people forward: nominations, the evidence that speaks for them, and what reviewers say."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from badges.models.achievements import Achievement, AchievementVersion
from badges.models.awards import Award
from badges.querysets import EvidenceQuerySet, NominationQuerySet


class Nomination(models.Model):
    """One person put forward for one achievement, by themselves or by somebody else.

    Only the nominee shows evidence and submits: nobody is reviewed without wanting it.
    """

    class Kind(models.TextChoices):
        """Who has put them forward."""

        SELF = "self", _("by themselves")
        PEER = "peer", _("by a colleague")
        MANAGER = "manager", _("by somebody they report to")

    class State(models.TextChoices):
        """Where it stands."""

        DRAFT = "draft", _("not submitted yet")
        SUBMITTED = "submitted", _("with the reviewers")
        RETURNED = "returned", _("returned with a comment")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")
        CLOSED = "closed", _("closed: awarded otherwise")

    CAN_CHANGE: ClassVar[set[str]] = {State.DRAFT, State.RETURNED}
    OPEN: ClassVar[set[str]] = {State.DRAFT, State.SUBMITTED, State.RETURNED}

    public_id = models.UUIDField(_("public id"), default=uuid.uuid4, unique=True, editable=False)
    achievement = models.ForeignKey(
        Achievement, verbose_name=_("achievement"), on_delete=models.PROTECT, related_name="nominations"
    )
    version = models.ForeignKey(
        AchievementVersion,
        verbose_name=_("version"),
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("whose words and rubric the reviewers go by"),
    )
    nominee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("nominee"),
        on_delete=models.CASCADE,
        related_name="nominations",
    )
    nominated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("put forward by"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    why = models.TextField(_("why"), max_length=1000)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    round = models.PositiveSmallIntegerField(
        _("round"), default=0, help_text=_("counts up whenever it is submitted")
    )
    created_at = models.DateTimeField(_("put forward at"))
    submitted_at = models.DateTimeField(_("submitted at"), null=True, help_text=_("the last time"))
    ended_at = models.DateTimeField(_("ended at"), null=True)
    appealed_at = models.DateTimeField(_("appealed at"), null=True)
    appeal = models.TextField(_("appeal"), max_length=1000, blank=True)
    appeal_round = models.PositiveSmallIntegerField(
        _("round of the appeal"), null=True, help_text=_("whoever decided before does not decide again")
    )
    award = models.ForeignKey(
        Award, verbose_name=_("award"), null=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = NominationQuerySet.as_manager()

    class Meta:
        verbose_name = _("nomination")
        verbose_name_plural = _("nominations")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["achievement", "nominee"],
                condition=Q(state__in=["draft", "submitted", "returned"]),
                name="badges_one_open_nomination",
            ),
            models.CheckConstraint(
                condition=~Q(state="submitted") | Q(submitted_at__isnull=False, round__gte=1),
                name="badges_submitted_has_moment",
            ),
        ]
        indexes = [
            # The queue of reviewers, oldest first.
            models.Index(fields=["submitted_at"], condition=Q(state="submitted"), name="badges_to_review"),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def can_be_appealed(self) -> bool:
        """Whether it was declined, and for the first time."""
        return self.state == self.State.DECLINED and self.appealed_at is None


class Evidence(models.Model):
    """One thing that speaks for a nominee. It is theirs: they say who sees it, and may take it away."""

    class Kind(models.TextChoices):
        """What it is."""

        FILE = "file", _("a file")
        LINK = "link", _("a link")
        PRACTICE = "practice", _("a shared copy of a practice attempt")
        RESULT = "result", _("a measured result")

    class Visibility(models.TextChoices):
        """Who sees it beside the nominee."""

        PRIVATE = "private", _("only you, for now")
        REVIEWERS = "reviewers", _("the reviewers, while they decide")
        PUBLIC = "public", _("the reviewers, and then everyone who sees your credential")

    public_id = models.UUIDField(_("public id"), default=uuid.uuid4, unique=True, editable=False)
    nomination = models.ForeignKey(
        Nomination, verbose_name=_("nomination"), on_delete=models.CASCADE, related_name="evidence"
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    title = models.CharField(_("title"), max_length=120)
    text = models.TextField(_("what it shows"), max_length=2000, blank=True)
    url = models.URLField(_("address"), max_length=1000, blank=True)
    file = models.FileField(_("file"), upload_to="evidence/", blank=True)
    media_type = models.CharField(_("type of the file"), max_length=40, blank=True)
    sha256 = models.CharField(_("digest of the file"), max_length=64, blank=True)
    shared_copy = models.UUIDField(_("shared copy"), null=True, blank=True, help_text=_("its public id"))
    visibility = models.CharField(
        _("who sees it"), max_length=10, choices=Visibility, default=Visibility.REVIEWERS
    )
    added_at = models.DateTimeField(_("added at"))

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.public_id)


class Review(models.Model):
    """What one reviewer decided in one round. It stays, whatever the next round says."""

    class Decision(models.TextChoices):
        """What they decided."""

        ACCEPT = "accept", _("accept")
        RETURN = "return", _("return with a comment")
        DECLINE = "decline", _("decline")

    nomination = models.ForeignKey(
        Nomination, verbose_name=_("nomination"), on_delete=models.CASCADE, related_name="reviews"
    )
    round = models.PositiveSmallIntegerField(_("round"))
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("reviewer"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    decision = models.CharField(_("decision"), max_length=10, choices=Decision)
    levels = models.JSONField(
        _("rubric"), default=dict, help_text=_("level by criterion: 0 not shown, 1 partly, 2 shown")
    )
    comment = models.TextField(_("comment"), max_length=2000, blank=True)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        ordering = ["round", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["nomination", "round", "reviewer"], name="badges_one_review_each"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.nomination_id}/{self.round} {self.decision}"
