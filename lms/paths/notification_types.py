"""What paths tell people of."""

from django.utils.translation import gettext_lazy as _

from lms.notifications.registry import NotificationType, register_types

REQUIRED = "paths.required"
DUE = "paths.due"
OVERDUE = "paths.overdue"
REPORT_OVERDUE = "paths.report_overdue"
NUDGED = "paths.nudged"
THANKED = "paths.thanked"

register_types(
    [
        NotificationType(REQUIRED, _("A path is required of you"), is_required=True),
        NotificationType(DUE, _("A required path is due soon"), is_required=True),
        NotificationType(OVERDUE, _("A required path is overdue"), is_required=True),
        NotificationType(NUDGED, _("Your manager reminds you"), is_required=True),
        NotificationType(THANKED, _("Your manager thanks you")),
        NotificationType(REPORT_OVERDUE, _("Somebody in your team is a week late (for managers)")),
    ]
)
