"""The rules of achievements."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from badges.models.achievements import Achievement
from badges.querysets import RuleQuerySet


class CriteriaRule(models.Model):
    """When an achievement is earned, renewed or kept: a tree of conditions, tried out before it is enabled."""

    class Purpose(models.TextChoices):
        """What happens to people who meet it."""

        EARN = "earn", _("they earn it")
        RENEW = "renew", _("it is renewed")
        KEEP = "keep", _("it lapses unless they do")

    achievement = models.ForeignKey(
        Achievement, verbose_name=_("achievement"), on_delete=models.CASCADE, related_name="rules"
    )
    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose, default=Purpose.EARN)
    tree = models.JSONField(_("conditions"), help_text=_("as badges.criteria reads them"))
    notice_days = models.PositiveSmallIntegerField(
        _("days of notice"),
        default=30,
        help_text=_("before a credential lapses whose holder no longer meets it"),
    )
    is_enabled = models.BooleanField(_("enabled"), default=False)
    enabled_at = models.DateTimeField(_("enabled at"), null=True)
    enabled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("enabled by"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    changed_at = models.DateTimeField(_("changed at"), auto_now=True)

    objects = RuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("rule of an achievement")
        verbose_name_plural = _("rules of achievements")
        constraints = [
            models.UniqueConstraint(fields=["achievement", "purpose"], name="badges_one_rule_per_purpose"),
        ]

    def __str__(self) -> str:
        return f"{self.achievement_id} {self.purpose}"


class Attestation(models.Model):
    """The word of somebody above a person that they do at work what an achievement stands for.

    Attributes:
        giver_is_above: Whether whoever gave it is above the person now; only `words_about` says so.
    """

    giver_is_above: bool

    achievement = models.ForeignKey(
        Achievement, verbose_name=_("achievement"), on_delete=models.CASCADE, related_name="attestations"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("person"),
        on_delete=models.CASCADE,
        related_name="attestations",
    )
    attested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("attested by"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    statement = models.CharField(_("what they have seen"), max_length=500)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("attestation")
        verbose_name_plural = _("attestations")
        constraints = [
            models.UniqueConstraint(fields=["achievement", "person"], name="badges_attested_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.achievement_id}"
