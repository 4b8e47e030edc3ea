"""What is known of channels and of addresses there."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from lms.notifications.querysets import SuppressionQuerySet

LONGEST_REST = timedelta(hours=1)


class ChannelLink(models.Model):
    """Who somebody is on a channel beside e-mail, found by their verified address and never by their name."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("person"),
        on_delete=models.CASCADE,
        related_name="channel_links",
    )
    channel = models.CharField(_("channel"), max_length=20)
    address = models.CharField(_("id there"), max_length=200)
    details = models.JSONField(_("details"), default=dict, help_text=_("what sending needs beside the id"))
    linked_at = models.DateTimeField(_("linked at"))

    class Meta:
        verbose_name = _("channel link")
        verbose_name_plural = _("channel links")
        constraints = [
            models.UniqueConstraint(fields=["person", "channel"], name="notifications_one_link_each"),
            models.UniqueConstraint(fields=["channel", "address"], name="notifications_address_of_one"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.channel}"


class ChannelState(models.Model):
    """How one channel is doing, shared by all workers."""

    channel = models.CharField(_("channel"), max_length=20, unique=True)
    down_since = models.DateTimeField(
        _("does not work since"), null=True, help_text=_("empty while it works")
    )
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    paused_until = models.DateTimeField(
        _("not asked before"), null=True, help_text=_("after an outage, or as the other side asked")
    )
    reason = models.CharField(_("why"), max_length=500, blank=True)
    allowance = models.FloatField(_("messages that may go at once"), default=0)
    counted_at = models.DateTimeField(_("counted at"), null=True)

    class Meta:
        verbose_name = _("state of a channel")
        verbose_name_plural = _("states of channels")

    def __str__(self) -> str:
        return f"{self.channel}, paused until {self.paused_until}" if self.paused_until else self.channel

    def rests_until(self, now: datetime) -> datetime | None:
        """Return when it is asked again; None when it may be asked now. No rest is longer than `LONGEST_REST`.

        A moment that lies further ahead was written by a clock that went wrong.
        """
        until = self.paused_until
        return until if until is not None and now < until <= now + LONGEST_REST else None


class Suppression(models.Model):
    """An address that takes no messages: it bounced, or its owner complained to their provider."""

    class Reason(models.TextChoices):
        """Why."""

        BOUNCED = "bounced", _("it does not exist")
        COMPLAINED = "complained", _("marked as spam")

    address = models.CharField(_("address"), max_length=254, unique=True, help_text=_("in small letters"))
    reason = models.CharField(_("reason"), max_length=12, choices=Reason)
    said = models.CharField(_("what was said"), max_length=500, blank=True)
    at = models.DateTimeField(_("at"))

    objects = SuppressionQuerySet.as_manager()

    class Meta:
        verbose_name = _("suppressed address")
        verbose_name_plural = _("suppressed addresses")

    def __str__(self) -> str:
        return f"{self.address}: {self.reason}"
