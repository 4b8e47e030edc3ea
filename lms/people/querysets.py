"""Questions about people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import BaseUserManager
from django.db import models

if TYPE_CHECKING:
    from lms.people.models import User


class UserQuerySet(models.QuerySet["User"]):
    """Chainable questions about people."""

    def current(self) -> UserQuerySet:
        """People who work here now, those on leave included."""
        return self.filter(status__in=[self.model.Status.ACTIVE, self.model.Status.ON_LEAVE])

    def suspended_locally(self) -> UserQuerySet:
        """People whose suspension the HR system did not make; leaving does not lift it."""
        status, suspender = self.model.Status, self.model.Suspender
        return self.filter(
            models.Q(status=status.SUSPENDED) & ~models.Q(suspended_by=suspender.HR)
            | models.Q(status=status.LEFT, suspended_by=suspender.LOCAL)
        )

    def below(self, manager: User) -> UserQuerySet:
        """Everyone who reports to a manager, directly or over others."""
        return self.filter(lines_up__manager=manager)

    def with_email(self, email: str) -> UserQuerySet:
        """The person with this address, whatever its case."""
        return self.filter(email__iexact=email.strip())


class UserManager(BaseUserManager["User"].from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Creates people; finds them by address in any case."""

    @classmethod
    def normalize_email(cls, email: str | None) -> str:
        """Return the address in small letters, as sign-in looks it up."""
        return (email or "").strip().lower()

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Create a person; without a password they sign in by e-mail code, passkey or company sign-in."""
        person: User = self.model(email=self.normalize_email(email), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Create a person who may do everything; asked for by `manage.py createsuperuser`."""
        return self.create_user(email, password, **{"is_staff": True, "is_superuser": True, **fields})

    def get_by_natural_key(self, username: str | None) -> User:
        """Return the person with this address, whatever its case."""
        person: User = self.get(email__iexact=username)
        return person
