"""Lessons, exercises and learning paths as plain files: text in, plain data or a list of problems out.

The format is described in courses/content/README.md. Nothing here knows the database; `courses.services`
stores what this module reads.
"""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from courses.exercise_files import ExerciseFile, read_exercise
from courses.file_folders import digest_of, read_all, shared_names, slug_of
from courses.file_problems import BrokenFileError, Problem, Problems
from courses.file_questions import BlockData
from courses.front_matter import (
    FrontMatter,
    Key,
    code,
    day,
    identity,
    level,
    list_of,
    one_of,
    optional_code,
    read_entry,
    read_front_matter,
    text,
    whole_number,
    yes_or_no,
)
from courses.lesson_body import read_body
from courses.markdown import UnusableTextError, to_rich_text

Entry = TypeVar("Entry", bound=Any)

COMMON_KEYS = {
    "title": Key(text(longest=255), "Turn a long thread into a summary you can trust"),
    "uuid": Key(identity, "6f0d4c1e-53a1-4a4e-9c7e-0a5f6a3d9b11"),
    "level": Key(level, "basic"),
    "review_by": Key(day, "2027-05-31"),
    "summary": Key(text(longest=200), "What the learner will do, in a sentence or two."),
}
LESSON_KEYS = {
    **COMMON_KEYS,
    "roles": Key(list_of(code), "[customer-service]"),
    "skills": Key(list_of(code), "[summarizing, checking]"),
    "tools": Key(list_of(text(longest=100)), "[]"),
    "sources": Key(list_of(text(longest=1000)), "[]"),
}
STEP_KEYS = {
    "lesson": Key(code, "trustworthy-thread-summary"),
    "exercise": Key(code, "refine-a-job-description"),
    "required": Key(yes_or_no, "false"),
    "opens": Key(one_of("after-previous", "after-all", "any-time"), "any-time"),
    "delay_days": Key(whole_number(most=365), "2"),
}


@dataclass(frozen=True)
class LessonFile:
    """A lesson as its file says it.

    Attributes:
        file: Path inside the content folder.
        slug: Name of the file.
        body: Blocks as a StreamField stores them, ids included.
        digest: SHA-256 of the text, 64 hexadecimal digits; changes whenever the lesson would.
    """

    file: str
    slug: str
    title: str
    uuid: uuid.UUID
    roles: tuple[str, ...]
    level: str
    skills: tuple[str, ...]
    tools: tuple[str, ...]
    review_by: date
    summary: str
    sources: tuple[str, ...]
    body: list[BlockData]
    digest: str

    @property
    def exercises(self) -> tuple[str, ...]:
        """Slugs of the exercises it leads to."""
        return tuple(block["value"]["exercise"] for block in self.body if block["type"] == "exercise")


@dataclass(frozen=True)
class StepEntry:
    """One step of a path.

    Attributes:
        kind: ``lesson`` or ``exercise``.
        slug: Name of its file.
    """

    kind: str
    slug: str
    is_required: bool
    opens: str
    delay_days: int


@dataclass(frozen=True)
class PathFile:
    """A learning path as its file says it.

    Attributes:
        role: Code of the role it is for; empty means everybody.
        introduction: Rich text; empty when the file has no body.
    """

    file: str
    slug: str
    title: str
    uuid: uuid.UUID
    role: str
    level: str
    review_by: date
    summary: str
    outcome: str
    introduction: str
    steps: tuple[StepEntry, ...]
    digest: str


@dataclass(frozen=True)
class ContentFolder:
    """All that a folder holds.

    Attributes:
        exercises: Usable exercises, by slug.
        lessons: Usable lessons whose exercises are all usable, by slug.
        paths: Usable paths whose steps are all usable, by name of the file.
        problems: What is wrong with the others, in the order of the files.
        files: How many files were read.
    """

    exercises: dict[str, ExerciseFile]
    lessons: dict[str, LessonFile]
    paths: list[PathFile]
    problems: list[Problem]
    files: int


def read_folder(folder: Path) -> ContentFolder:
    """Read every file; a broken one takes nothing with it but the paths that use it."""
    problems: list[Problem] = []
    exercises = read_all(folder, "exercises/**/*.md", _read_exercise, problems)
    lessons = read_all(folder, "lessons/**/*.md", read_lesson, problems)
    paths = read_all(folder, "paths/*.md", read_path, problems)
    problems += shared_names(exercises, lessons, paths)
    usable_exercises = _usable(exercises, problems)
    for lesson in lessons:
        problems += _missing(
            lesson, [("exercise", slug) for slug in lesson.exercises], usable_exercises, problems
        )
    usable_lessons = _usable(lessons, problems)
    for path in paths:
        wanted = [(step.kind, step.slug) for step in path.steps]
        problems += _missing(path, wanted, usable_exercises | usable_lessons, problems)
    refused = {problem.file for problem in problems}
    return ContentFolder(
        exercises={slug: exercise for (_kind, slug), exercise in usable_exercises.items()},
        lessons={slug: lesson for (_kind, slug), lesson in usable_lessons.items()},
        paths=[path for path in paths if path.file not in refused],
        problems=sorted(problems),
        files=sum(len(list(folder.glob(pattern))) for pattern in PATTERNS),
    )


