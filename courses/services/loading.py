"""Bringing content files into Wagtail, again and again, without touching what authors have edited since.

Every page remembers the digest of the file it came from and the revision that the loader published. A page
whose latest revision is another one has been edited in the CMS and is left alone, as is one that was
unpublished or locked. Files and pages are matched by uuid, so renaming a file renames its page.
"""

import hashlib
import json
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import BooleanField, Case, F, Q, When

from courses.exercise_files import ExerciseFile, exercise_streams
from courses.file_problems import Problem
from courses.lesson_files import ContentFolder, LessonFile, PathFile, read_folder
from courses.models import LearningPathPage, LessonIndexPage, MicroLessonPage, PathIndexPage, Skill, Tool
from courses.services.library import ensure_library
from lms.core.services import write_audit_entry
from lms.people.models import JobRole
from sandbox.models import Exercise

ACTOR = "command:load_content"
FOLDERS: dict[Any, Any] = {MicroLessonPage: LessonIndexPage, LearningPathPage: PathIndexPage}
ContentFile = ExerciseFile | LessonFile | PathFile


@dataclass
class LoadResult:
    """What loading did, as paths of files inside the folder, in the order in which they were loaded.

    Attributes:
        left_alone: Their pages were edited, unpublished or locked in the CMS since they were loaded.
        problems: What is wrong with files that were not loaded.
    """

    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    left_alone: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True)
class _Stored:
    """What is known of a page without loading it."""

    page_id: int
    digest: str
    is_as_loaded: bool


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


class _Loader:
    """Decides for each file what is to be done, and does it."""

    def __init__(self, result: LoadResult, *, dry_run: bool) -> None:
        self.result = result
        self.dry_run = dry_run
        self.words = _Vocabulary()
        self.stored = {kind: _stored_pages(kind) for kind in (Exercise, *FOLDERS)}

    def load_exercise(self, file: ExerciseFile) -> None:
        def fill(exercise: Exercise) -> None:
            for name in ("task", "minutes", "language", "brief", "may_i"):
                setattr(exercise, name, getattr(file, name))
            exercise.roles.set(self.words.roles(file.roles))
            exercise.sources = "\n".join(file.sources)
            exercise.reference_prompt, exercise.planted_answer = file.reference, file.answer
            for name, stream in exercise_streams(file).items():
                setattr(exercise, name, json.dumps(stream))

        self._load(file, Exercise, file.digest, fill)

    def load_lesson(self, lesson: LessonFile, content: ContentFolder) -> None:
        found = self._rows_of(lesson, [content.exercises[slug] for slug in lesson.exercises])
        if found is None:
            return

        def fill(page: MicroLessonPage) -> None:
            page.body = json.dumps(_with_rows(lesson.body, found))
            page.sources = "\n".join(lesson.sources)
            page.roles.set(self.words.roles(lesson.roles))
            page.skills.set(self.words.skills(lesson.skills))
            page.tools.set(self.words.tools(lesson.tools))

        self._load(lesson, MicroLessonPage, _digest_with(lesson, found), fill)

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
            page.introduction = path.introduction
            page.outcome = path.outcome
            page.role = self.words.roles([path.role])[0] if path.role else None
            page.steps = json.dumps(_steps(path, needed, found))

        self._load(path, LearningPathPage, _digest_with(path, found), fill)

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
                rows[f"{kind}/{each.slug}"] = self.stored[model][each.uuid].page_id
            else:
                refused.append(each.file)
        if refused and not self.dry_run:
            message = f"It needs {', '.join(refused)}, which could not be stored (see there)."
            self.result.problems.append(Problem(entry.file, 0, message))
            return None
        return rows

    def _load(self, entry: ContentFile, page_type: Any, digest: str, fill: Callable[[Any], None]) -> None:
        known = self.stored[page_type].get(entry.uuid)
        if known and not known.is_as_loaded:
            self.result.left_alone.append(entry.file)
        elif known and known.digest == digest:
            self.result.unchanged.append(entry.file)
        elif self.dry_run or self._store(entry, page_type, digest, fill):
            (self.result.updated if known else self.result.created).append(entry.file)

    def _store(self, entry: ContentFile, page_type: Any, digest: str, fill: Callable[[Any], None]) -> bool:
        """Fill and publish the page of a file; returns whether it was accepted."""
        if page_type.objects.filter(slug=entry.slug).exclude(uuid=entry.uuid).exists():
            message = (
                f"Another page in the CMS is called {entry.slug} already. Rename that page or this file."
            )
            self.result.problems.append(Problem(entry.file, 0, message))
            return False
        stored = self.stored[page_type]
        known = stored.get(entry.uuid)
        page = page_type.objects.get(pk=known.page_id) if known else page_type(uuid=entry.uuid, live=False)
        _set_common(page, entry, digest)
        fill(page)
        try:
            _publish(page, file=entry.file)
        except ValidationError as error:
            self.result.problems.append(Problem(entry.file, 0, _in_words(error)))
            return False
        stored[entry.uuid] = _Stored(page.pk, digest, is_as_loaded=True)
        return True


