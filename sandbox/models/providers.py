"""Models that answer, what was measured of them, and what the guard knows and counts."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sandbox.querysets import CalibrationQuerySet, ProviderQuerySet


class Provider(models.Model):
    """A model that answers, and what may be sent to it."""

    class Kind(models.TextChoices):
        """How it is reached."""

        EMBEDDED = "embedded", _("runs on this machine")
        OPENAI = "openai", _("OpenAI-compatible address")

    class Policy(models.TextChoices):
        """What happens to private data before it is sent."""

        WARN = "warn", _("warn, and let the learner decide")
        PSEUDONYMIZE = "pseudonymize", _("replace names and numbers automatically")
        BLOCK = "block", _("refuse until it is removed")

    public_id = models.UUIDField(_("public id"), default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=100, help_text=_("as learners read it"))
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    base_url = models.URLField(_("address"), blank=True, help_text=_("such as https://models.example/v1"))
    model = models.CharField(_("model"), max_length=200, blank=True, help_text=_("as the address calls it"))
    key_encrypted = models.TextField(_("key, encrypted"), blank=True, editable=False)
    data_region = models.CharField(
        _("where data goes"), max_length=100, help_text=_("as learners read it: “this machine”, “EU”")
    )
    weakness = models.CharField(_("what it is bad at"), max_length=300, blank=True)
    policy = models.CharField(_("private data"), max_length=20, choices=Policy, default=Policy.BLOCK)
    max_tokens = models.PositiveIntegerField(_("tokens of an answer at most"), default=400)
    is_enabled = models.BooleanField(_("may be asked"), default=False)
    may_judge = models.BooleanField(_("gives second opinions"), default=False)
    position = models.PositiveSmallIntegerField(_("order"), default=10)

    objects = ProviderQuerySet.as_manager()

    class Meta:
        verbose_name = _("model")
        verbose_name_plural = _("models")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind"], condition=Q(kind="embedded"), name="provider_one_embedded"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_local(self) -> bool:
        """Whether nothing that it is sent leaves this machine."""
        return self.kind == self.Kind.EMBEDDED


class Calibration(models.Model):
    """How far a model agrees with people who rated the prompts of the gold set. Asked a few at a time, over minutes."""

    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="calibrations")
    gold_digest = models.CharField(_("gold set"), max_length=64)
    judge_version = models.CharField(_("version of the question"), max_length=10)
    total = models.PositiveIntegerField(_("prompts of the gold set"))
    levels = models.JSONField(
        _("levels"),
        default=dict,
        help_text=_("by prompt and criterion; empty where its answer was unreadable"),
    )
    tries = models.JSONField(_("tries"), default=dict, help_text=_("how often each prompt was asked about"))
    kappa = models.FloatField(
        _("weighted kappa"),
        null=True,
        help_text=_(
            "-1.0 to 1.0: mean of the criteria, with the rater it agrees with less; empty until it is known"
        ),
    )
    by_criterion = models.JSONField(_("by criterion"), default=dict)
    problem = models.CharField(_("why it ended early"), max_length=400, blank=True)
    began_at = models.DateTimeField(_("began at"))
    leased_until = models.DateTimeField(_("leased until"), null=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)

    objects = CalibrationQuerySet.as_manager()

    PASS_MARK: ClassVar[float] = 0.6
    READABLE_SHARE: ClassVar[float] = 0.95

    class Meta:
        verbose_name = _("calibration")
        verbose_name_plural = _("calibrations")
        ordering = ["-began_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["provider"], condition=Q(ended_at=None), name="calibration_one_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.provider_id}: {self.kappa}"

    @property
    def readable(self) -> int:
        """How many prompts it has judged in a form that can be read."""
        return sum(1 for levels in self.levels.values() if levels)

    @property
    def is_passed(self) -> bool:
        """Whether the model may give second opinions: it agrees with people, and nearly always says something."""
        is_whole = self.readable >= self.READABLE_SHARE * self.total
        return is_whole and self.kappa is not None and self.kappa >= self.PASS_MARK

    @property
    def trusted(self) -> frozenset[str]:
        """The criteria on which it agrees with both raters well enough to be shown."""
        return frozenset(
            key for key, each in self.by_criterion.items() if (each["kappa"] or 0) >= self.PASS_MARK
        )


class CompanyWord(models.Model):
    """A client's name or a code word, kept only as a salted hash."""

    digest = models.CharField(_("hash"), max_length=64, unique=True)
    added_at = models.DateTimeField(_("added at"), auto_now_add=True)

    class Meta:
        verbose_name = _("company word")
        verbose_name_plural = _("company words")

    def __str__(self) -> str:
        return self.digest[:8]


class GuardCount(models.Model):
    """How often the guard found something of a kind on a day. No person, no value."""

    day = models.DateField(_("day"))
    kind = models.CharField(_("kind"), max_length=40)
    action = models.CharField(_("what was done"), max_length=20)
    count = models.PositiveIntegerField(_("times"), default=0)

    class Meta:
        verbose_name = _("guard count")
        verbose_name_plural = _("guard counts")
        constraints = [models.UniqueConstraint(fields=["day", "kind", "action"], name="guard_count_once")]

    def __str__(self) -> str:
        return f"{self.day} {self.kind} {self.action}: {self.count}"
