"""Who a session belongs to."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import Exists, OuterRef

from lms.people.models import User


class PersonBackend(AuthenticationBackend):
    """Finds the person of a session, and in the same query whether they are in any group.

    Most people are in none: their pages need not ask for the names of their groups.
    """

    def get_user(self, user_id: Any) -> User | None:
        """Return the person who may be signed in; None for one who left."""
        memberships = User.groups.through.objects.filter(user=OuterRef("pk"))
        person = User.objects.annotate(is_in_a_group=Exists(memberships)).filter(pk=user_id).first()
        return person if person is not None and self.user_can_authenticate(person) else None
