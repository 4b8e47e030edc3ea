"""The ledger of tips: one row for each person and week."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from lms.notifications.models import Delivery
from lms.tips.models.answers import RecallCard
from lms.tips.models.plans import TipPlan
from lms.tips.models.tips import Tip


class TipDelivery(Delivery):
    """The tip of one person in one week: chosen once, sent once."""

    class Why(models.TextChoices):
        """Why this tip and no other."""

        SKILL = "skill", _("it is about something you found hard")
        ROLE = "role", _("it is for your role")
        EVERYBODY = "everybody", _("it is for everybody")
        CHANCE = "chance", _("it was drawn by lot")
        CAMPAIGN = "campaign", _("your company sends it this week")
        AGAIN = "again", _("you had it long ago, and there is no newer one for your role")

    class Usefulness(models.TextChoices):
        """What its recipient says of it."""

        USEFUL = "useful", _("useful")
        NOT_USEFUL = "not_useful", _("not useful")

    week = models.DateField(_("week"), help_text=_("its Monday"))
    planned_at = models.DateTimeField(
        _("planned for"),
        help_text=_("from then on its recipient can read it, whenever its message is due next"),
    )
    time_zone = models.CharField(
        _("time zone"), max_length=64, blank=True, help_text=_("of its recipient when it was planned")
    )
    tip = models.ForeignKey(Tip, verbose_name=_("tip"), on_delete=models.PROTECT, related_name="deliveries")
    plan = models.ForeignKey(
        TipPlan, verbose_name=_("plan"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    recall = models.ForeignKey(
        RecallCard,
        verbose_name=_("question that comes back"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("asked instead of that of the tip"),
    )
    why = models.CharField(_("why this one"), max_length=10, choices=Why)
    propensity = models.FloatField(
        _("propensity"), help_text=_("how likely the choice was, 0.0 to 1.0; lets one learn what works")
    )
    opened_at = models.DateTimeField(
        _("opened at"), null=True, help_text=_("its page; whether a mail was read is not watched")
    )
    usefulness = models.CharField(_("usefulness"), max_length=10, choices=Usefulness, blank=True)
    rated_at = models.DateTimeField(_("said so at"), null=True)

    wagtail_reference_index_ignore = True  # "usage" of a tip would count those who got it

    class Meta(Delivery.Meta):
        verbose_name = _("delivery of a tip")
        verbose_name_plural = _("deliveries of tips")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["recipient", "week"], name="tips_one_a_week"),
        ]

    def move_to(self, moment: datetime, *, now: datetime) -> None:
        """Let the message come at another moment; what could be read before stays where it is read."""
        self.due_at = moment
        if self.planned_at > now:
            self.planned_at = moment
