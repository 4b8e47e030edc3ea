"""Rows that are written once: the audit trail, and the heads of sealed tables."""

from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lms.core.querysets import AppendOnlyManager, AppendOnlyViolation


class AppendOnlyModel(models.Model):
    """A row that is inserted once and never changed or deleted through Django.

    `position` is the one exception: a sealer numbers committed rows afterwards (see `lms.core.sealing`).
    """

    position = models.BigIntegerField(_("position"), null=True, unique=True, editable=False)

    objects = AppendOnlyManager()

    class Meta:
        abstract = True

    def save(self, **kwargs: Any) -> None:
        """Insert the row.

        Raises:
            AppendOnlyViolation: The row exists already.
        """
        if not self._state.adding:
            raise AppendOnlyViolation(f"{type(self).__name__} rows are never changed. Write a new one.")
        # Without force_insert, Django would first try to update the row that has this primary key.
        super().save(**{**kwargs, "force_insert": True})

    def delete(self, *_args: Any, **_kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refuse.

        Raises:
            AppendOnlyViolation: Always.
        """
        raise AppendOnlyViolation(f"{type(self).__name__} rows are never deleted.")

    @classmethod
    def table_name(cls) -> str:
        """Return the name of the table in the database."""
        return cls._meta.db_table


class AuditEntry(AppendOnlyModel):
    """Who did what to which object, what it was before and after, and why.

    Actor and object are kept as text, so an entry outlives what it speaks of.
    """

    at = models.DateTimeField(_("at"))
    actor = models.CharField(_("actor"), max_length=200, help_text=_("kind and id, such as user:6f0d…"))
    action = models.CharField(_("action"), max_length=100, help_text=_("app and verb, such as people.import"))
    object_type = models.CharField(_("object type"), max_length=100)
    object_id = models.CharField(_("object id"), max_length=200)
    before = models.JSONField(_("before"), null=True, encoder=DjangoJSONEncoder)
    after = models.JSONField(_("after"), null=True, encoder=DjangoJSONEncoder)
    reason = models.TextField(_("reason"), blank=True)
    digest = models.CharField(_("digest"), max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        indexes = [
            # The sealer asks for the oldest unsealed entries; there are few of them at any time.
            models.Index(fields=["id"], condition=Q(position=None), name="audit_unsealed"),
            models.Index(fields=["object_type", "object_id", "at"], name="audit_of_object"),
            # The audit page, newest first, from one day to another; a page of it begins behind the last row seen.
            models.Index(fields=["-at", "-id"], name="audit_newest"),
            # The same of one person or command; the id in the text is long, so few rows share a beginning.
            models.Index(fields=["actor", "-at", "-id"], name="audit_of_actor"),
            # The same of one action; and `selectors.known_actions`, which leaps from action to action.
            models.Index(fields=["action", "-at", "-id"], name="audit_of_action"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor} {self.action} {self.object_type}:{self.object_id}"


class SealHead(models.Model):
    """The last position given out in one sealed table, and the digest of the row that has it."""

    table = models.CharField(_("table"), max_length=100, unique=True)
    position = models.BigIntegerField(_("position"), default=0)
    digest = models.CharField(_("digest"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("seal head")
        verbose_name_plural = _("seal heads")

    def __str__(self) -> str:
        return f"{self.table} at {self.position}"


class ScheduleRun(models.Model):
    """That the work of one slot of a schedule has begun: whoever writes the row does it, and nobody else."""

    name = models.CharField(_("schedule"), max_length=50, help_text=_("as beat calls it"))
    slot = models.DateTimeField(_("slot"), help_text=_("when it begins"))
    at = models.DateTimeField(_("begun at"))

    class Meta:
        verbose_name = _("run of a schedule")
        verbose_name_plural = _("runs of schedules")
        constraints = [
            models.UniqueConstraint(fields=["name", "slot"], name="core_one_run_a_slot"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.slot:%Y-%m-%d %H:%M:%S}"
