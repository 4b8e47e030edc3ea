"""The queryset of rows that are written once."""

from collections.abc import Iterable
from typing import Any, NoReturn

from django.db import models


class AppendOnlyViolation(TypeError):
    """Code tried to change or delete a row that is written once. A programming mistake, never a user's."""


class AppendOnlyQuerySet(models.QuerySet[Any]):
    """Refuses the ways around `AppendOnlyModel.save` and `delete`."""

    def bulk_create(self, objs: Iterable[Any], *, batch_size: int | None = None) -> list[Any]:  # type: ignore[override]
        """Insert the rows; the options for conflicts are missing, since they change or drop rows."""
        return super().bulk_create(objs, batch_size=batch_size)

    def update(self, **_values: Any) -> NoReturn:
        """Refuse.

        Raises:
            AppendOnlyViolation: Always.
        """
        raise AppendOnlyViolation(f"{self.model.__name__} rows are never changed. Write a new one.")

    def delete(self) -> NoReturn:
        """Refuse.

        Raises:
            AppendOnlyViolation: Always.
        """
        raise AppendOnlyViolation(f"{self.model.__name__} rows are never deleted.")


AppendOnlyManager = models.Manager.from_queryset(AppendOnlyQuerySet)
