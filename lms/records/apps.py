from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class RecordsConfig(AppConfig):
    """The ledger, and the finding of its consumers."""

    name = "lms.records"
    label = "records"
    verbose_name = "Learning records"

    def ready(self) -> None:
        """Find the consumers of every app."""
        autodiscover_modules("consumers")
