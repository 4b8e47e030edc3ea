"""People on paths, what happened to that, and what their managers say about it."""

from datetime import date, datetime

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lms.paths.models.assignments import AssignmentVersion
from lms.paths.querysets import EnrollmentQuerySet


class Enrollment(models.Model):
    """One person on one learning path, in one cycle of it.

    A path to be taken again opens a new enrollment with the next cycle; the one before stays as it is. Whoever is
    taken off a path keeps the row too, marked as withdrawn, so that nothing learned is lost when they come back.
    """

    class Source(models.TextChoices):
        """How the person came to it."""

        SELF = "self", _("you chose it")
        MANUAL = "manual", _("an administrator enrolled you")
        MANAGER = "manager", _("your manager enrolled you")
        RULE = "rule", _("it was assigned to your role")
        API = "api", _("another system enrolled you")

    class Standing(models.TextChoices):
        """Where it stands at a moment: exactly one of these, see `EnrollmentQuerySet.with_standing`."""

        OPEN = "open", _("open")
        OVERDUE = "overdue", _("overdue")
        PAUSED = "paused", _("paused")
        COMPLETED = "completed", _("completed")
        EXPIRED = "expired", _("expired")

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
    cycle = models.PositiveSmallIntegerField(_("cycle"), default=1, help_text=_("1, or the how-manieth time"))
    is_latest = models.BooleanField(_("latest cycle"), default=True)
    source = models.CharField(_("source"), max_length=20, choices=Source)
    reason = models.CharField(_("reason"), max_length=300, blank=True, help_text=_("shown to the learner"))
    is_required = models.BooleanField(_("required"), default=True)
    is_own_choice = models.BooleanField(
        _("chosen by themselves"), default=False, help_text=_("at any time; then no rule takes it away")
    )
    version = models.ForeignKey(
        AssignmentVersion,
        verbose_name=_("rule"),
        null=True,
        on_delete=models.PROTECT,
        related_name="enrollments",
        help_text=_("version of the rule that holds it; empty when no rule does"),
    )
    enrolled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("enrolled by"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("who enrolled them, or confirmed the rule; empty when they did it themselves"),
    )
    job = models.ForeignKey(
        "jobs.Job",
        verbose_name=_("job"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("the job that made it, which may be taken back"),
    )
    enrolled_at = models.DateTimeField(_("enrolled at"))
    assigned_at = models.DateTimeField(
        _("assigned at"), null=True, help_text=_("since when the rule holds it; days are counted from here")
    )
    due_on = models.DateField(
        _("due on"), null=True, blank=True, help_text=_("advisory; nothing closes on this day")
    )
    closes_on = models.DateField(
        _("closes on"), null=True, blank=True, help_text=_("last day on which it can be completed")
    )
    dates_by_hand = models.BooleanField(
        _("dates set by a person"), default=False, help_text=_("no rule changes them")
    )
    days_away = models.PositiveIntegerField(
        _("days of leave"), default=0, help_text=_("by which the dates of the rule have moved on")
    )
    paused_on = models.DateField(
        _("paused on"),
        null=True,
        editable=False,
        help_text=_("first day of leave; dates move on by its length"),
    )
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, editable=False)
    completed_at = models.DateTimeField(_("completed at"), null=True, editable=False)
    completed_revision = models.ForeignKey(
        "wagtailcore.Revision", null=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )
    expires_on = models.DateField(
        _("expires on"), null=True, editable=False, help_text=_("last day on which the completion counts")
    )

    objects = EnrollmentQuerySet.as_manager()

    has_started: bool
    """Whether a step is done; only where a query adds it."""
    standing: str
    """One of `Standing`; only where a query adds it."""
    is_closed: bool
    """Whether it can no longer be completed; only where a query adds it."""

    class Meta:
        verbose_name = _("enrollment")
        verbose_name_plural = _("enrollments")
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "path"], condition=Q(is_latest=True), name="enrollment_one_latest"
            ),
            models.UniqueConstraint(fields=["learner", "path", "cycle"], name="enrollment_once_per_cycle"),
        ]
        indexes = [
            # Previews compare everyone in an audience with everyone on a path, from this index alone.
            models.Index(
                fields=["path", "learner", "version", "completed_at"],
                condition=Q(is_latest=True, withdrawn_at=None),
                name="enrollment_current_on_path",
            ),
            # Team, reports and reminders ask for what is required and open, by day.
            models.Index(
                fields=["due_on"],
                condition=Q(is_latest=True, is_required=True, completed_at=None, withdrawn_at=None),
                name="enrollment_open_required",
            ),
            # The daily round asks for completions that run out.
            models.Index(
                fields=["expires_on"],
                condition=Q(is_latest=True, expires_on__isnull=False),
                name="enrollment_expiring",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.learner} on {self.path}"

    @property
    def counts_from(self) -> datetime | None:
        """Since when what is learned counts; None on a first cycle, where all that was learned before counts too."""
        return self.enrolled_at if self.cycle > 1 else None

    def is_overdue(self, today: date) -> bool:
        """Whether it should have been done by now; `today` is the day where the learner lives."""
        days = [day for day in (self.due_on, self.closes_on) if day is not None]
        return self.is_open and self.paused_on is None and bool(days) and min(days) < today

    @property
    def has_fixed_dates(self) -> bool:
        """Whether no rule changes its dates: a person set them, or it is due when the cycle before runs out."""
        return self.dates_by_hand or self.cycle > 1

    @property
    def is_open(self) -> bool:
        """Whether it is there to be done."""
        return self.completed_at is None and self.withdrawn_at is None


class EnrollmentChange(models.Model):
    """What happened to an enrollment after it was made: by which rule or whom, when and why. Never changed."""

    class What(models.TextChoices):
        """What happened."""

        ASSIGNED = "assigned", _("a rule took it over")
        DATES = "dates", _("the rule changed its dates")
        OPTIONAL = "optional", _("it became optional")
        WITHDRAWN = "withdrawn", _("it was withdrawn")
        RETURNED = "returned", _("it came back")
        EXTENDED = "extended", _("its dates were extended")
        PAUSED = "paused", _("it was paused for leave")
        RESUMED = "resumed", _("it went on after leave")
        UNDONE = "undone", _("a job was taken back")

    enrollment = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="changes")
    at = models.DateTimeField(_("at"))
    what = models.CharField(_("what"), max_length=10, choices=What)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("empty when a rule or the calendar did it"),
    )
    version = models.ForeignKey(
        AssignmentVersion, verbose_name=_("rule"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    job = models.ForeignKey(
        "jobs.Job", verbose_name=_("job"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    before = models.JSONField(_("before"), default=dict, encoder=DjangoJSONEncoder)
    after = models.JSONField(_("after"), default=dict, encoder=DjangoJSONEncoder)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("change of an enrollment")
        verbose_name_plural = _("changes of enrollments")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.enrollment_id} {self.what} at {self.at:%Y-%m-%d}"


class Encouragement(models.Model):
    """A word from a manager about a required path: a reminder, or thanks for having done it."""

    class Kind(models.TextChoices):
        """What it is."""

        NUDGE = "nudge", _("reminder")
        RECOGNITION = "recognition", _("recognition")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    enrollment = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="encouragements")
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="encouragements"
    )
    sender = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    note = models.CharField(_("note"), max_length=300, blank=True)
    week = models.DateField(_("week"), help_text=_("its Monday, where the recipient lives"))
    at = models.DateTimeField(_("at"))
    seen_at = models.DateTimeField(_("seen at"), null=True)

    class Meta:
        verbose_name = _("encouragement")
        verbose_name_plural = _("encouragements")
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["recipient", "week"], condition=Q(kind="nudge"), name="nudge_once_a_week"
            ),
            models.UniqueConstraint(
                fields=["enrollment", "sender"], condition=Q(kind="recognition"), name="recognition_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sender} to {self.recipient}: {self.kind}"
