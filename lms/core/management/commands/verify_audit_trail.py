"""Check that no audit entry was changed, removed or inserted since it was written."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lms.core.services import seal_audit_trail, verify_audit_trail


class Command(BaseCommand):
    """Verifies the chain, and then extends it."""

    help = "Verify the chain of audit entries, then chain the newest ones."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Print how many entries hold, and the head of the chain, to be kept elsewhere.

        Raises:
            CommandError: An entry does not fit the chain.
        """
        result = verify_audit_trail()
        if result.fault:
            raise CommandError(f"{result.fault}. The {result.checked} entries before it are intact.")
        newest = seal_audit_trail()
        self.stdout.write(
            f"{result.checked} audit entries verified, none changed; {newest} more chained now.\n"
            f"Head at {result.checked}: {result.digest or 'none yet'}"
        )
