"""Let a wallet or backpack ask people whether it may read their credentials."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from badges.services.programs import register_program
from lms.core.errors import ActionRefused


class Command(BaseCommand):
    help = (
        "Let a wallet or backpack ask people whether it may read their credentials. Prints its id and its secret, "
        "which is shown this once. Written to the audit trail."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take what it is called and where it may send people back to."""
        parser.add_argument("name", help="as people read it when it asks")
        parser.add_argument("redirect_uri", nargs="+", help="where people are sent back to, in full")
        parser.add_argument(
            "--public", action="store_true", help="it cannot keep a secret: a program on a phone"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Register it and say what to enter there.

        Raises:
            CommandError: An address is not complete or not safe.
        """
        try:
            client, secret = register_program(
                name=options["name"],
                redirect_uris=options["redirect_uri"],
                is_public=options["public"],
                actor="command:register_program",
                at=timezone.now(),
            )
        except ActionRefused as refusal:
            raise CommandError(refusal.message) from None
        self.stdout.write(f"Client id: {client.pk}")
        if secret:
            self.stdout.write(f"Client secret, shown this once: {secret}")
