"""One click to stop, without signing in: the address in a message is the permission."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.db import transaction

from lms.core.services import write_audit_entry
from lms.core.token_paths import path_with
from lms.notifications.models import Delivery, TypePreference
from lms.notifications.selectors.reach import EVERYTHING
from lms.people.models import User

SALT = "lms.notifications.stop"


class NoSuchMessage(Exception):
    """The address was cut off, changed, or speaks of a person who is gone."""


def stop_token(delivery: Delivery, scope: str) -> str:
    """Return what stands in the address that stops messages like one; it is valid for ever.

    Args:
        delivery: With its recipient.
        scope: Name of a type, or `EVERYTHING` that can be switched off.
    """
    return signing.Signer(salt=SALT).sign(f"{delivery.recipient.public_id.hex}.{scope}")


def stop_url(delivery: Delivery, scope: str) -> str:
    """Return the whole address that stops messages like one."""
    return settings.BASE_URL + path_with("notifications-stop", stop_token(delivery, scope))


def read_stop_token(token: str) -> tuple[User, str]:
    """Return whose messages an address stops, and of which type.

    Raises:
        NoSuchMessage: It is none of ours.
    """
    try:
        person, _, scope = signing.Signer(salt=SALT).unsign(token).partition(".")
        return User.objects.get(public_id=UUID(hex=person)), scope
    except (signing.BadSignature, ValueError, User.DoesNotExist):
        raise NoSuchMessage from None


@transaction.atomic
def set_wanted(*, person: User, type: str, is_wanted: bool, at: datetime) -> None:  # noqa: A002  the field's word
    """Stop messages of a type, or let them come again; at once, and doing it twice changes nothing.

    Args:
        person: Whose.
        type: Its name, or `EVERYTHING` that can be switched off.
        is_wanted: Whether they come.
        at: Now.
    """
    row, created = TypePreference.objects.get_or_create(
        person=person, type=type, place="message", defaults={"is_wanted": is_wanted}
    )
    if type == EVERYTHING and not is_wanted:
        # Everything is everything, also what was wanted apart from it.
        own = TypePreference.objects.filter(person=person, place="message", is_wanted=True)
        own.exclude(pk=row.pk).delete()
    before = None if created else row.is_wanted
    if before != is_wanted:
        own = TypePreference.objects.filter(pk=row.pk)
        if type == EVERYTHING and is_wanted:
            own.delete()  # each type as it was, not all of them switched on
        else:
            own.update(is_wanted=is_wanted)
        write_audit_entry(
            actor=person.as_actor,
            action="notifications.stop" if not is_wanted else "notifications.resume",
            object_type="person",
            object_id=str(person.public_id),
            after={"messages": "all" if type == EVERYTHING else type},
            at=at,
        )
