"""What somebody wants to be told, and where, as it holds now."""

from collections.abc import Sequence
from dataclasses import dataclass

from lms.notifications.models import DeliveryPreferences, TypePreference
from lms.notifications.registry import NotificationType, all_types
from lms.notifications.selectors.reach import EVERYTHING
from lms.people.models import User

MESSAGE, INBOX = "message", "inbox"


@dataclass(frozen=True)
class TypeChoice:
    """What holds for one type.

    Attributes:
        message: Whether it goes out: in the digest, or as a message of its own.
        inbox: Whether it stands in the inbox.
    """

    type: NotificationType
    message: bool
    inbox: bool


@dataclass(frozen=True)
class Wanted:
    """What somebody wants to be told.

    Attributes:
        is_stopped: Whether they have stopped everything that can be stopped; a type may still be wanted apart from it.
    """

    choices: Sequence[TypeChoice]
    is_stopped: bool


def what_is_wanted(person: User) -> Wanted:
    """Return what holds for each type; one query."""
    rows = TypePreference.objects.filter(person=person).values_list("type", "place", "is_wanted")
    said = {(name, place): is_wanted for name, place, is_wanted in rows}
    everything = said.get((EVERYTHING, MESSAGE))
    choices = []
    for kind in all_types():
        usual = kind.in_digest if everything is None else everything
        message = kind.is_required or said.get((kind.name, MESSAGE), usual)
        inbox = not kind.is_own_message and (kind.is_required or said.get((kind.name, INBOX), True))
        choices.append(TypeChoice(kind, message, inbox))
    return Wanted(choices, is_stopped=everything is False)


def delivery_preferences_of(person: User) -> DeliveryPreferences:
    """Return somebody's own preferences, or the defaults in a row that is not saved; one query."""
    own = DeliveryPreferences.objects.filter(person=person).first()
    return own or DeliveryPreferences(person=person)
