"""Folders of content files: reading all of a kind, their names, what two files share, and when one has changed."""

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from courses.file_problems import BrokenFileError, Problem, Problems
from courses.front_matter import code

if TYPE_CHECKING:
    import uuid

Entry = TypeVar("Entry", bound=Any)

FORMAT = "1"
"""Raise it when the same text is to be stored differently: every file then counts as changed."""


def read_all(folder: Path, pattern: str, read: Callable[..., Entry], problems: list[Problem]) -> list[Entry]:
    """Return what can be used of the files of a pattern, in order of their names."""
    entries = []
    for file in sorted(folder.glob(pattern)):
        try:
            entries.append(read(_content(file, folder), file=_name(file, folder)))
        except BrokenFileError as error:
            problems += error.problems
    return entries


def slug_of(file: str, problems: Problems) -> str:
    """Return the slug that a file's name is; empty, and noted, when it cannot be one."""
    try:
        return str(code(Path(file).stem))
    except ValueError as error:
        problems.add(0, f"The name of the file {error}")
        return ""


def shared_names(*kinds: Iterable[Any]) -> list[Problem]:
    """Return a problem for each file that has the slug of another of its kind, or the uuid of any other."""
    problems = []
    identities: dict[uuid.UUID, str] = {}
    for entries in kinds:
        slugs: dict[str, str] = {}
        for entry in entries:
            if other := slugs.get(entry.slug):
                problems.append(Problem(entry.file, 0, f"{other} has the same name. Rename one of the two."))
            if other := identities.get(entry.uuid):
                problems.append(
                    Problem(entry.file, 0, f"{other} has the same uuid. Give the newer one its own.")
                )
            slugs.setdefault(entry.slug, entry.file)
            identities.setdefault(entry.uuid, entry.file)
    return problems


def _content(file: Path, folder: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise BrokenFileError(
            [Problem(_name(file, folder), 0, "The file is not UTF-8. Save it as UTF-8.")]
        ) from None


def _name(file: Path, folder: Path) -> str:
    return file.relative_to(folder).as_posix()


def digest_of(slug: str, content: str) -> str:
    """Return the SHA-256 of a file, 64 hexadecimal digits; how its lines end makes no difference."""
    lines = "\n".join(content.splitlines())
    return hashlib.sha256(f"{FORMAT}\n{slug}\n{lines}".encode()).hexdigest()
