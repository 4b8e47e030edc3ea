"""What every loader of content files does: decide file by file what is to be done, fill a row, publish it, say so.

A row remembers the digest of the file it came from and the revision that the loader published. One whose latest
revision is another has been edited in the CMS and is left alone, as is one that was unpublished or locked. Files and
rows are matched by uuid, so renaming a file renames its row.
"""

import hashlib
import json
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import BooleanField, Case, F, Q, When

from courses.file_problems import Problem
from courses.models import Skill, Tool
from lms.core.services import write_audit_entry
from lms.people.models import JobRole


@dataclass
class LoadResult:
    """What loading did, as paths of files inside the folder, in the order in which they were loaded.

    Attributes:
        left_alone: Their rows were edited, unpublished or locked in the CMS since they were loaded.
        problems: What is wrong with files that were not loaded.
    """

    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    left_alone: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


class ContentFile(Protocol):
    """What every content file says."""

    @property
    def file(self) -> str:
        """Its path inside the folder."""

    @property
    def slug(self) -> str:
        """Its name."""

    @property
    def uuid(self) -> uuid.UUID:
        """What it and its row are matched by."""


@dataclass(frozen=True)
class Stored:
    """What is known of a row without loading it."""

    key: int
    digest: str
    is_as_loaded: bool


class Storer:
    """Decides for each file what is to be done, and does it; each row in a transaction of its own.

    Attributes:
        actor: Who does it, for the audit trail.
        area: What its actions in the audit trail begin with.
        noun: What authors call a row.
    """

    actor: str
    area: str
    noun = "page"

    def __init__(self, result: LoadResult, kinds: Iterable[Any], *, dry_run: bool) -> None:
        """Look up what is there of each kind of row; one query each."""
        self.result = result
        self.dry_run = dry_run
        self.words = Vocabulary()
        self.stored = {kind: _stored_rows(kind) for kind in kinds}

    def add(self, row: Any) -> None:
        """Insert a row that is new."""
        row.full_clean()
        row.save()

    def store(self, entry: ContentFile, kind: Any, *, digest: str, fill: Callable[[Any], None]) -> None:
        """Create, update or leave alone the row of a file, and note which.

        Args:
            entry: The file.
            kind: Model of its row.
            digest: Changes whenever the row would.
            fill: Sets the fields of a row.
        """
        known = self.stored[kind].get(entry.uuid)
        if known and not known.is_as_loaded:
            self.result.left_alone.append(entry.file)
        elif known and known.digest == digest:
            self.result.unchanged.append(entry.file)
        elif self.dry_run or self._is_stored(entry, kind, digest, fill):
            (self.result.updated if known else self.result.created).append(entry.file)

    def _is_stored(self, entry: ContentFile, kind: Any, digest: str, fill: Callable[[Any], None]) -> bool:
        """Fill and publish the row of a file; returns whether it was accepted."""
        if kind.objects.filter(slug=entry.slug).exclude(uuid=entry.uuid).exists():
            message = (
                f"Another {self.noun} in the CMS is called {entry.slug} already."
                f" Rename that {self.noun} or this file."
            )
            self.result.problems.append(Problem(entry.file, 0, message))
            return False
        known = self.stored[kind].get(entry.uuid)
        row = kind.objects.get(pk=known.key) if known else kind(uuid=entry.uuid, live=False)
        row.slug, row.loaded_digest = entry.slug, digest
        fill(row)
        try:
            self._publish(row, entry.file)
        except ValidationError as error:
            self.result.problems.append(Problem(entry.file, 0, _in_words(error)))
            return False
        self.stored[kind][entry.uuid] = Stored(row.pk, digest, is_as_loaded=True)
        return True

    @transaction.atomic
    def _publish(self, row: Any, file: str) -> None:
        """Publish a filled row as a new revision that knows it was loaded, and write the audit entry."""
        is_new = row.pk is None
        if is_new:
            self.add(row)
        revision = row.save_revision()  # validates
        revision.content["loaded_revision"] = revision.pk
        revision.save(update_fields=["content"])
        revision.publish()
        write_audit_entry(
            actor=self.actor,
            action=f"{self.area}.create" if is_new else f"{self.area}.update",
            object_type=type(row).__name__.lower(),
            object_id=str(row.uuid),
            after={"file": file, "revision": revision.pk, "digest": row.loaded_digest},
        )


def _stored_rows(model: Any) -> dict[uuid.UUID, Stored]:
    as_loaded = Q(loaded_revision=F("latest_revision_id"), live=True, locked=False)
    rows = model.objects.annotate(
        is_as_loaded=Case(When(as_loaded, then=True), default=False, output_field=BooleanField())
    ).values_list("uuid", "pk", "loaded_digest", "is_as_loaded")
    return {row_uuid: Stored(key, digest, is_as_loaded) for row_uuid, key, digest, is_as_loaded in rows}


def digest_with(digest: str, rows: Mapping[str, int]) -> str:
    """Return the digest of a file and of the rows it leads to: what was deleted and loaded again has another row."""
    if not rows:
        return digest
    return hashlib.sha256(f"{digest}{json.dumps(rows, sort_keys=True)}".encode()).hexdigest()


def _in_words(error: ValidationError) -> str:
    if not hasattr(error, "error_dict"):
        return " ".join(error.messages)
    return " ".join(f"{name}: {' '.join(messages)}" for name, messages in error.message_dict.items())


class Vocabulary:
    """Roles, skills and tools by their code; the missing ones are made when first used.

    They are made outside the transaction of the row, so that what is remembered here also exists when the
    row is refused.
    """

    def __init__(self) -> None:
        """Know none yet."""
        self._known: dict[Any, dict[str, Any]] = {}

    def roles(self, codes: Iterable[str]) -> list[JobRole]:
        """Return the roles of some codes."""
        return self._find(JobRole, "code", codes, name=readable)

    def skills(self, codes: Iterable[str]) -> list[Skill]:
        """Return the skills of some tags."""
        return self._find(Skill, "slug", codes, name=readable)

    def tools(self, names: Iterable[str]) -> list[Tool]:
        """Return the tools of some names."""
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
