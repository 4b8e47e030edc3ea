"""Bringing content files into Wagtail, again and again, without touching what authors have edited since.

Every page remembers the digest of the file it came from and the revision that the loader published. A page
whose latest revision is another one has been edited in the CMS and is left alone, as is one that was
unpublished or locked. Files and pages are matched by uuid, so renaming a file renames its page.
"""

import hashlib
import json
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import BooleanField, Case, F, Q, When

from courses.file_problems import Problem
from courses.lesson_files import LessonFile, PathFile, read_folder
from courses.models import LearningPathPage, LessonIndexPage, MicroLessonPage, PathIndexPage, Skill, Tool
from courses.services.library import ensure_library
from lms.core.services import write_audit_entry
from lms.people.models import JobRole

ACTOR = "command:load_content"
FOLDERS: dict[Any, Any] = {MicroLessonPage: LessonIndexPage, LearningPathPage: PathIndexPage}


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
        folder: Holds `lessons/` and `paths/`; see courses/content/README.md.
        dry_run: Say what would happen and store nothing.
    """
    content = read_folder(folder)
    loader = _Loader(LoadResult(problems=list(content.problems)), dry_run=dry_run)
    for lesson in content.lessons.values():
        loader.load_lesson(lesson)
    for path in content.paths:
        loader.load_path(path, content.lessons)
    loader.result.problems.sort()
    return loader.result


class _Loader:
    """Decides for each file what is to be done, and does it."""

    def __init__(self, result: LoadResult, *, dry_run: bool) -> None:
        self.result = result
        self.dry_run = dry_run
        self.words = _Vocabulary()
        self.stored = {page_type: _stored_pages(page_type) for page_type in FOLDERS}

    def load_lesson(self, lesson: LessonFile) -> None:
        def fill(page: MicroLessonPage) -> None:
            page.body = json.dumps(lesson.body)
            page.sources = "\n".join(lesson.sources)
            page.roles.set(self.words.roles(lesson.roles))
            page.skills.set(self.words.skills(lesson.skills))
            page.tools.set(self.words.tools(lesson.tools))

        self._load(lesson, MicroLessonPage, lesson.digest, fill)

    def load_path(self, path: PathFile, lessons: dict[str, LessonFile]) -> None:
        stored = self.stored[MicroLessonPage]
        needed = [lessons[step.lesson] for step in path.steps]
        refused = [lesson.file for lesson in needed if lesson.uuid not in stored]
        if refused and not self.dry_run:
            message = f"It needs {', '.join(refused)}, which could not be stored (see there)."
            self.result.problems.append(Problem(path.file, 0, message))
            return
        pages = {lesson.slug: stored[lesson.uuid].page_id for lesson in needed if lesson.uuid in stored}
        # A lesson that was deleted and loaded again has another page; its paths must follow.
        digest = hashlib.sha256(f"{path.digest}{json.dumps(pages, sort_keys=True)}".encode()).hexdigest()

        def fill(page: LearningPathPage) -> None:
            page.introduction = path.introduction
            page.outcome = path.outcome
            page.role = self.words.roles([path.role])[0] if path.role else None
            page.steps = json.dumps(_steps(path, lessons, pages))

        self._load(path, LearningPathPage, digest, fill)

    def _load(
        self, entry: LessonFile | PathFile, page_type: Any, digest: str, fill: Callable[[Any], None]
    ) -> None:
        known = self.stored[page_type].get(entry.uuid)
        if known and not known.is_as_loaded:
            self.result.left_alone.append(entry.file)
        elif known and known.digest == digest:
            self.result.unchanged.append(entry.file)
        elif self.dry_run or self._store(entry, page_type, digest, fill):
            (self.result.updated if known else self.result.created).append(entry.file)

    def _store(
        self, entry: LessonFile | PathFile, page_type: Any, digest: str, fill: Callable[[Any], None]
    ) -> bool:
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


def _set_common(page: MicroLessonPage | LearningPathPage, entry: LessonFile | PathFile, digest: str) -> None:
    page.title = entry.title
    page.slug = entry.slug
    page.summary = entry.summary
    page.level = entry.level
    page.review_by = entry.review_by
    page.loaded_digest = digest


@transaction.atomic
def _publish(page: MicroLessonPage | LearningPathPage, *, file: str) -> None:
    """Publish a filled page as a new revision that knows it was loaded, and write the audit entry."""
    is_new = page.pk is None
    if is_new:
        folder_type = FOLDERS[type(page)]
        if not folder_type.objects.exists():
            ensure_library()
        folder_type.objects.get().add_child(instance=page)
    revision = page.save_revision()
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


def _steps(path: PathFile, lessons: dict[str, LessonFile], pages: dict[str, int]) -> list[dict[str, Any]]:
    """Return the steps as a StreamField stores them; its lesson names a step, so moving it keeps its id."""
    return [
        {
            "type": "lesson",
            "id": str(uuid.uuid5(path.uuid, f"step/{lessons[step.lesson].uuid}")),
            "value": {
                "lesson": pages[step.lesson],
                "is_required": step.is_required,
                "opens": step.opens,
                "delay_days": step.delay_days,
            },
        }
        for step in path.steps
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
