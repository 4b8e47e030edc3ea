"""How a holder is found again: addresses that their credentials name, and letters that go to one of their own."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class WorkAddress(models.Model):
    """A work address that credentials of a person name. It stays theirs when the company gives them another one."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), on_delete=models.CASCADE, related_name="+"
    )
    address = models.EmailField(_("e-mail address"), max_length=254)
    since = models.DateTimeField(_("named since"))

    class Meta:
        verbose_name = _("work address of a holder")
        verbose_name_plural = _("work addresses of holders")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["person", "address"], name="badges_work_address_once"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class PersonalAddress(models.Model):
    """An address of one's own that has been confirmed: credentials name it, and it opens them when the account ends."""

    public_id = models.UUIDField(_("public id"), default=uuid.uuid4, unique=True, editable=False)
    person = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("person"),
        on_delete=models.CASCADE,
        related_name="personal_address",
    )
    address = models.EmailField(
        _("e-mail address"), max_length=254, unique=True, help_text=_("in lower case; of one person alone")
    )
    confirmed_at = models.DateTimeField(_("confirmed at"))

    class Meta:
        verbose_name = _("personal address of a holder")
        verbose_name_plural = _("personal addresses of holders")

    def __str__(self) -> str:
        return str(self.public_id)


class HolderLetter(models.Model):
    """A mail with a link, to an address that is no user's: it waits here until a worker has sent it.

    The address stands here alone, so that no task and no log names it. Rows go once their link has ended.
    """

    class Kind(models.TextChoices):
        """What its link does."""

        CLAIM = "claim", _("confirms an address")
        RETURN = "return", _("opens one's credentials")

    public_id = models.UUIDField(_("public id"), default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    address = models.EmailField(_("e-mail address"), max_length=254)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("holder"),
        null=True,
        on_delete=models.CASCADE,
        related_name="+",
        help_text=_("empty until a worker has looked whose address it is"),
    )
    made_at = models.DateTimeField(_("made at"))
    tried_at = models.DateTimeField(_("tried at"), null=True)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    sent_at = models.DateTimeField(_("sent at"), null=True)
    used_at = models.DateTimeField(_("used at"), null=True)

    class Meta:
        verbose_name = _("letter to a holder")
        verbose_name_plural = _("letters to holders")
        ordering = ["pk"]
        indexes = [
            # What waits to be sent.
            models.Index(fields=["made_at"], condition=Q(sent_at=None), name="badges_letters_waiting"),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def ends_at(self) -> datetime:
        """When its link ends."""
        return self.made_at + LASTS[self.kind]


LASTS = {
    HolderLetter.Kind.CLAIM.value: timedelta(days=7),
    HolderLetter.Kind.RETURN.value: timedelta(hours=24),
}
"""For how long the links of letters work."""
