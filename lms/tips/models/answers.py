"""What people answered, and when a question comes back to them. Both are theirs alone."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from lms.tips.models.tips import Tip


class TipAnswer(models.Model):
    """The one answer to the question of one delivery; the first that came counts."""

    delivery = models.OneToOneField(
        "tips.TipDelivery", verbose_name=_("delivery"), on_delete=models.CASCADE, related_name="answer"
    )
    tip = models.ForeignKey(
        Tip,
        verbose_name=_("tip"),
        on_delete=models.PROTECT,
        related_name="answers",
        help_text=_("whose question it was; not that of the delivery when a question came back"),
    )
    choice = models.UUIDField(_("chosen answer"))
    is_right = models.BooleanField(_("right"))
    is_first = models.BooleanField(_("for the first time"), help_text=_("and not when it came back"))
    answered_at = models.DateTimeField(_("answered at"))
    channel = models.CharField(_("where"), max_length=20)

    wagtail_reference_index_ignore = True  # see TipDelivery

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")

    def __str__(self) -> str:
        return f"{self.delivery_id}: {self.is_right}"


class RecallCard(models.Model):
    """When the question of a tip comes back to somebody who has answered it."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("person"),
        on_delete=models.CASCADE,
        related_name="recall_cards",
    )
    tip = models.ForeignKey(Tip, verbose_name=_("tip"), on_delete=models.CASCADE, related_name="+")
    state = models.JSONField(_("state"), help_text=_("as lms.tips.recall reads it"))
    due_week = models.DateField(_("due in week"), help_text=_("its Monday"))

    wagtail_reference_index_ignore = True  # see TipDelivery

    class Meta:
        verbose_name = _("card")
        verbose_name_plural = _("cards")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["person", "tip"], name="tips_one_card_each"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            # The planner asks which questions come back to some people by a week.
            models.Index(fields=["person", "due_week"], name="tips_cards_due"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.tip_id} {self.due_week}"
