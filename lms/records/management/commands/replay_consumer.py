"""Let one consumer read the ledger again."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from lms.records.services import deliver_to_all, replay_consumer


class Command(BaseCommand):
    help = "Send one consumer of the learning records back and deliver again. Consumers are idempotent: nothing doubles."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the consumer's name and where to start."""
        parser.add_argument("consumer")
        parser.add_argument("--from-position", type=int, default=0, help="read again from after this position")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Replay and print how many records were handled.

        Raises:
            CommandError: No consumer has that name.
        """
        try:
            replay_consumer(options["consumer"], from_position=options["from_position"])
        except KeyError as error:
            raise CommandError(error.args[0]) from error
        self.stdout.write(f"{deliver_to_all()} records handled.")
