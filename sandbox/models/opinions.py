"""Second opinions: what a model thinks of a prompt, asked for by its learner and shown to nobody else."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from sandbox.models.attempts import Attempt
from sandbox.models.providers import Provider
from sandbox.querysets import OpinionQuerySet


class SecondOpinion(models.Model):
    """What one model thinks of one prompt. It changes no score."""

    class State(models.TextChoices):
        """Where it stands."""

        WAITING = "waiting", _("waits for its turn")
        ASKED = "asked", _("is being given")
        GIVEN = "given", _("given")
        FAILED = "failed", _("failed")

    UNDER_WAY: ClassVar[set[str]] = {State.WAITING, State.ASKED}

    attempt = models.OneToOneField(Attempt, on_delete=models.CASCADE, related_name="opinion")
    provider = models.ForeignKey(Provider, null=True, on_delete=models.SET_NULL, related_name="+")
    model_name = models.CharField(_("model"), max_length=200, help_text=_("as the learner read it"))
    judge_version = models.CharField(_("version of the question"), max_length=10)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    criteria = models.JSONField(_("criteria"), default=list)
    failure_sentence = models.CharField(_("what happened"), max_length=400, blank=True)
    reserved = models.JSONField(
        _("reserved"), default=dict, help_text=_("tokens, and the uses they stand in")
    )
    is_settled = models.BooleanField(_("settled"), default=False)
    asked_for_at = models.DateTimeField(_("asked for at"))
    leased_until = models.DateTimeField(_("leased until"), null=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)

    objects = OpinionQuerySet.as_manager()

    class Meta:
        verbose_name = _("second opinion")
        verbose_name_plural = _("second opinions")
        indexes = [
            # The worker asks for those that wait.
            models.Index(
                fields=["asked_for_at"],
                condition=models.Q(state__in=["waiting", "asked"]),
                name="opinion_under_way",
            )
        ]

    def __str__(self) -> str:
        return str(self.attempt_id)

    @property
    def is_under_way(self) -> bool:
        """Whether it waits or is being given."""
        return self.state in self.UNDER_WAY
