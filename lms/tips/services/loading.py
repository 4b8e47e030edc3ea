"""Bringing tip files into Wagtail, again and again, without touching what authors have edited since."""

import json
from pathlib import Path

from courses.file_problems import Problem
from courses.models import MicroLessonPage
from courses.services import LoadResult, Storer, digest_with
from lms.tips.models import Tip
from lms.tips.tip_files import TipFile, read_tips
from sandbox.models import Exercise


def load_tips(folder: Path, *, dry_run: bool = False) -> LoadResult:
    """Create and update tips from the files of a folder; doing it twice changes nothing.

    Args:
        folder: Holds a folder for each collection; see lms/tips/content/README.md.
        dry_run: Say what would happen and store nothing.
    """
    found = read_tips(folder)
    loader = _Loader(LoadResult(problems=list(found.problems)), dry_run=dry_run)
    for tip in found.tips:
        loader.load_tip(tip)
    loader.result.problems.sort()
    return loader.result


class _Loader(Storer):
    actor = "command:load_tips"
    area = "tips"
    noun = "tip"

    def __init__(self, result: LoadResult, *, dry_run: bool) -> None:
        super().__init__(result, [Tip], dry_run=dry_run)
        self.leads_to = {
            "lesson": dict(MicroLessonPage.objects.values_list("slug", "pk")),
            "exercise": dict(Exercise.objects.values_list("slug", "pk")),
        }

    def load_tip(self, file: TipFile) -> None:
        rows = self._rows_of(file)
        if rows is None:
            return

        def fill(tip: Tip) -> None:
            for name in ("title", "body", "try_it", "level", "review_by"):
                setattr(tip, name, getattr(file, name))
            tip.question = json.dumps(file.question)
            tip.sources = "\n".join(file.sources)
            tip.lesson_id, tip.exercise_id = rows.get("lesson"), rows.get("exercise")
            tip.roles.set(self.words.roles(file.roles))
            tip.skills.set(self.words.skills(file.skills))
            tip.tools.set(self.words.tools(file.tools))

        self.store(file, Tip, digest=digest_with(file.digest, rows), fill=fill)

    def _rows_of(self, file: TipFile) -> dict[str, int] | None:
        """Return the key of what a tip leads to, by its kind; None, noted, when it is not there."""
        rows = {}
        for kind, slug in (("lesson", file.lesson), ("exercise", file.exercise)):
            if slug in self.leads_to[kind]:
                rows[kind] = self.leads_to[kind][slug]
            elif slug:
                message = (
                    f"It leads to the {kind} “{slug}”, and none has this address in the CMS."
                    " Run load_content first, or correct the name."
                )
                self.result.problems.append(Problem(file.file, 0, message))
                return None
        return rows
