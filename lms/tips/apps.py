from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from lms.core.migrated import is_fully_migrated


class TipsConfig(AppConfig):
    """The weekly tip."""

    name = "lms.tips"
    label = "tips"
    verbose_name = "Weekly tips"

    def ready(self) -> None:
        """Let authors write tips once everything is migrated."""
        post_migrate.connect(_let_authors_write, sender=self)


def _let_authors_write(*, using: str, **_rest: Any) -> None:
    from lms.tips.services.permitting import ensure_permissions  # noqa: PLC0415

    if using == "default" and is_fully_migrated(using):
        ensure_permissions()
