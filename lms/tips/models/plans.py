"""When tips go out: the company's plan, campaigns for some, each person's own wish, and days on which nobody works."""

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lms.people.models import Audience
from lms.tips.models.tips import Tip
from lms.tips.querysets import TipPlanQuerySet, beginning_of

WEEKDAYS = [
    (1, _("Monday")),
    (2, _("Tuesday")),
    (3, _("Wednesday")),
    (4, _("Thursday")),
    (5, _("Friday")),
    (6, _("Saturday")),
    (7, _("Sunday")),
]
ISO_DAY = [MinValueValidator(1), MaxValueValidator(7)]
HOUR = [MaxValueValidator(23)]


class TipPlan(models.Model):
    """Who gets a tip when. One plan is for everybody; others, campaigns, are for an audience and come first."""

    name = models.CharField(_("name"), max_length=100)
    audience = models.ForeignKey(
        Audience,
        verbose_name=_("audience"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("None means everybody."),
    )
    tip = models.ForeignKey(
        Tip,
        verbose_name=_("tip"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("None means that each person gets the one that fits them."),
    )
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=WEEKDAYS, default=2, validators=ISO_DAY)
    hour = models.PositiveSmallIntegerField(_("hour"), default=9, validators=HOUR)
    first_week = models.DateField(_("first week"), null=True, blank=True, help_text=_("its Monday"))
    last_week = models.DateField(_("last week"), null=True, blank=True, help_text=_("its Monday"))
    is_enabled = models.BooleanField(_("enabled"), default=False)
    freed_at = models.DateTimeField(
        _("let people go at"),
        null=True,
        blank=True,
        help_text=_("when it was last edited, ended or moved while it was in force"),
    )
    freed_rule = models.JSONField(
        _("whom it let go"),
        null=True,
        blank=True,
        help_text=_("the rule of its audience as it was then; none means as it is now"),
    )

    objects = TipPlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("plan of tips")
        verbose_name_plural = _("plans of tips")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["is_enabled"],
                condition=Q(audience=None, is_enabled=True),
                name="tips_one_plan_for_everybody",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def is_in_force(self, monday: date) -> bool:
        """Whether it is in force in a week; as `TipPlanQuerySet.in_week`."""
        begun = self.first_week is None or self.first_week <= monday
        not_over = self.last_week is None or self.last_week >= monday
        return self.is_enabled and begun and not_over

    def has_freed_since(self, monday: date) -> bool:
        """Whether it is a campaign that let its people go in a week, in any zone, or since."""
        is_campaign = self.audience_id is not None
        return is_campaign and self.freed_at is not None and self.freed_at >= beginning_of(monday)


class TipPreferences(models.Model):
    """When one person wants their tip; absent means as the company plans."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("person"),
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="tip_preferences",
    )
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=WEEKDAYS, validators=ISO_DAY)
    hour = models.PositiveSmallIntegerField(_("hour"), validators=HOUR)

    class Meta:
        verbose_name = _("wish for the tip")
        verbose_name_plural = _("wishes for the tip")

    def __str__(self) -> str:
        return f"{self.person_id}: {self.weekday}, {self.hour}:00"


class Holiday(models.Model):
    """A day on which nobody works, at one location or everywhere."""

    day = models.DateField(_("day"))
    location = models.CharField(
        _("location"),
        max_length=100,
        blank=True,
        help_text=_("as the HR system writes it; empty for everywhere"),
    )
    name = models.CharField(_("name"), max_length=100)

    class Meta:
        verbose_name = _("holiday")
        verbose_name_plural = _("holidays")
        ordering: ClassVar[list[str]] = ["day", "location"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["day", "location"], name="tips_holiday_once"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"
