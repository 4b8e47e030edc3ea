"""What credentials tell people of."""

from django.utils.translation import gettext_lazy as _

from lms.notifications.registry import NotificationType, register_types

AWARDED = "badges.awarded"
EXPIRING = "badges.expiring"
LAPSING = "badges.lapsing"
RENEWED = "badges.renewed"
REVOKED = "badges.revoked"
NOMINATED = "badges.nominated"
DECIDED = "badges.decided"
REVIEW = "badges.review"
CLAIMED = "badges.claimed"
TOO_FEW = "badges.too_few_reviewers"

register_types(
    [
        NotificationType(AWARDED, _("A credential is awarded to you")),
        NotificationType(EXPIRING, _("A credential of yours expires soon")),
        NotificationType(LAPSING, _("A credential of yours lapses unless you act")),
        NotificationType(RENEWED, _("A credential of yours is renewed")),
        NotificationType(REVOKED, _("A credential of yours is revoked")),
        NotificationType(CLAIMED, _("An address of your own keeps your credentials")),
        NotificationType(NOMINATED, _("Somebody puts you forward for a credential")),
        NotificationType(DECIDED, _("Reviewers have decided about you")),
        NotificationType(TOO_FEW, _("A nomination waits for reviewers to be named (for administrators)")),
        NotificationType(REVIEW, _("A nomination waits for your review (for reviewers)")),
    ]
)
