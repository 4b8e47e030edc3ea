"""Jobs: what shall be done, how far it has come, what could not be done, and the files it made."""

import uuid
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lms.jobs.querysets import JobQuerySet, JobRowQuerySet


class Job(models.Model):
    """A piece of long work. Everything that a worker needs to go on with it stands in this row."""

    class State(models.TextChoices):
        """Where a job stands."""

        PREVIEWED = "previewed", _("waits for confirmation")
        QUEUED = "queued", _("waits for its turn")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("stopped by an error")
        CANCELLED = "cancelled", _("cancelled")
        UNDONE = "undone", _("taken back")

    UNDER_WAY: ClassVar[set[str]] = {State.QUEUED, State.RUNNING}
    OVER: ClassVar[set[str]] = {State.DONE, State.FAILED, State.CANCELLED, State.UNDONE}

    public_id = models.UUIDField(_("public id"), default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=100, help_text=_("app and purpose"))
    title = models.CharField(_("title"), max_length=300)
    params = models.JSONField(_("parameters"), default=dict, blank=True, encoder=DjangoJSONEncoder)
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.QUEUED)
    total = models.PositiveIntegerField(
        _("items in all"), null=True, help_text=_("empty until a worker has counted them")
    )
    done_count = models.PositiveIntegerField(_("items done"), default=0)
    failed_count = models.PositiveIntegerField(_("items that failed"), default=0)
    cursor = models.JSONField(
        _("cursor"), null=True, encoder=DjangoJSONEncoder, help_text=_("where the next chunk begins")
    )
    attempts = models.PositiveSmallIntegerField(_("failed attempts at the next chunk"), default=0)
    retry_at = models.DateTimeField(_("tries again at"), null=True, help_text=_("empty while nothing fails"))
    error = models.TextField(_("error"), blank=True, help_text=_("for people"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("started by"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("empty when Praxis itself did"),
    )
    key = models.CharField(  # noqa: DJ001  many jobs have none, and only null is not unique
        _("key"), max_length=200, null=True, unique=True, help_text=_("the same key is the same job")
    )
    created_at = models.DateTimeField(_("created at"))
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("confirmed by"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True)
    started_at = models.DateTimeField(_("started at"), null=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)
    undo_until = models.DateTimeField(
        _("can be taken back until"), null=True, help_text=_("empty when it cannot")
    )
    undoes = models.OneToOneField(
        "self",
        verbose_name=_("takes back"),
        null=True,
        on_delete=models.PROTECT,
        related_name="undone_by",
    )

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["done", "failed", "cancelled", "undone"], finished_at__isnull=False)
                | Q(state__in=["previewed", "queued", "running"], finished_at__isnull=True),
                name="job_finished_when_over",
            ),
        ]
        indexes = [
            # Workers ask for the oldest jobs that can go on; there are few of them at any time.
            models.Index(fields=["id"], condition=Q(state__in=["queued", "running"]), name="job_runnable"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen unless somebody asks for it."""
        return self.state in self.OVER

    @property
    def is_under_way(self) -> bool:
        """Whether workers go on with it by themselves."""
        return self.state in self.UNDER_WAY

    @property
    def handled_count(self) -> int:
        """Items that the job has got past, whether they could be done or not."""
        return self.done_count + self.failed_count

    @property
    def share_done(self) -> float:
        """How far it has come, 0.0 to 1.0; 0.0 while nobody knows how much there is."""
        if self.state in {self.State.DONE, self.State.UNDONE}:
            return 1.0
        return min(self.handled_count / self.total, 1.0) if self.total else 0.0

    def can_be_undone(self, now: datetime) -> bool:
        """Whether it can still be taken back; a query, unless `undone_by` was selected with it."""
        is_open = self.is_over and self.undo_until is not None and now < self.undo_until
        return is_open and not hasattr(self, "undone_by")


class JobRow(models.Model):
    """One line of a job that somebody may want to read: what was planned for it, or what became of it."""

    class Outcome(models.TextChoices):
        """What became of it."""

        PLANNED = "planned", _("planned")
        DONE = "done", _("done")
        UNCHANGED = "unchanged", _("nothing to change")
        FAILED = "failed", _("failed")
        SKIPPED = "skipped", _("left out")

    job = models.ForeignKey(Job, verbose_name=_("job"), on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField(_("number"), help_text=_("in the order of the work, from 1"))
    reference = models.TextField(
        _("reference"), blank=True, help_text=_("what somebody typed, or whom it is about")
    )
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome)
    message = models.TextField(_("message"), blank=True)
    data = models.JSONField(_("data"), default=dict, blank=True, encoder=DjangoJSONEncoder)

    objects = JobRowQuerySet.as_manager()

    class Meta:
        verbose_name = _("row of a job")
        verbose_name_plural = _("rows of jobs")
        constraints = [models.UniqueConstraint(fields=["job", "number"], name="job_row_once")]
        indexes = [
            # The page of a job shows the first rows that failed, out of a hundred thousand.
            models.Index(
                fields=["job", "number"],
                condition=Q(outcome__in=["failed", "skipped"]),
                name="job_row_not_done",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.reference}: {self.outcome}"


class JobFile(models.Model):
    """A file that a job made. In the database: it appears with the state of the job, for every process."""

    job = models.ForeignKey(Job, verbose_name=_("job"), on_delete=models.CASCADE, related_name="files")
    name = models.CharField(_("name"), max_length=200)
    content_type = models.CharField(_("content type"), max_length=100)
    content = models.BinaryField(_("content"))
    created_at = models.DateTimeField(_("created at"))

    class Meta:
        verbose_name = _("file of a job")
        verbose_name_plural = _("files of jobs")
        constraints = [models.UniqueConstraint(fields=["job", "name"], name="job_file_once")]

    def __str__(self) -> str:
        return self.name
