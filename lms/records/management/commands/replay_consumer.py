"""Let one consumer read the ledger again."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from lms.core.errors import ActionRefused
from lms.records.services import deliver_to_all, replay_consumer


class Command(BaseCommand):
    """Replays one consumer."""

    help = "Send one consumer of the learning records back and deliver again. Consumers are idempotent."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the consumer's name and where to start."""
        parser.add_argument("consumer")
        parser.add_argument("--from-position", type=int, default=0, help="last position not to read again")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Replay and print how many records were handled.

        Raises:
            CommandError: No consumer has that name, or it has not come that far.
        """
        try:
            replay_consumer(
                name=options["consumer"],
                from_position=options["from_position"],
                actor="command:replay_consumer",
            )
        except ActionRefused as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"{deliver_to_all()} records handled.")
