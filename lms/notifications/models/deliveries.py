"""The ledger of what is sent: one row before anything leaves, and what became of it."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lms.notifications.querysets import DeliveryQuerySet


class Delivery(models.Model):
    """One message to one person. A concrete ledger adds what it is about, and a constraint that says how often."""

    class State(models.TextChoices):
        """Where it is."""

        QUEUED = "queued", _("waiting")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("not sent")
        UNKNOWN = "unknown", _("may have arrived")
        DROPPED = "dropped", _("no longer wanted")

    uuid = models.UUIDField(
        _("identity"),
        default=uuid.uuid4,
        unique=True,
        editable=False,
        help_text=_("the Message-ID and the key by which a provider knows a repetition"),
    )
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("recipient"), on_delete=models.CASCADE, related_name="+"
    )
    channel = models.CharField(_("channel"), max_length=20)
    due_at = models.DateTimeField(_("due at"))
    expires_at = models.DateTimeField(
        _("worth sending until"), null=True, help_text=_("dropped when it has not gone out before")
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUEUED)
    lease = models.UUIDField(_("claim"), null=True, editable=False)
    lease_until = models.DateTimeField(_("claimed until"), null=True, editable=False)
    begun_at = models.DateTimeField(
        _("handed over at"), null=True, help_text=_("from here on it may have arrived")
    )
    doubted_at = models.DateTimeField(
        _("in doubt since"),
        null=True,
        help_text=_("when it was handed over and nobody heard what became of it: it may have arrived then"),
    )
    sent_at = models.DateTimeField(_("sent at"), null=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    provider_id = models.CharField(_("id on the other side"), max_length=200, blank=True)
    reason = models.CharField(_("why not"), max_length=500, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        abstract = True
        indexes: ClassVar[list[models.Index]] = [
            # A worker asks for the oldest due rows of its channel; nearly all rows are done.
            models.Index(
                fields=["channel", "due_at", "id"],
                condition=Q(state="queued"),
                name="%(app_label)s_%(class)s_due",
            ),
            # The sweep asks for claims that have ended; there are few at any time.
            models.Index(
                fields=["lease_until"], condition=Q(state="sending"), name="%(app_label)s_%(class)s_lease"
            ),
            # Administrators and metrics ask for what did not arrive, newest first; it is little of all.
            models.Index(
                fields=["state", "-due_at", "-id"],
                condition=Q(state__in=["failed", "unknown"]),
                name="%(app_label)s_%(class)s_lost",
            ),
            # Administrators and metrics count what may have come twice.
            models.Index(
                fields=["doubted_at"],
                condition=Q(doubted_at__isnull=False),
                name="%(app_label)s_%(class)s_doubt",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.uuid} {self.state}"


class Digest(Delivery):
    """Everything that waits for one person, on one day of theirs."""

    day = models.DateField(_("day"), help_text=_("in the zone of its recipient when it was planned"))

    class Meta(Delivery.Meta):
        verbose_name = _("digest")
        verbose_name_plural = _("digests")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["recipient", "day"], name="notifications_one_digest_a_day"),
        ]
