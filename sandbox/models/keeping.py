"""What a learner keeps on purpose: templates for their real tool, and frozen copies that others may read."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sandbox.models.attempts import Run
from sandbox.models.exercises import Exercise
from sandbox.querysets import OwnQuerySet, TemplateQuerySet


class PromptTemplate(models.Model):
    """A prompt with placeholders, in the personal library of one person."""

    public_id = models.UUIDField(_("public id"), default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    exercise = models.ForeignKey(Exercise, null=True, on_delete=models.SET_NULL, related_name="+")
    title = models.CharField(_("title"), max_length=200)
    body = models.TextField(_("prompt"), help_text=_("{{placeholders}} stand for what changes each time"))
    made_at = models.DateTimeField(_("made at"))
    changed_at = models.DateTimeField(_("changed at"))

    objects = TemplateQuerySet.as_manager()

    class Meta:
        verbose_name = _("prompt template")
        verbose_name_plural = _("prompt templates")
        ordering = ["-changed_at"]

    def __str__(self) -> str:
        return str(self.public_id)


class TemplateUse(models.Model):
    """A use at work that the learner noted, with the minutes that it saved or cost."""

    template = models.ForeignKey(PromptTemplate, on_delete=models.CASCADE, related_name="uses")
    used_on = models.DateField(_("used on"))
    minutes_saved = models.SmallIntegerField(
        _("minutes saved"), help_text=_("below zero when it took longer")
    )

    class Meta:
        verbose_name = _("use of a template")
        verbose_name_plural = _("uses of templates")
        ordering = ["-used_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes_saved__gte=-480, minutes_saved__lte=480), name="template_use_minutes"
            )
        ]

    def __str__(self) -> str:
        return f"{self.used_on}: {self.minutes_saved}"


class SharedAttempt(models.Model):
    """A frozen copy of one attempt that its learner previewed and shared; taken back, it is empty."""

    public_id = models.UUIDField(_("public id"), default=uuid.uuid4, unique=True, editable=False)
    learner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    exercise = models.ForeignKey(Exercise, on_delete=models.PROTECT, related_name="+")
    run = models.ForeignKey(Run, null=True, on_delete=models.SET_NULL, related_name="+")
    title = models.CharField(_("title"), max_length=255)
    prompt = models.TextField(_("prompt"))
    answer = models.TextField(_("answer"))
    note = models.TextField(_("what I learned"), blank=True)
    scores = models.JSONField(_("scores"), default=dict)
    shared_at = models.DateTimeField(_("shared at"))
    revoked_at = models.DateTimeField(_("taken back at"), null=True)

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("shared copy")
        verbose_name_plural = _("shared copies")
        ordering = ["-shared_at"]

    def __str__(self) -> str:
        return str(self.public_id)
