"""What can be earned, version by version."""

import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from badges.models.issuers import Issuer, printable
from badges.querysets import AchievementQuerySet

MOST_CRITERIA, LONGEST_CRITERION = 12, 200


def validate_rubric(value: Any) -> None:
    """See that a rubric is a list of different criteria, each a few words.

    Raises:
        ValidationError: It is not.
    """
    is_list = isinstance(value, list) and all(isinstance(each, str) and each.strip() for each in value)
    if not is_list or len(set(value)) != len(value):
        raise ValidationError(_("Write each criterion once, in a few words."))
    if len(value) > MOST_CRITERIA or any(len(each) > LONGEST_CRITERION for each in value):
        raise ValidationError(_("At most twelve criteria of 200 characters each."))


class Achievement(models.Model):
    """Something that can be earned; its id stays when its words change."""

    class State(models.TextChoices):
        """Whether it can be earned."""

        DRAFT = "draft", _("draft")
        OPEN = "open", _("can be earned")
        RETIRED = "retired", _("no longer awarded")

    public_id = models.UUIDField(_("public id"), default=uuid.uuid4, unique=True, editable=False)
    issuer = models.ForeignKey(
        Issuer, verbose_name=_("issuer"), on_delete=models.PROTECT, related_name="achievements"
    )
    slug = models.SlugField(_("short name"), max_length=80, unique=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    live = models.ForeignKey(
        "badges.AchievementVersion",
        verbose_name=_("version that is awarded"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    objects = AchievementQuerySet.as_manager()

    class Meta:
        verbose_name = _("achievement")
        verbose_name_plural = _("achievements")
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.live.name if self.live else self.slug


class AchievementPicture(models.Model):
    """A picture that was uploaded for an achievement, written anew dot by dot. Never changed; versions share it."""

    digest = models.CharField(_("digest"), max_length=64, primary_key=True, help_text=_("SHA-256 of the PNG"))
    png = models.BinaryField(_("PNG"))
    side = models.PositiveSmallIntegerField(_("width and height"), help_text=_("in pixels"))
    created_at = models.DateTimeField(_("created at"))

    class Meta:
        verbose_name = _("picture of an achievement")
        verbose_name_plural = _("pictures of achievements")

    def __str__(self) -> str:
        return self.digest[:12]


class AchievementVersion(models.Model):
    """The words and terms of it. Never changed once somebody holds it, or is reviewed for it."""

    class Kind(models.TextChoices):
        """What it is; the values are achievement types of Open Badges 3.0."""

        CERTIFICATION = "Certification", _("certification: lasts for some time and is renewed")
        BADGE = "Badge", _("badge")
        MICRO_CREDENTIAL = "MicroCredential", _("micro-credential")
        COMMUNITY_SERVICE = "CommunityService", _("for what someone does for others")

    class Level(models.TextChoices):
        """How much it asks."""

        NONE = "", _("no level")
        FOUNDATION = "foundation", _("Foundation")
        PRACTITIONER = "practitioner", _("Practitioner")
        EXPERT = "expert", _("Expert")

    class Color(models.TextChoices):
        """The color of its emblem."""

        INK = "ink", _("ink")
        PINE = "pine", _("pine")
        PLUM = "plum", _("plum")
        RUST = "rust", _("rust")

    achievement = models.ForeignKey(
        Achievement, verbose_name=_("achievement"), on_delete=models.CASCADE, related_name="versions"
    )
    number = models.PositiveIntegerField(_("number"))
    frozen_at = models.DateTimeField(
        _("frozen at"), null=True, blank=True, help_text=_("when it was first awarded")
    )
    name = models.CharField(_("name"), max_length=120)
    description = models.TextField(_("description"), max_length=600, help_text=_("what its holder can do"))
    criteria = models.TextField(
        _("criteria"), max_length=3000, help_text=_("what one has to do for it, in words for everyone")
    )
    kind = models.CharField(_("kind"), max_length=30, choices=Kind, default=Kind.CERTIFICATION)
    level = models.CharField(_("level"), max_length=20, choices=Level, blank=True)
    color = models.CharField(_("color"), max_length=10, choices=Color, default=Color.INK)
    picture = models.ForeignKey(
        AchievementPicture,
        verbose_name=_("uploaded picture"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="versions",
        help_text=_("empty for the one that is drawn from its words"),
    )
    language = models.CharField(
        _("language"),
        max_length=20,
        default="en",
        validators=[RegexValidator(r"^[a-zA-Z]{2,3}(-[a-zA-Z0-9]+)*$")],
    )
    tags = models.JSONField(_("tags"), default=list, blank=True)
    alignments = models.JSONField(
        _("skills frameworks"),
        default=list,
        blank=True,
        help_text=_("entries of frameworks that it belongs to"),
    )
    validity_months = models.PositiveSmallIntegerField(
        _("valid for months"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(120)],
        help_text=_("empty for one that does not expire"),
    )
    renewal_days = models.PositiveSmallIntegerField(
        _("can be renewed for days before it expires"), default=60, validators=[MaxValueValidator(730)]
    )
    grace_days = models.PositiveSmallIntegerField(
        _("and for days after"), default=30, validators=[MaxValueValidator(730)]
    )
    takes_nominations = models.BooleanField(
        _("people can be put forward for it"), default=False, help_text=_("with evidence that others review")
    )
    reviewers_needed = models.PositiveSmallIntegerField(
        _("reviewers who have to agree"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(5)],
    )
    rubric = models.JSONField(
        _("rubric"),
        default=list,
        blank=True,
        validators=[validate_rubric],
        help_text=_("what reviewers look for in the evidence, criterion by criterion"),
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        verbose_name = _("version of an achievement")
        verbose_name_plural = _("versions of achievements")
        ordering = ["achievement", "number"]
        constraints = [
            models.UniqueConstraint(fields=["achievement", "number"], name="badges_version_number"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.number})"

    @property
    def picture_format(self) -> str:
        """The form in which pages show its image: what is drawn is sharp at any size."""
        return "svg" if self.picture_id is None else "png"

    def clean_fields(self, exclude: Any = None) -> None:
        """Strip what a word processor leaves behind: control characters cannot be signed."""
        for name in ("name", "description", "criteria"):
            setattr(self, name, printable(getattr(self, name)))
        super().clean_fields(exclude=exclude)
