"""The practice model of this installation: how it is, bringing it here, running it."""

import contextlib
import signal
from argparse import ArgumentParser
from collections.abc import Iterator
from types import FrameType
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError

from lms.core.errors import ActionRefused
from sandbox.embedded.catalog import MODELS, EmbeddedModel
from sandbox.embedded.fetching import fetch_model
from sandbox.embedded.machine import choose_tier, free_disk, free_memory
from sandbox.embedded.serving import LOOPBACK, leave_process_of_engine, serve_model
from sandbox.embedded.state import model_folder, model_status, running_server


class StopRequested(BaseException):
    """Somebody wants us to end. No `except Exception` on the way may swallow it."""


class Command(BaseCommand):
    help = "Show, fetch or run the model that answers in the practice area without any other provider."
    requires_system_checks = ()  # it needs no database, and no address

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Offer three subcommands."""
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("status", help="how far the model is")
        fetch = actions.add_parser("fetch", help="bring the model here; goes on where it was interrupted")
        serve = actions.add_parser("serve", help="run the model until stopped; waits until it is here")
        serve.add_argument(
            "--host", default=LOOPBACK, help="0.0.0.0 inside of a container; default 127.0.0.1"
        )
        serve.add_argument("--port", type=int, default=0, help="a free one if absent")
        serve.add_argument("--fetch", action="store_true", help="bring the model here first")
        for parser_of_action in (fetch, serve):
            parser_of_action.add_argument(
                "--model", choices=[*MODELS], help="chosen by free memory and disk if absent"
            )

    def handle(self, *_args: Any, action: str, **options: Any) -> None:
        """Do one of the three.

        Raises:
            CommandError: It could not be done; the message says what to do.
        """
        try:
            with stop_signals_raise():
                getattr(self, action)(**options)
        except StopRequested:
            self.stdout.write("Stopped.")
            leave_process_of_engine()
        except ActionRefused as refused:
            raise CommandError(refused.message) from refused

    def status(self, **_options: Any) -> None:
        """Print how far the model is, what it is bad at, and where it answers."""
        status, server = model_status(), running_server()
        lines = [status.sentence]
        if status.model:
            lines += [f"{status.name}, {status.model.license}. {status.model.weakness}"]
        if server:
            lines += [f"It answers at {server.url}."]
        self.stdout.write("\n".join([*lines, f"Folder: {model_folder()}"]))

    def fetch(self, *, model: str | None, **_options: Any) -> None:
        """Bring a model here.

        Raises:
            CommandError: There is no room for any.
        """
        chosen = _chosen(model)
        self.stdout.write(f"Fetching {chosen.name} ({chosen.size / 1e9:.1f} GB) into {model_folder()} ...")
        fetch_model(model=chosen)
        self.stdout.write(f"{chosen.name} is here, checked to the byte.")

    def serve(self, *, host: str, port: int, fetch: bool, model: str | None, **_options: Any) -> None:
        """Run the model until asked to stop."""
        serve_model(host=host, port=port, model_to_fetch=_chosen(model) if fetch else None, say=self._say)

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def _chosen(key: str | None) -> EmbeddedModel:
    """Return the model that was asked for, or the one that fits.

    Raises:
        CommandError: None fits.
    """
    if key:
        return MODELS[key]
    fits = choose_tier(memory=free_memory(), disk=free_disk(model_folder()))
    if fits is None:
        raise CommandError(
            "There is no room for a practice model: the small one needs 0.6 GB of free memory and 0.3 GB of disk. "
            "Make room, or connect another provider."
        )
    return fits


@contextlib.contextmanager
def stop_signals_raise() -> Iterator[None]:
    """Turn the first Ctrl-C, SIGTERM or SIGHUP inside the block into `StopRequested`."""
    # What is ignored already stays so: `nohup` ignores SIGHUP on purpose.
    every = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    ours = [each for each in every if signal.getsignal(each) != signal.SIG_IGN]

    def request_stop(_signal: int, _frame: FrameType | None) -> NoReturn:
        for each in ours:
            signal.signal(each, signal.SIG_IGN)  # a second one must not interrupt the stopping
        raise StopRequested

    before = {each: signal.signal(each, request_stop) for each in ours}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
