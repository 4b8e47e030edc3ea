"""Bring people in step with an export of the HR system."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lms.people.hr_export import COLUMNS, UnreadableExport
from lms.people.import_plan import PersonChange
from lms.people.selectors import company_today
from lms.people.services import HR, ImportResult, import_people

SHOWN = 20


class Command(BaseCommand):
    """See the module."""

    help = f"Import people from a CSV file with the columns {', '.join(COLUMNS)}."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the file and the flags."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and change nothing")
        parser.add_argument("--source", default=HR, help="name of the HR system (default: %(default)s)")
        parser.add_argument(
            "--deactivate-missing", action="store_true", help="people whom the file no longer names have left"
        )
        parser.add_argument(
            "--allow-mass-deactivation",
            action="store_true",
            help="let more than 5 %% (10 at least) leave at once",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Import, print a summary.

        Raises:
            CommandError: The file cannot be read, rows were rejected, or too many people would leave.
        """
        try:
            result = import_people(
                content=options["file"].read_bytes(),
                actor="command:import_people",
                today=company_today(),
                source=options["source"],
                dry_run=options["dry_run"],
                deactivate_missing=options["deactivate_missing"],
                allow_mass_deactivation=options["allow_mass_deactivation"],
            )
        except OSError as error:
            raise CommandError(f"Cannot read {options['file']}: {error.strerror}.") from error
        except UnreadableExport as error:
            raise CommandError(error.message) from error
        if options["verbosity"]:
            self._print(result, with_people=not result.is_applied or options["verbosity"] > 1)
        if result.plan.blocked:
            raise CommandError(result.plan.blocked)
        if rejected := result.counts()["rejected"]:
            others = "the others were imported" if result.is_applied else "nothing was changed"
            raise CommandError(f"{rejected} rows rejected, {others}. Correct them and import the file again.")

    def _print(self, result: ImportResult, *, with_people: bool) -> None:
        plan = result.plan
        groups = [("new", plan.created), ("changed", plan.updated), ("left", plan.left)]
        for title, changes in groups if with_people else []:
            for change in changes[:SHOWN]:
                self.stdout.write(f"{title}: {_line(change)}")
            if len(changes) > SHOWN:
                self.stdout.write(f"{title}: and {len(changes) - SHOWN} more")
        for issue in plan.warnings:
            self.stdout.write(f"warning: {issue}")
        for issue in plan.errors:
            self.stdout.write(f"rejected: {issue}")
        counts = ", ".join(f"{count} {name}" for name, count in result.counts().items())
        self.stdout.write(f"{'Imported' if result.is_applied else 'Nothing changed'}: {counts}.")


def _line(change: PersonChange) -> str:
    facts = f" ({', '.join(change.changed)})" if change.before and not change.is_leaving else ""
    return f"{change.key} {change.after.full_name}{facts}"
