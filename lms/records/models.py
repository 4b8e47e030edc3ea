"""The ledger and the positions of its readers. Field names follow xAPI: actor, verb, object, result."""

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lms.core.models import AppendOnlyModel


class LearningRecord(AppendOnlyModel):
    """One thing that a person did or reached. Written once, never changed."""

    class Verb(models.TextChoices):
        """What happened, in the words of xAPI."""

        REGISTERED = "registered", _("was enrolled")
        ANSWERED = "answered", _("answered")
        COMPLETED = "completed", _("completed")
        WITHDREW = "withdrew", _("left")
        EARNED = "earned", _("earned")
        RENEWED = "renewed", _("renewed")
        LOST = "lost", _("lost")
        ATTESTED = "attested", _("was vouched for")
        MEASURED = "measured", _("had a measured result confirmed")
        SHARED = "shared", _("shared")
        CONFIRMED = "confirmed", _("confirmed")

    class ObjectType(models.TextChoices):
        """What it happened to."""

        LESSON = "lesson", _("lesson")
        EXERCISE = "exercise", _("exercise")
        QUESTION = "question", _("question")
        PATH = "path", _("learning path")
        ACHIEVEMENT = "achievement", _("achievement")
        THREAD = "thread", _("thread")
        REPLY = "reply", _("reply")
        WORKFLOW = "workflow", _("workflow")

    uuid = models.UUIDField(_("statement id"), default=uuid.uuid4, unique=True, editable=False)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("actor"),
        on_delete=models.PROTECT,
        related_name="learning_records",
    )
    verb = models.CharField(_("verb"), max_length=32, choices=Verb)
    object_type = models.CharField(_("object type"), max_length=32, choices=ObjectType)
    object_id = models.UUIDField(_("object id"), help_text=_("stable over republishing, moving and renaming"))
    object_version = models.CharField(
        _("object version"), max_length=64, blank=True, help_text=_("revision id")
    )
    object_title = models.CharField(_("title at that time"), max_length=300)
    result = models.JSONField(_("result"), default=dict, blank=True)
    context = models.JSONField(_("context"), default=dict, blank=True)
    at = models.DateTimeField(_("at"))
    recorded_at = models.DateTimeField(_("recorded at"), auto_now_add=True)

    class Meta:
        verbose_name = _("learning record")
        verbose_name_plural = _("learning records")
        indexes = [
            # The sealer asks for the oldest rows without a position.
            models.Index(fields=["id"], condition=Q(position=None), name="record_unsealed"),
            # My record: one person's history, newest first.
            models.Index(fields=["actor", "-at"], name="record_of_actor"),
            # Rules of credentials: who has completed one path, lesson or exercise.
            models.Index(fields=["object_id", "verb", "actor"], name="record_of_object"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_id} {self.verb} {self.object_type} {self.object_title}"


class ConsumerPosition(models.Model):
    """How far one consumer has read. The only state a consumer needs to continue after a crash."""

    consumer = models.CharField(_("consumer"), max_length=100, unique=True)
    position = models.BigIntegerField(_("position"), default=0)
    attempts = models.PositiveSmallIntegerField(_("failed attempts at the next record"), default=0)
    retry_at = models.DateTimeField(_("tries again at"), null=True, help_text=_("empty while nothing fails"))
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    class Meta:
        verbose_name = _("consumer position")
        verbose_name_plural = _("consumer positions")

    def __str__(self) -> str:
        return f"{self.consumer} at {self.position}"

    def move_past(self, record: LearningRecord) -> None:
        """Stand behind a record that is done with."""
        assert record.position is not None, "only sealed records are delivered"
        self.position, self.attempts, self.retry_at = record.position, 0, None

    def is_waiting(self, now: datetime) -> bool:
        """Whether the next record has just failed and is not due again."""
        return self.retry_at is not None and now < self.retry_at


class SetAsideRecord(models.Model):
    """A record that a consumer could not handle, kept for a human while the consumer goes on."""

    consumer = models.CharField(_("consumer"), max_length=100)
    record = models.ForeignKey(LearningRecord, on_delete=models.PROTECT, related_name="+")
    error = models.TextField(_("error"))
    set_aside_at = models.DateTimeField(_("set aside at"), auto_now_add=True)

    class Meta:
        verbose_name = _("record set aside")
        verbose_name_plural = _("records set aside")
        constraints = [models.UniqueConstraint(fields=["consumer", "record"], name="set_aside_once")]

    def __str__(self) -> str:
        return f"{self.consumer}: {self.record_id}"
