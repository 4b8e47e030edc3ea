"""Make someone an author, reviewer or admin."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from lms.core.errors import ActionRefused
from lms.people.models import User
from lms.people.permissions import PERSONA_GROUPS
from lms.people.services import set_persona


class Command(BaseCommand):
    help = (
        "Make someone an author, reviewer or admin; with --remove, take it back. Written to the audit trail."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take who, what, and why."""
        parser.add_argument("email")
        parser.add_argument("persona", choices=sorted(PERSONA_GROUPS))
        parser.add_argument("--remove", action="store_true", help="they shall no longer be one")
        parser.add_argument("--reason", default="", help="why, for the audit trail")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Change it and say so.

        Raises:
            CommandError: Nobody has this address, or the last administrator would go.
        """
        person = User.objects.with_email(options["email"]).first()
        if person is None:
            raise CommandError(f"Nobody has the address {options['email']}. Import people first.")
        holds = not options["remove"]
        try:
            set_persona(
                person=person,
                persona=options["persona"],
                holds=holds,
                actor="command:set_persona",
                reason=options["reason"],
            )
        except ActionRefused as refusal:
            raise CommandError(refusal.message) from None
        self.stdout.write(f"{person}: {options['persona']} {'from now on' if holds else 'no longer'}.")