def _usable(entries: Iterable[Entry], problems: Iterable[Problem]) -> dict[tuple[str, str], Entry]:
    refused = {problem.file for problem in problems}
    return {(_kind(entry), entry.slug): entry for entry in entries if entry.file not in refused}


def _kind(entry: Any) -> str:
    """Return what steps call an entry."""
    return "exercise" if isinstance(entry, ExerciseFile) else "lesson"


def _read_exercise(content: str, *, file: str) -> ExerciseFile:
    problems = Problems(file)
    slug = slug_of(file, problems)
    if problems.found:
        raise BrokenFileError(problems.found)
    return read_exercise(content, file=file, slug=slug, digest=digest_of(slug, content))


def read_lesson(content: str, *, file: str) -> LessonFile:
    """Return the lesson that a file describes.

    Args:
        content: Text of the file.
        file: Path inside the content folder, for messages; its last part is the slug.

    Raises:
        BrokenFileError: Anything about it is wrong; holds everything that is.
    """
    problems = Problems(file)
    slug = slug_of(file, problems)
    front = read_front_matter(content, LESSON_KEYS, problems)
    lesson_id = front.values.get("uuid", uuid.UUID(int=0))
    body = read_body(front.body, first_line=front.body_line, lesson=lesson_id, problems=problems)
    if problems.found:
        raise BrokenFileError(problems.found)
    return LessonFile(file=file, slug=slug, body=body, digest=digest_of(slug, content), **front.values)


def read_path(content: str, *, file: str) -> PathFile:
    """Return the learning path that a file describes; its steps are not resolved yet.

    Raises:
        BrokenFileError: Anything about it is wrong; holds everything that is.
    """
    problems = Problems(file)
    slug = slug_of(file, problems)
    front = read_front_matter(content, PATH_KEYS, problems)
    introduction = _introduction(front, problems)
    if problems.found:
        raise BrokenFileError(problems.found)
    return PathFile(
        file=file, slug=slug, introduction=introduction, digest=digest_of(slug, content), **front.values
    )


def _steps(value: Any) -> tuple[StepEntry, ...]:
    if not isinstance(value, list) or not value:
        raise ValueError(
            "is not a list of steps. Write one per line, such as “  - lesson: trustworthy-thread-summary”."
        )
    steps: list[StepEntry] = []
    for number, entry in enumerate(value, 1):
        try:
            step = read_entry(entry, STEP_KEYS, required=set())
        except ValueError as error:
            raise ValueError(f"has a step {number} that {error}") from None
        kinds = [kind for kind in ("lesson", "exercise") if kind in step]
        if len(kinds) != 1:
            raise ValueError(f"has a step {number} that names no lesson, or two things. Name one.")
        kind, slug = kinds[0], step[kinds[0]]
        if (kind, slug) in {(earlier.kind, earlier.slug) for earlier in steps}:
            raise ValueError(f"uses the {kind} “{slug}” twice. Remove one of the two steps.")
        steps.append(
            StepEntry(
                kind=kind,
                slug=slug,
                is_required=step.get("required", True),
                opens=step.get("opens", "after-previous"),
                delay_days=step.get("delay_days", 0),
            )
        )
    return tuple(steps)


PATTERNS = ["exercises/**/*.md", "lessons/**/*.md", "paths/*.md"]
PATH_KEYS = {
    **COMMON_KEYS,
    "role": Key(optional_code, "customer-service"),
    "outcome": Key(text(longest=300), "What the learner can do at the end, in one sentence."),
    "steps": Key(_steps, "a list of “- lesson: slug” and “- exercise: slug”"),
}


def _introduction(front: FrontMatter, problems: Problems) -> str:
    try:
        return to_rich_text("\n".join(front.body))
    except UnusableTextError as error:
        problems.add(front.body_line, str(error))
        return ""


def _missing(
    entry: LessonFile | PathFile,
    wanted: Iterable[tuple[str, str]],
    usable: Mapping[tuple[str, str], Any],
    known_problems: Iterable[Problem],
) -> list[Problem]:
    """Return a problem for each thing that an entry needs and that is not there, or cannot be used."""
    broken = {
        (problem.file.partition("/")[0], Path(problem.file).stem): problem.file for problem in known_problems
    }
    problems = []
    for number, (kind, slug) in enumerate(wanted, 1):
        if (kind, slug) in usable:
            continue
        place = f"Step {number}" if isinstance(entry, PathFile) else "It"
        if file := broken.get((f"{kind}s", slug)):
            message = f"{place} needs {file}, which cannot be used (see there). Repair that file first."
        else:
            message = f"{place} names the {kind} “{slug}”, and there is no {kind}s/…/{slug}.md."
        problems.append(Problem(entry.file, 0, message))
    return problems
