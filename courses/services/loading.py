"""Bringing content files into Wagtail, again and again, without touching what authors have edited since."""

import json
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from courses.exercise_files import ExerciseFile, exercise_streams
from courses.file_problems import Problem
from courses.lesson_files import ContentFolder, LessonFile, PathFile, read_folder
from courses.models import LearningPathPage, LessonIndexPage, MicroLessonPage, PathIndexPage
from courses.services.library import ensure_library
from courses.services.storing import LoadResult, Storer, digest_with
from sandbox.models import Exercise

FOLDERS: dict[Any, Any] = {MicroLessonPage: LessonIndexPage, LearningPathPage: PathIndexPage}
ContentFile = ExerciseFile | LessonFile | PathFile


def load_content(folder: Path, *, dry_run: bool = False) -> LoadResult:
    """Create and update lessons and paths from the files of a folder; doing it twice changes nothing.

    Each page is stored in a transaction of its own, with its audit entry: a page that is refused takes
    nothing with it but the paths that use it.

    Args:
        folder: Holds `exercises/`, `lessons/` and `paths/`; see courses/content/README.md.
        dry_run: Say what would happen and store nothing.
    """
    content = read_folder(folder)
    loader = _Loader(LoadResult(problems=list(content.problems)), dry_run=dry_run)
    for exercise in content.exercises.values():
        loader.load_exercise(exercise)
    for lesson in content.lessons.values():
        loader.load_lesson(lesson, content)
    for path in content.paths:
        loader.load_path(path, content)
    loader.result.problems.sort()
    return loader.result


class _Loader(Storer):
    actor = "command:load_content"
    area = "courses"

    def __init__(self, result: LoadResult, *, dry_run: bool) -> None:
        super().__init__(result, (Exercise, *FOLDERS), dry_run=dry_run)

    def add(self, row: Any) -> None:
        """Insert an exercise, or a page into its folder."""
        if isinstance(row, Exercise):
            super().add(row)
            return
        folder_type = FOLDERS[type(row)]
        if not folder_type.objects.exists():
            ensure_library()
        folder_type.objects.get().add_child(instance=row)

    def load_exercise(self, file: ExerciseFile) -> None:
        def fill(exercise: Exercise) -> None:
            _set_common(exercise, file)
            for name in ("task", "minutes", "language", "brief", "may_i"):
                setattr(exercise, name, getattr(file, name))
            exercise.roles.set(self.words.roles(file.roles))
            exercise.sources = "\n".join(file.sources)
            exercise.reference_prompt, exercise.planted_answer = file.reference, file.answer
            for name, stream in exercise_streams(file).items():
                setattr(exercise, name, json.dumps(stream))

        self.store(file, Exercise, digest=file.digest, fill=fill)

    def load_lesson(self, lesson: LessonFile, content: ContentFolder) -> None:
        found = self._rows_of(lesson, [content.exercises[slug] for slug in lesson.exercises])
        if found is None:
            return

        def fill(page: MicroLessonPage) -> None:
            _set_common(page, lesson)
            page.body = json.dumps(_with_rows(lesson.body, found))
            page.sources = "\n".join(lesson.sources)
            page.roles.set(self.words.roles(lesson.roles))
            page.skills.set(self.words.skills(lesson.skills))
            page.tools.set(self.words.tools(lesson.tools))

        self.store(lesson, MicroLessonPage, digest=digest_with(lesson.digest, found), fill=fill)

    def load_path(self, path: PathFile, content: ContentFolder) -> None:
        having: dict[str, Mapping[str, ExerciseFile | LessonFile]] = {
            "lesson": content.lessons,
            "exercise": content.exercises,
        }
        needed = [having[step.kind][step.slug] for step in path.steps]
        found = self._rows_of(path, needed)
        if found is None:
            return

        def fill(page: LearningPathPage) -> None:
            _set_common(page, path)
            page.introduction = path.introduction
            page.outcome = path.outcome
            page.role = self.words.roles([path.role])[0] if path.role else None
            page.steps = json.dumps(_steps(path, needed, found))

        self.store(path, LearningPathPage, digest=digest_with(path.digest, found), fill=fill)

    def _rows_of(
        self, entry: ContentFile, needed: Sequence[ExerciseFile | LessonFile]
    ) -> dict[str, int] | None:
        """Return the keys of what an entry leads to, by kind and slug; None, noted, when one could not be stored."""
        rows, refused = {}, []
        for each in needed:
            kind, model = (
                ("exercise", Exercise) if isinstance(each, ExerciseFile) else ("lesson", MicroLessonPage)
            )
            if each.uuid in self.stored[model]:
                rows[f"{kind}/{each.slug}"] = self.stored[model][each.uuid].key
            else:
                refused.append(each.file)
        if refused and not self.dry_run:
            message = f"It needs {', '.join(refused)}, which could not be stored (see there)."
            self.result.problems.append(Problem(entry.file, 0, message))
            return None
        return rows


def _set_common(page: Exercise | MicroLessonPage | LearningPathPage, entry: ContentFile) -> None:
    page.title = entry.title
    page.summary = entry.summary
    page.level = entry.level
    page.review_by = entry.review_by


def _with_rows(body: Sequence[dict[str, Any]], rows: dict[str, int]) -> list[dict[str, Any]]:
    """Return the blocks of a lesson with the rows of exercises in place of their names."""
    return [
        {**block, "value": {**block["value"], "exercise": rows[f"exercise/{block['value']['exercise']}"]}}
        if block["type"] == "exercise"
        else block
        for block in body
    ]


def _steps(
    path: PathFile, needed: Sequence[ExerciseFile | LessonFile], rows: dict[str, int]
) -> list[dict[str, Any]]:
    """Return the steps as a StreamField stores them; what it leads to names a step, so moving it keeps its id."""
    return [
        {
            "type": step.kind,
            "id": str(uuid.uuid5(path.uuid, f"step/{leads_to.uuid}")),
            "value": {
                step.kind: rows[f"{step.kind}/{step.slug}"],
                "is_required": step.is_required,
                "opens": step.opens,
                "delay_days": step.delay_days,
            },
        }
        for step, leads_to in zip(path.steps, needed, strict=True)
    ]
