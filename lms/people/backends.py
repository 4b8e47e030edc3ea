"""Who a session belongs to."""

from functools import cache
from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import Exists, OuterRef, QuerySet

from lms.people.models import User


class PersonBackend(AuthenticationBackend):
    """Finds the person of a session, and in the same query whether they are in any group and lead anyone.

    Most people do neither: their pages need not ask for the names of their groups, nor for reports.
    """

    def get_user(self, user_id: Any) -> User | None:
        """Return the person who may be signed in; None for one who left."""
        person = _people().filter(pk=user_id).first()
        return person if person is not None and self.user_can_authenticate(person) else None


@cache
def _people() -> QuerySet[User]:
    """Put the question together once: every page of everyone asks it, and building it costs more than the answer."""
    memberships = User.groups.through.objects.filter(user=OuterRef("pk"))
    reports = User.objects.current().filter(lines_up__manager=OuterRef("pk"))
    people: QuerySet[User] = User.objects.annotate(
        is_in_a_group=Exists(memberships), has_reports=Exists(reports)
    )
    return people