def _set_common(page: Exercise | MicroLessonPage | LearningPathPage, entry: ContentFile, digest: str) -> None:
    page.title = entry.title
    page.slug = entry.slug
    page.summary = entry.summary
    page.level = entry.level
    page.review_by = entry.review_by
    page.loaded_digest = digest


@transaction.atomic
def _publish(page: Exercise | MicroLessonPage | LearningPathPage, *, file: str) -> None:
    """Publish a filled page as a new revision that knows it was loaded, and write the audit entry."""
    is_new = page.pk is None
    if is_new and isinstance(page, Exercise):
        page.full_clean()
        page.save()
    elif is_new:
        folder_type = FOLDERS[type(page)]
        if not folder_type.objects.exists():
            ensure_library()
        folder_type.objects.get().add_child(instance=page)
    revision = page.save_revision()  # validates
    revision.content["loaded_revision"] = revision.pk
    revision.save(update_fields=["content"])
    revision.publish()
    write_audit_entry(
        actor=ACTOR,
        action="courses.create" if is_new else "courses.update",
        object_type=type(page).__name__.lower(),
        object_id=str(page.uuid),
        after={"file": file, "revision": revision.pk, "digest": page.loaded_digest},
    )


def _stored_pages(model: Any) -> dict[uuid.UUID, _Stored]:
    as_loaded = Q(loaded_revision=F("latest_revision_id"), live=True, locked=False)
    rows = model.objects.annotate(
        is_as_loaded=Case(When(as_loaded, then=True), default=False, output_field=BooleanField())
    ).values_list("uuid", "pk", "loaded_digest", "is_as_loaded")
    return {
        page_uuid: _Stored(page_id, digest, is_as_loaded) for page_uuid, page_id, digest, is_as_loaded in rows
    }


def _digest_with(entry: LessonFile | PathFile, rows: dict[str, int]) -> str:
    """Return the digest of a file and of the rows it leads to: what was deleted and loaded again has another row."""
    if not rows:
        return entry.digest
    return hashlib.sha256(f"{entry.digest}{json.dumps(rows, sort_keys=True)}".encode()).hexdigest()


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


def _in_words(error: ValidationError) -> str:
    if not hasattr(error, "error_dict"):
        return " ".join(error.messages)
    return " ".join(f"{name}: {' '.join(messages)}" for name, messages in error.message_dict.items())


class _Vocabulary:
    """Roles, skills and tools by their code; the missing ones are made when first used.

    They are made outside the transaction of the page, so that what is remembered here also exists when the
    page is refused.
    """

    def __init__(self) -> None:
        self._known: dict[Any, dict[str, Any]] = {}

    def roles(self, codes: Iterable[str]) -> list[JobRole]:
        return self._find(JobRole, "code", codes, name=readable)

    def skills(self, codes: Iterable[str]) -> list[Skill]:
        return self._find(Skill, "slug", codes, name=readable)

    def tools(self, names: Iterable[str]) -> list[Tool]:
        return self._find(Tool, "name", names)

    def _find(
        self, model: Any, key: str, codes: Iterable[str], name: Callable[[str], str] | None = None
    ) -> list[Any]:
        if model not in self._known:
            self._known[model] = {getattr(row, key): row for row in model.objects.all()}
        known = self._known[model]
        for code in codes:
            if code not in known:
                defaults = {"name": name(code)} if name else {}
                known[code], _ = model.objects.get_or_create(**{key: code}, defaults=defaults)
        return [known[code] for code in codes]


def readable(code: str) -> str:
    """Return a code as a name: `customer-service` becomes "Customer service"."""
    return code.replace("-", " ").capitalize()
