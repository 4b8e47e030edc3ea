"""Completed steps and answers."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from lms.paths.models.enrollments import Enrollment
from lms.paths.querysets import StepCompletionQuerySet


class StepCompletion(models.Model):
    """A step that a person completed, and the revision of what they learned from. Never deleted."""

    class How(models.TextChoices):
        """By what the step was completed."""

        LEARNED = "learned", _("learned on this path")
        CREDITED = "credited", _("learned on another path")
        PRACTICED = "practiced", _("done in the practice area")

    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="completions")
    step_id = models.UUIDField(_("step"))
    content_uuid = models.UUIDField(_("lesson or exercise"), db_index=True)
    revision = models.ForeignKey(
        "wagtailcore.Revision",
        verbose_name=_("learned from"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    how = models.CharField(_("how"), max_length=10, choices=How, default=How.LEARNED)
    completed_at = models.DateTimeField(_("completed at"))

    objects = StepCompletionQuerySet.as_manager()

    class Meta:
        verbose_name = _("step completion")
        verbose_name_plural = _("step completions")
        constraints = [models.UniqueConstraint(fields=["enrollment", "step_id"], name="step_completed_once")]

    def __str__(self) -> str:
        return f"{self.enrollment}: {self.step_id}"


class Answer(models.Model):
    """What a person last answered to one check question. Seen by that person alone."""

    learner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="answers")
    lesson_uuid = models.UUIDField(_("lesson"))
    question_id = models.UUIDField(_("question"))
    chosen = models.JSONField(_("chosen answers"), help_text=_("ids of the answers"))
    is_right = models.BooleanField(_("right"), help_text=_("what is chosen now"))
    right_at = models.DateTimeField(
        _("last right at"), null=True, help_text=_("trying on takes nothing away; empty if it never was")
    )
    answered_at = models.DateTimeField(_("answered at"))

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "lesson_uuid", "question_id"], name="answer_latest_per_question"
            )
        ]

    def __str__(self) -> str:
        return f"{self.learner_id} answered {self.question_id}"

    @property
    def was_right(self) -> bool:
        """Whether a right answer was given, now or before."""
        return self.right_at is not None
