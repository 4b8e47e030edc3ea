"""Loads weekly tips from files."""

from pathlib import Path

from courses.management.loading import LoadCommand
from courses.services import LoadResult
from lms.tips.services.loading import load_tips


class Command(LoadCommand):
    """Create and update tips from a folder."""

    help = (
        "Loads weekly tips from files; run load_content before, since tips lead to lessons."
        " Nothing is sent: tips go out once a plan for them is switched on."
    )
    starter_content = Path(__file__).resolve().parents[2] / "content"
    holds = "*/*.md"

    def load(self, folder: Path, *, dry_run: bool) -> LoadResult:
        """Load tips."""
        return load_tips(folder, dry_run=dry_run)
