"""How somebody wants to be reached. Nobody has rows before they change something: absent means the default."""

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

LAST_HOUR = MaxValueValidator(23)


class DeliveryPreferences(models.Model):
    """When and where one person is reached."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("person"),
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="delivery_preferences",
    )
    channel = models.CharField(_("where"), max_length=20, default="email")
    digest_hour = models.PositiveSmallIntegerField(_("hour of the digest"), default=9, validators=[LAST_HOUR])
    quiet_from = models.PositiveSmallIntegerField(_("quiet from"), default=19, validators=[LAST_HOUR])
    quiet_to = models.PositiveSmallIntegerField(_("quiet until"), default=7, validators=[LAST_HOUR])
    weekly_cap = models.PositiveSmallIntegerField(
        _("digests a week"), default=3, help_text=_("at most; required training comes all the same")
    )
    paused_until = models.DateField(
        _("paused until"), null=True, blank=True, help_text=_("the first day on which you are reached again")
    )

    class Meta:
        verbose_name = _("delivery preferences")
        verbose_name_plural = _("delivery preferences")

    def __str__(self) -> str:
        return f"{self.person_id} by {self.channel}"


class TypePreference(models.Model):
    """That somebody wants, or does not want, one type of message in one place."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("person"),
        on_delete=models.CASCADE,
        related_name="type_preferences",
    )
    type = models.CharField(_("type"), max_length=50)
    place = models.CharField(_("place"), max_length=20, help_text=_("digest or inbox"))
    is_wanted = models.BooleanField(_("wanted"))

    class Meta:
        verbose_name = _("preference")
        verbose_name_plural = _("preferences")
        constraints = [
            models.UniqueConstraint(fields=["person", "type", "place"], name="notifications_one_preference"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.type} {self.place}: {self.is_wanted}"
