"""The queryset of rows that are written once."""

from typing import Any, NoReturn

from django.db import models


class AppendOnlyViolation(TypeError):
    """Code tried to change or delete a row that is written once. A programming mistake, never a user's."""


class AppendOnlyQuerySet(models.QuerySet[Any]):
    """Refuses the ways around `AppendOnlyModel.save` and `delete`."""

    def update(self, **_values: Any) -> NoReturn:
        """Refuse.

        Raises:
            AppendOnlyViolation: Always.
        """
        raise AppendOnlyViolation(f"{self.model._meta.label} rows are never changed. Write a new one.")

    def delete(self) -> NoReturn:
        """Refuse.

        Raises:
            AppendOnlyViolation: Always.
        """
        raise AppendOnlyViolation(f"{self.model._meta.label} rows are never deleted.")


AppendOnlyManager = models.Manager.from_queryset(AppendOnlyQuerySet)
