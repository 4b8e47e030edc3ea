"""What every channel can do, and what can happen when it hands a message over."""

import uuid
from collections.abc import Iterator, Sequence
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
        form: As it goes over the wire, where the channel wrote that ahead: see `Channel.form_of`.
    """

    id: uuid.UUID
    to: str
    name: str
    message: "Message"
    form: Any = None

    def with_form(self, form: Any) -> "Envelope":
        """Return the same with its form."""
        return Envelope(self.id, self.to, self.name, self.message, form)


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


class Handing:
    """What a channel says while it hands over one message; this one is told in vain."""

    def begin(self) -> None:
        """Note that from now on the message may have arrived.

        Raises:
            ClaimLost: It is no longer ours.
        """

    def underway(self) -> None:
        """Do something else: the whole message is on its way, and its answer is not there yet."""


class Connection(Protocol):
    """An open way to the other side."""

    def hand_over(self, envelope: Envelope, handing: Handing) -> str:
        """Deliver one message; return what the other side calls it, or nothing.

        Args:
            envelope: What to deliver.
            handing: Its `begin` is called once, as late as possible while nothing has been delivered yet: the
                later, the rarer is it that nobody knows what became of a message whose worker was killed. Its
                `underway` may be called once, when there is nothing to do but to wait.

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
        knows_repetitions: Whether a message that comes twice is known as one, so that what may have arrived is sent
            once more rather than lost.
    """

    name: ClassVar[str]
    label: ClassVar[Any]
    per_second: ClassVar[float | None] = None
    burst: ClassVar[int] = 200
    knows_repetitions: ClassVar[bool] = False

    def is_set_up(self) -> bool:
        """Whether this installation can use it."""
        raise NotImplementedError

    def addresses_of(self, people: Sequence["User"]) -> dict[int, str]:
        """Return the address of each person that has one here, by their keys; mostly one query.

        Raises:
            ChannelDown: The other side has to be asked for some, and does not answer.
        """
        raise NotImplementedError

    def look_again(self, person: "User") -> None:
        """Forget that somebody was not found here, when they say that they can be now."""

    def form_of(self, envelope: Envelope) -> Any:
        """Return what can be written before there is a connection, without a query; None for nothing.

        Raises:
            NotAccepted: The message cannot be written for this channel.
        """

    @contextmanager
    def connected(self) -> Iterator[Connection]:
        """Open a connection for many messages.

        Raises:
            ChannelDown: There is none to be had.
        """
        raise NotImplementedError
