"""What every command that loads content files has: a folder, a dry run, and what it tells."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from courses.services import LoadResult


class LoadCommand(BaseCommand):
    """Load a folder of content files; exit 1 when a file could not be used.

    Attributes:
        starter_content: The folder that is loaded when none is given.
        holds: The files that a folder holds, in words.
    """

    starter_content: Path
    holds: str

    def load(self, folder: Path, *, dry_run: bool) -> LoadResult:
        """Load a folder."""
        raise NotImplementedError

    def add_arguments(self, parser: CommandParser) -> None:
        """Take a folder and a flag."""
        parser.add_argument(
            "folder", nargs="?", type=Path, default=self.starter_content, help="default: the starter content"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and store nothing")

    def handle(self, *_args: Any, folder: Path, dry_run: bool, **_options: Any) -> None:
        """Load and tell."""
        if not folder.is_dir():
            raise CommandError(f"There is no folder {folder}.")
        result = self.load(folder, dry_run=dry_run)
        self.tell(result, dry_run=dry_run)
        if not any([result.created, result.updated, result.unchanged, result.left_alone, result.problems]):
            raise CommandError(f"{folder} holds no {self.holds}.")
        if result.problems:
            files = len({problem.file for problem in result.problems})
            raise CommandError(f"{files} file{'s' * (files > 1)} could not be used; repair and run again.")

    def tell(self, result: LoadResult, *, dry_run: bool) -> None:
        """Print what happened, file by file where it matters."""
        would = "would be " if dry_run else ""
        for label, files in (
            (f"{would}created", result.created),
            (f"{would}updated", result.updated),
            ("left alone, edited in the CMS since", result.left_alone),
        ):
            for file in files:
                self.stdout.write(f"{label}: {file}")
        for problem in result.problems:
            self.stderr.write(str(problem))
        self.stdout.write(
            f"{len(result.created)} {would}created, {len(result.updated)} {would}updated, "
            f"{len(result.unchanged)} unchanged, {len(result.left_alone)} left alone, "
            f"{len({problem.file for problem in result.problems})} broken"
        )
