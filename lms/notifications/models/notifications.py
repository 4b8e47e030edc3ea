"""Something worth telling one person."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lms.notifications.models.deliveries import Digest
from lms.notifications.querysets import NotificationQuerySet


class Notification(models.Model):
    """One event that one person is told of. It stands in their inbox, and goes into a digest if they want that."""

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("recipient"),
        on_delete=models.CASCADE,
        related_name="notifications",
    )
    type = models.CharField(_("type"), max_length=50, help_text=_("a name in lms.notifications.registry"))
    event = models.CharField(
        _("event"), max_length=120, help_text=_("names what happened: the same event is told once")
    )
    title = models.CharField(_("title"), max_length=200)
    text = models.TextField(_("text"), blank=True, max_length=1000)
    path = models.CharField(_("where it leads"), max_length=300, blank=True, help_text=_("begins with /"))
    is_required = models.BooleanField(
        _("required"), default=False, help_text=_("goes out above the weekly cap, within the digest")
    )
    in_digest = models.BooleanField(_("goes into a digest"), default=True)
    at = models.DateTimeField(_("at"))
    seen_at = models.DateTimeField(_("seen at"), null=True)
    digest = models.ForeignKey(
        Digest,
        verbose_name=_("digest"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="notifications",
    )

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["recipient", "type", "event"], name="notifications_event_told_once"
            ),
        ]
        indexes = [
            # The inbox, newest first.
            models.Index(fields=["recipient", "-at", "-id"], name="notifications_inbox"),
            # Every page counts what its reader has not seen; nearly everything has been.
            models.Index(fields=["recipient"], condition=Q(seen_at=None), name="notifications_unseen"),
            # The planner asks who has something waiting; nearly everything has been told.
            models.Index(
                fields=["recipient"],
                condition=Q(digest=None, in_digest=True),
                name="notifications_waiting",
            ),
        ]

    def __str__(self) -> str:
        return self.title
