"""What higher apps bring: types of notifications, ledgers of deliveries, and what comes back from inside a chat.

Answers to questions in a message come back as actions; words that people write to our bot are commands.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from lms.notifications.messages import Message
from lms.notifications.querysets import DeliveryQuerySet

if TYPE_CHECKING:
    from lms.people.models import User


@dataclass(frozen=True)
class NotificationType:
    """One sort of event that people are told of.

    Attributes:
        name: App and event, such as ``badges.awarded``; rows keep it.
        label: As the settings call it.
        in_digest: Whether it goes into the digest unless somebody changes that.
        is_required: Whether it goes out above the weekly cap, and cannot be switched off.
        is_own_message: Whether it comes as a message of its own, not in the digest, and stands in no inbox.
    """

    name: str
    label: Any
    in_digest: bool = True
    is_required: bool = False
    is_own_message: bool = False


class NotWanted(Exception):
    """A delivery is not to be sent any more; the message says why."""


class Outgoing:
    """One ledger of deliveries, and how its messages are written.

    Attributes:
        model: The concrete `Delivery`.
        label: What its messages are called, several of them.
        stop_scope: What a one-click stop in such a message stops.
    """

    model: type[Any]
    label: Any = ""
    stop_scope = ""

    @property
    def rows(self) -> DeliveryQuerySet:
        """All rows of the ledger."""
        rows: DeliveryQuerySet = self.model.objects.all()
        return rows

    def prepare(self, deliveries: Sequence[Any], now: datetime) -> Any:
        """Return all that composing a batch needs, in a fixed number of queries."""
        raise NotImplementedError

    def compose(self, delivery: Any, prepared: Any) -> Message:
        """Return the message of one delivery; no query.

        Raises:
            NotWanted: It is not to be sent any more.
        """
        raise NotImplementedError

    def sent(self, deliveries: Sequence[Any], at: datetime) -> None:
        """Do what follows once a batch has gone out; mostly nothing."""

    def dropped(self, deliveries: Sequence[Any]) -> None:
        """Do what follows when nobody wants some of a batch any more; mostly nothing."""


@dataclass(frozen=True)
class Answered:
    """What came of an answer that was given inside a message.

    Attributes:
        message: What the message says from now on.
    """

    message: Message


Answer = Callable[[str, str, datetime], Answered]


@dataclass(frozen=True)
class Command:
    """A word that people write to us in a chat.

    Attributes:
        name: The word, in small letters.
        label: What it does, in half a sentence, as the list of words says it.
        run: Takes who wrote it and when; returns what they read.
    """

    name: str
    label: Any
    run: Callable[["User", datetime], Message]


_types: dict[str, NotificationType] = {}
_ledgers: dict[str, Outgoing] = {}
_actions: dict[str, Answer] = {}
_commands: dict[str, Command] = {}


def register_types(types: Iterable[NotificationType]) -> None:
    """Make types known, in the order in which settings list them.

    Raises:
        ValueError: A name is taken by another one.
    """
    for each in types:
        if _types.get(each.name, each) != each:
            raise ValueError(f"A type of notification named {each.name} exists already.")
        _types[each.name] = each


def all_types() -> list[NotificationType]:
    """Return every type there is."""
    return list(_types.values())


def find_type(name: str) -> NotificationType:
    """Return a type by its name.

    Raises:
        KeyError: There is none; a programming mistake.
    """
    return _types[name]


def outgoing(name: str) -> Callable[[type[Outgoing]], type[Outgoing]]:
    """Register the decorated class as the way the deliveries of one ledger are written.

    Raises:
        ValueError: The name is taken.
    """

    def register(ledger: type[Outgoing]) -> type[Outgoing]:
        if name in _ledgers and type(_ledgers[name]) is not ledger:
            raise ValueError(f"A ledger named {name} exists already.")
        _ledgers[name] = ledger()
        return ledger

    return register


def all_ledgers() -> dict[str, Outgoing]:
    """Return every ledger by its name."""
    return dict(_ledgers)


def message_action(name: str) -> Callable[[Answer], Answer]:
    """Register the decorated function for answers that come back from inside messages.

    It takes the token of the question, the chosen value and the moment, and may be called again with the same. What it
    cannot take it refuses by `lms.core.errors.ActionRefused`, whose sentence the person reads.

    Raises:
        ValueError: The name is taken.
    """

    def register(handle: Answer) -> Answer:
        if _actions.get(name, handle) is not handle:
            raise ValueError(f"An action named {name} exists already.")
        _actions[name] = handle
        return handle

    return register


def find_action(name: str) -> Answer | None:
    """Return what handles answers of that name; None when nothing does."""
    return _actions.get(name)


def message_command(
    name: str, *, label: Any
) -> Callable[[Callable[["User", datetime], Message]], Callable[["User", datetime], Message]]:
    """Register the decorated function for a word that people write in a chat.

    It stands in a module called ``message_commands`` of its app, and may refuse by `lms.core.errors.ActionRefused`.

    Args:
        name: The word, in small letters.
        label: What it does, in half a sentence.

    Raises:
        ValueError: The word is taken.
    """

    def register(run: Callable[["User", datetime], Message]) -> Callable[["User", datetime], Message]:
        if name in _commands and _commands[name].run is not run:
            raise ValueError(f"A command named {name} exists already.")
        _commands[name] = Command(name, label, run)
        return run

    return register


def all_commands() -> dict[str, Command]:
    """Return every command by its word, in the order in which they were registered."""
    return dict(_commands)
