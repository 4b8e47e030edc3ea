"""Ending every session of people who may no longer sign in."""

from collections.abc import Collection

from allauth.idp.oidc.models import Token
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.utils.module_loading import import_string

from lms.people.models import User


def end_sessions(people: Collection[int]) -> None:
    """Sign people out everywhere at once and take back tokens issued in their name, in five queries.

    A new unusable password also ends sessions that nobody listed, since every session carries a hash of it,
    and keeps them ended should the person come back.

    Args:
        people: Primary keys.
    """
    listed = UserSession.objects.filter(user__in=people)
    keys = list(listed.values_list("session_key", flat=True))
    User.objects.filter(pk__in=people).update(password=make_password(None))
    Session.objects.filter(session_key__in=keys).delete()
    store = import_string(f"{settings.SESSION_ENGINE}.SessionStore")
    if prefix := getattr(store, "cache_key_prefix", ""):
        caches[settings.SESSION_CACHE_ALIAS].delete_many([f"{prefix}{key}" for key in keys])
    listed.delete()
    Token.objects.filter(user__in=people).delete()
