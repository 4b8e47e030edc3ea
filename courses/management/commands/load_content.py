"""Loads lessons and learning paths from files."""

from pathlib import Path

from courses.management.loading import LoadCommand
from courses.services import LoadResult, load_content


class Command(LoadCommand):
    """Create and update lessons and paths from a folder."""

    help = "Loads lessons and learning paths from files. Good files are loaded even when others are broken."
    starter_content = Path(__file__).resolve().parents[2] / "content"
    holds = "lessons/*/*.md and no paths/*.md"

    def load(self, folder: Path, *, dry_run: bool) -> LoadResult:
        """Load exercises, lessons and paths."""
        return load_content(folder, dry_run=dry_run)
