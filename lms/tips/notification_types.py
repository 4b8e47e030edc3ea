"""What tips tell people of."""

from django.utils.translation import gettext_lazy as _

from lms.notifications.registry import NotificationType, register_types

WEEKLY = "tips.weekly"
POOL = "tips.pool"

register_types(
    [
        NotificationType(WEEKLY, _("The weekly tip"), is_own_message=True),
        NotificationType(POOL, _("Tips are missing (for authors)")),
    ]
)
