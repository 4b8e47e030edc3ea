from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class NotificationsConfig(AppConfig):
    """Reaching people, and the finding of what every app sends."""

    name = "lms.notifications"
    label = "notifications"
    verbose_name = "Notifications"

    def ready(self) -> None:
        """Find the ledgers of deliveries, the types of notifications and the commands of every app."""
        autodiscover_modules("notification_types")
        autodiscover_modules("ledgers")
        autodiscover_modules("message_commands")
