from django.apps import AppConfig


class CoreConfig(AppConfig):
    """The ground floor."""

    name = "lms.core"
    label = "core"
    verbose_name = "Core"
