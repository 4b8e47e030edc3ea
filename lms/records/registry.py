"""The consumers of the ledger, by name."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from lms.core.errors import ActionRefused
from lms.records.models import LearningRecord

Handler = Callable[[LearningRecord], None]


@dataclass(frozen=True)
class Consumer:
    """One reader of the ledger.

    Attributes:
        name: App and purpose, such as ``paths.credit_shared_lessons``; the key of its durable position.
        verbs: Verbs it wants to see.
        handle: Called with each record in order, in a transaction that also moves the position. It may be
            called again with the same record, and must not mind. It takes milliseconds: slow work is a task.
    """

    name: str
    verbs: frozenset[str]
    handle: Handler


_consumers: dict[str, Consumer] = {}


def consumer(name: str, *, verbs: Iterable[str]) -> Callable[[Handler], Handler]:
    """Register the decorated function as a consumer. A new one begins with the first record ever written.

    Raises:
        ValueError: The name is taken, and two consumers would share one position; or a verb does not exist,
            and the consumer would wait for it for ever.
    """
    wanted = frozenset(LearningRecord.Verb(verb).value for verb in verbs)

    def register(handle: Handler) -> Handler:
        if name in _consumers and _consumers[name].handle is not handle:
            raise ValueError(f"A consumer named {name} exists already.")
        _consumers[name] = Consumer(name, wanted, handle)
        return handle

    return register


def all_consumers() -> list[Consumer]:
    """Return every registered consumer, in order of name."""
    return [_consumers[name] for name in sorted(_consumers)]


def get_consumer(name: str) -> Consumer:
    """Return the consumer of that name.

    Raises:
        ActionRefused: There is none; the message lists those there are.
    """
    if name not in _consumers:
        raise ActionRefused(
            f"No consumer is named {name}. There are: {', '.join(sorted(_consumers)) or 'none'}."
        )
    return _consumers[name]
