"""Rules that assign paths, what they say in each version, and decisions that no rule overrides."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lms.paths.dates import DateRule


class Assignment(models.Model):
    """A rule that gives one learning path to everyone in an audience; what it says stands in its versions."""

    class State(models.TextChoices):
        """Whether the rule is applied."""

        DRAFT = "draft", _("draft")
        ACTIVE = "active", _("active")
        PAUSED = "paused", _("paused")
        ARCHIVED = "archived", _("archived")

    public_id = models.UUIDField(_("public id"), default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=200)
    path = models.ForeignKey(
        "courses.LearningPathPage",
        verbose_name=_("path"),
        on_delete=models.PROTECT,
        related_name="assignments",
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    live = models.ForeignKey(
        "paths.AssignmentVersion",
        verbose_name=_("version in force"),
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("empty until it is confirmed for the first time"),
    )
    round = models.PositiveIntegerField(
        _("round"),
        default=0,
        help_text=_("how often it was put into force or ended; tells one preview from the next"),
    )
    problem = models.TextField(
        _("problem"), blank=True, help_text=_("why it is not applied although active; empty when it is")
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(_("created at"))

    has_live_path: bool
    """Whether its path is published; only where a query adds it."""

    class Meta:
        verbose_name = _("assignment rule")
        verbose_name_plural = _("assignment rules")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def holds(self) -> bool:
        """Whether it adds people and takes them out now."""
        return self.state == self.State.ACTIVE and not self.problem


def _nobody() -> dict[str, Any]:
    return {"any": []}


class AssignmentVersion(models.Model):
    """What a rule says. Written until it is confirmed, and never changed after that."""

    class Basis(models.TextChoices):
        """What a day is counted from."""

        NEVER = "", _("no such day")
        ASSIGNED = "assigned", _("days after a person gets it")
        HIRED = "hired", _("days after a person was hired")
        DAY = "day", _("on one day for everyone")

    class OnLeaving(models.TextChoices):
        """What happens to those who are no longer in the audience."""

        KEEP = "keep", _("they keep it, with its dates")
        OPTIONAL = "optional", _("it becomes optional for them")
        WITHDRAW = "withdraw", _("it is withdrawn if they have not started, else it becomes optional")

    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(_("number"))
    audience = models.JSONField(_("audience"), default=_nobody, help_text=_("see lms.people.audience_rules"))
    reason = models.CharField(_("reason"), max_length=300, blank=True, help_text=_("shown to the learner"))
    is_required = models.BooleanField(_("required"), default=True)
    due_basis = models.CharField(_("due"), max_length=10, choices=Basis, default=Basis.NEVER, blank=True)
    due_days = models.PositiveIntegerField(_("days until due"), null=True, blank=True)
    due_day = models.DateField(_("day it is due"), null=True, blank=True)
    closes_basis = models.CharField(
        _("closes"), max_length=10, choices=Basis, default=Basis.NEVER, blank=True
    )
    closes_days = models.PositiveIntegerField(_("days until it closes"), null=True, blank=True)
    closes_day = models.DateField(_("day it closes"), null=True, blank=True)
    on_leaving = models.CharField(
        _("when someone leaves the audience"), max_length=10, choices=OnLeaving, default=OnLeaving.WITHDRAW
    )
    repeat_months = models.PositiveSmallIntegerField(
        _("months until it is taken again"), null=True, blank=True, help_text=_("empty: once is enough")
    )
    opens_days_before = models.PositiveSmallIntegerField(
        _("days before the end at which the next round opens"), default=30
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(_("created at"))
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True)

    class Meta:
        verbose_name = _("version of an assignment rule")
        verbose_name_plural = _("versions of assignment rules")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["assignment", "number"], name="assignment_version_once"),
            models.UniqueConstraint(
                fields=["assignment"], condition=Q(confirmed_at=None), name="assignment_one_draft"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assignment} {self.number}"

    @property
    def due(self) -> DateRule:
        """The advisory day."""
        return DateRule(self.due_basis, self.due_days, self.due_day)

    @property
    def closes(self) -> DateRule:
        """The last day on which it can be completed."""
        return DateRule(self.closes_basis, self.closes_days, self.closes_day)


class Exclusion(models.Model):
    """A decision that no rule gives a path to a person. It holds until somebody clears it."""

    learner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="exclusions")
    path = models.ForeignKey("courses.LearningPathPage", on_delete=models.CASCADE, related_name="exclusions")
    reason = models.CharField(_("reason"), max_length=300)
    excluded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    excluded_at = models.DateTimeField(_("excluded at"))
    cleared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    cleared_at = models.DateTimeField(_("cleared at"), null=True)

    class Meta:
        verbose_name = _("exclusion")
        verbose_name_plural = _("exclusions")
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "path"], condition=Q(cleared_at=None), name="exclusion_one_in_force"
            )
        ]

    def __str__(self) -> str:
        return f"{self.learner} not on {self.path}"
