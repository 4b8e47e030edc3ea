"""What every channel can do, and what can happen when it hands a message over."""

import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

if TYPE_CHECKING:
    from lms.notifications.messages import Message
    from lms.people.models import User


@dataclass(frozen=True)
class Envelope:
    """One message on its way.

    Attributes:
        id: Of the delivery: the same again when it is tried again, so that the other side can tell.
        to: The recipient's address on this channel.
        name: What they are called.
    """

    id: uuid.UUID
    to: str
    name: str
    message: "Message"


class NotAccepted(Exception):
    """The other side refused this message for good. Nothing was delivered.

    Attributes:
        is_address_dead: Whether it said that there is nobody at this address.
    """

    def __init__(self, said: str, *, is_address_dead: bool = False) -> None:
        """Keep what the other side said."""
        super().__init__(said)
        self.is_address_dead = is_address_dead


class TryLater(Exception):
    """The other side did not take this message now. Nothing was delivered."""


class ChannelDown(Exception):
    """The other side takes nothing now: it cannot be reached, or asks to be left alone. Nothing was delivered.

    Attributes:
        retry_after: For how long it wants to be left alone; None when it did not say.
    """

    def __init__(self, said: str, *, retry_after: timedelta | None = None) -> None:
        """Keep what was said, and for how long to wait."""
        super().__init__(said)
        self.retry_after = retry_after


class MayHaveArrived(Exception):
    """The connection broke after everything was said and before it was acknowledged."""


class ClaimLost(Exception):
    """Another worker has the message now: this one took too long."""


Begin = Callable[[], None]
"""Notes that from now on the message may have arrived; raises `ClaimLost` when it is no longer ours."""


class Connection(Protocol):
    """An open way to the other side."""

    def hand_over(self, envelope: Envelope, begin: Begin) -> str:
        """Deliver one message; return what the other side calls it, or nothing.

        Args:
            envelope: What to deliver.
            begin: Called once, at the last moment at which nothing has been delivered yet: the later, the rarer is it
                that nobody knows what became of a message whose worker was killed.

        Raises:
            ClaimLost: It is not ours any more; nothing was delivered.
            NotAccepted: It was refused for good.
            TryLater: It was not taken now.
            ChannelDown: Nothing is taken now.
            MayHaveArrived: Nobody knows.
        """
        ...


class Channel:
    """One way to reach people. A subclass is one module of this folder.

    Attributes:
        name: As it stands in rows.
        label: As people read it.
        per_second: How many messages the other side takes; None for as many as one likes.
        burst: How many may go at once after a rest.
    """

    name: ClassVar[str]
    label: ClassVar[Any]
    per_second: ClassVar[float | None] = None
    burst: ClassVar[int] = 200

    def is_set_up(self) -> bool:
        """Whether this installation can use it."""
        raise NotImplementedError

    def addresses_of(self, people: Sequence["User"]) -> dict[int, str]:
        """Return the address of each person that has one here, by their keys; at most one query."""
        raise NotImplementedError

    @contextmanager
    def connected(self) -> Iterator[Connection]:
        """Open a connection for many messages.

        Raises:
            ChannelDown: There is none to be had.
        """
        raise NotImplementedError
