"""The request that a view behind a sign-in gets."""

from django.http import HttpRequest

from lms.people.models import User


class SignedInRequest(HttpRequest):
    """A request whose person is known: what `login_required` and `requires` let through."""

    user: User
