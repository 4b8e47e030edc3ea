"""The one dispatcher of this process, when it is a process that streams."""

from sandbox.definitions import Definition
from sandbox.streaming.dispatcher import Dispatcher
from sandbox.streaming.watching import watchers


class _Running:
    dispatcher: Dispatcher | None = None


def start_in_this_process(dispatcher: Dispatcher | None = None) -> Dispatcher:
    """Begin to answer runs here; call it inside the event loop."""
    _Running.dispatcher = dispatcher or Dispatcher()
    _Running.dispatcher.start()
    return _Running.dispatcher


async def stop_in_this_process() -> None:
    """Hang up on every model and end what is under way."""
    dispatcher, _Running.dispatcher = _Running.dispatcher, None
    if dispatcher is not None:
        await dispatcher.close()
    await watchers.close()


def read_ahead(definition: Definition) -> None:
    """Let the model on this machine read an exercise that somebody has opened; nothing happens in other processes."""
    if _Running.dispatcher is not None:
        _Running.dispatcher.read_ahead(definition)


def wake() -> None:
    """Look for runs now; without a dispatcher here another process finds them within a second."""
    if _Running.dispatcher is not None:
        _Running.dispatcher.wake()
