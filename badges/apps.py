from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BadgesConfig(AppConfig):
    name = "badges"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("credentials")
