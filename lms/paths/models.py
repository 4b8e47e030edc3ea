"""Enrollments, and the steps and answers within them."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from lms.paths.querysets import EnrollmentQuerySet


class Enrollment(models.Model):
    """One person on one learning path."""

    class Source(models.TextChoices):
        """How the person came to it."""

        SELF = "self", _("you chose it")
        MANUAL = "manual", _("an administrator enrolled you")
        RULE = "rule", _("it was assigned to your role")

    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("learner"),
        on_delete=models.PROTECT,
        related_name="enrollments",
    )
    path = models.ForeignKey(
        "courses.LearningPathPage",
        verbose_name=_("path"),
        on_delete=models.PROTECT,
        related_name="enrollments",
    )
    source = models.CharField(_("source"), max_length=20, choices=Source)
    reason = models.CharField(_("reason"), max_length=300, blank=True, help_text=_("shown to the learner"))
    enrolled_at = models.DateTimeField(_("enrolled at"))
    due_on = models.DateField(
        _("due on"), null=True, blank=True, help_text=_("advisory; nothing closes on this day")
    )
    completed_at = models.DateTimeField(_("completed at"), null=True, editable=False)
    completed_revision = models.ForeignKey(
        "wagtailcore.Revision", null=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )

    objects = EnrollmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("enrollment")
        verbose_name_plural = _("enrollments")
        constraints = [models.UniqueConstraint(fields=["learner", "path"], name="enrollment_once_per_path")]

    def __str__(self) -> str:
        return f"{self.learner} on {self.path}"


class StepCompletion(models.Model):
    """A step that a person completed, and the revision of the lesson they learned from. Never deleted."""

    class How(models.TextChoices):
        """By what the step was completed."""

        LEARNED = "learned", _("learned on this path")
        CREDITED = "credited", _("learned on another path")

    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="completions")
    step_id = models.UUIDField(_("step"))
    lesson_uuid = models.UUIDField(_("lesson"), db_index=True)
    revision = models.ForeignKey(
        "wagtailcore.Revision",
        verbose_name=_("learned from"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    how = models.CharField(_("how"), max_length=10, choices=How, default=How.LEARNED)
    completed_at = models.DateTimeField(_("completed at"))

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
    was_right = models.BooleanField(
        _("has been right"), default=False, help_text=_("now or before: trying on takes nothing away")
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
