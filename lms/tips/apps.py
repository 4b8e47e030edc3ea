from django.apps import AppConfig


class TipsConfig(AppConfig):
    """The weekly tip."""

    name = "lms.tips"
    label = "tips"
    verbose_name = "Weekly tips"
