"""Ending every session of people who may no longer sign in."""

from collections.abc import Collection

from allauth.idp.oidc.models import Token
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.utils.module_loading import import_string

from lms.people.batches import in_batches
from lms.people.models import User


def end_sessions(people: Collection[int]) -> None:
    """Sign people out everywhere at once and take back tokens issued in their name, in a few queries for each batch.

    A new unusable password also ends sessions that nobody listed, since every session carries a hash of it,
    and keeps them ended should the person come back.

    Args:
        people: Primary keys.
    """
    store = import_string(f"{settings.SESSION_ENGINE}.SessionStore")
    prefix = getattr(store, "cache_key_prefix", "")
    for batch in in_batches(people):
        listed = UserSession.objects.filter(user__in=batch)
        User.objects.filter(pk__in=batch).update(password=make_password(None))
        for keys in in_batches(list(listed.values_list("session_key", flat=True))):
            Session.objects.filter(session_key__in=keys).delete()
            if prefix:
                caches[settings.SESSION_CACHE_ALIAS].delete_many([f"{prefix}{key}" for key in keys])
        listed.delete()
        Token.objects.filter(user__in=batch).delete()
