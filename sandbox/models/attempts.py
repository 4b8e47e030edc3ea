"""What one person tries: prompts, answers, and their own review of them. Nobody else reads these rows."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sandbox.models.exercises import Exercise, RubricVersion
from sandbox.models.providers import Provider
from sandbox.querysets import OwnQuerySet, RunQuerySet


class Attempt(models.Model):
    """One prompt, and what the rubric says of it."""

    public_id = models.UUIDField(_("public id"), default=uuid.uuid4, unique=True, editable=False)
    learner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    exercise = models.ForeignKey(Exercise, on_delete=models.PROTECT, related_name="+")
    rubric = models.ForeignKey(RubricVersion, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField(_("number"), help_text=_("the learner's first, second, …"))
    continues = models.ForeignKey(
        "Run",
        verbose_name=_("goes on from"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("an earlier answer that is sent along; empty for a new conversation"),
    )
    prompt = models.TextField(_("prompt"), help_text=_("as it was sent; empty when only scores are kept"))
    accepted = models.JSONField(
        _("accepted"), default=list, help_text=_("digests of values in it that the learner called made up")
    )
    feedback = models.JSONField(_("feedback on the prompt"))
    prompt_score = models.PositiveSmallIntegerField(_("prompt score"), null=True, help_text=_("0 to 100"))
    tried_at = models.DateTimeField(_("tried at"))
    text_removed_at = models.DateTimeField(_("text removed at"), null=True)

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["learner", "exercise", "number"], name="attempt_number_once")
        ]
        indexes = [
            # Retention asks for the oldest attempts that still have their text.
            models.Index(fields=["tried_at"], condition=Q(text_removed_at=None), name="attempt_with_text")
        ]

    def __str__(self) -> str:
        return str(self.public_id)


class Run(models.Model):
    """An answer to an attempt: from a model, or the one with planted mistakes when none answers."""

    class State(models.TextChoices):
        """Where an answer stands."""

        QUEUED = "queued", _("waits for its turn")
        STREAMING = "streaming", _("is being answered")
        DONE = "done", _("answered")
        STOPPED = "stopped", _("stopped")
        FAILED = "failed", _("failed")

    UNDER_WAY: ClassVar[set[str]] = {State.QUEUED, State.STREAMING}

    public_id = models.UUIDField(_("public id"), default=uuid.uuid4, unique=True, editable=False)
    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="runs")
    provider = models.ForeignKey(
        Provider,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("empty for the planted answer, and for a model that was removed"),
    )
    model_name = models.CharField(_("model"), max_length=200, help_text=_("as the learner read it"))
    is_planted = models.BooleanField(_("planted answer"), default=False)
    is_blind = models.BooleanField(_("model hidden"), default=False)
    is_preferred = models.BooleanField(_("preferred of two"), default=False)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUEUED)
    answer = models.TextField(_("answer"), blank=True)
    failure = models.CharField(_("failure"), max_length=30, blank=True)
    failure_sentence = models.CharField(_("what happened"), max_length=400, blank=True)
    tokens_in = models.PositiveIntegerField(_("tokens of the question"), default=0)
    tokens_out = models.PositiveIntegerField(_("tokens of the answer"), default=0)
    is_estimate = models.BooleanField(_("tokens are estimated"), default=False)
    reserved = models.JSONField(
        _("reserved"), default=dict, help_text=_("tokens, and the uses they stand in")
    )
    is_settled = models.BooleanField(_("settled"), default=False)
    wants_to_stop = models.BooleanField(_("was cancelled"), default=False)
    queued_at = models.DateTimeField(_("queued at"))
    watched_at = models.DateTimeField(_("last asked for"))
    started_at = models.DateTimeField(_("started at"), null=True)
    first_token_at = models.DateTimeField(_("first token at"), null=True)
    leased_until = models.DateTimeField(_("leased until"), null=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)
    outcome = models.JSONField(_("checks on the answer"), default=list)
    outcome_score = models.PositiveSmallIntegerField(_("outcome score"), null=True, help_text=_("0 to 100"))

    objects = RunQuerySet.as_manager()

    class Meta:
        verbose_name = _("run")
        verbose_name_plural = _("runs")
        ordering = ["pk"]
        indexes = [
            # The process that streams asks for these twice a second.
            models.Index(
                fields=["state", "queued_at"],
                condition=Q(state__in=["queued", "streaming"]),
                name="run_under_way",
            ),
            models.Index(fields=["id"], condition=Q(is_settled=False), name="run_unsettled"),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def is_under_way(self) -> bool:
        """Whether it waits or is being answered."""
        return self.state in self.UNDER_WAY


class Review(models.Model):
    """What the learner marked as wrong in an answer, and how that compares with what is known to be wrong."""

    run = models.OneToOneField(Run, on_delete=models.CASCADE, related_name="review")
    marks = models.JSONField(_("marks"), default=list, help_text=_("start and end of each, in characters"))
    result = models.JSONField(_("result"), default=dict)
    score = models.PositiveSmallIntegerField(_("review score"), null=True, help_text=_("0 to 100"))
    reviewed_at = models.DateTimeField(_("reviewed at"))

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")

    def __str__(self) -> str:
        return str(self.run)


class PracticeSettings(models.Model):
    """What a person wants kept of their practice."""

    learner = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="practice_settings"
    )
    keeps_text = models.BooleanField(
        _("keep my prompts and the answers"),
        default=True,
        help_text=_("for 90 days; otherwise only the scores"),
    )

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("practice settings")
        verbose_name_plural = _("practice settings")

    def __str__(self) -> str:
        return str(self.learner_id)
